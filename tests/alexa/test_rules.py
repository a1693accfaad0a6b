from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from pydantic import ValidationError

from e2e_linker.alexa.rules import Rule, rule, rules
from e2e_linker.errors import UsageError
from e2e_linker.model import Severity

AUTHORIZATION_PAGE = """
auth-https-443 auth-cert-trusted-ca auth-cert-letsencrypt-note auth-tls-cipher-breadth auth-mobile-friendly
auth-no-popups auth-no-js-dialogs auth-inline-error-on-bad-password auth-accepts-all-region-redirect-uris
auth-rejects-unknown-redirect-uri auth-tracks-state auth-param-tolerance auth-scope-exact auth-clientid-per-region
auth-csp-form-action auth-embedded-browser-tolerated auth-no-third-party-cookie-dependence
auth-post-login-redirect-works-when-already-signed-in ui-language ui-which-account ui-branding ui-provider-parity
ui-signup-and-recovery screen-blank screen-error-page screen-unsupported-browser screen-control-reachable
screen-step-time cert-login-domain cert-links-valid cert-test-account
"""
REDIRECT = """
redir-exact-uri-from-request redir-query-code-state redir-fragment-implicit redir-state-unchanged
redir-is-http-redirect-or-navigation redir-source-app redir-error-response redir-code-single-use redir-code-lifetime
redir-code-size redir-only-needed-params redir-once
"""
DOMAINS = """
domains-complete domains-exact-host domains-max-15 domains-syntax domains-unused domains-dynamic-hosts
"""
TOKEN = """
token-https-443 token-post-form token-client-auth-scheme token-responds-4500ms token-status-200 token-json-body
token-fields token-expires-in-min-360 token-expires-in-on-refresh token-ttl-recommended-1h
token-default-expiry-consistent token-refresh-issued token-refresh-works token-refresh-late token-refresh-ttl-180d
token-refresh-inactivity-1y token-rotation-grace-30s token-previous-access-valid token-no-early-invalidation
token-error-semantics token-error-json token-pkce-verify token-redirect-uri-match token-not-behind-bot-protection
token-no-redirect token-endpoint-not-swapped token-size token-identifies-user token-vocabulary-ascii
token-migration-keep-old token-revoke-on-disable resource-invalid-token-handling
"""
SIZE = """
size-redirect-url size-simulated-amazon-cookies size-own-hops size-cookie-growth size-incognito-diff
size-redirect-not-in-fragment cookie-within-4096
"""
ACCEPT_GRANT = """
ag-handled ag-response-shape ag-error-shape ag-time-budget ag-toggle-diagnosis ag-lwa-form-encoded
ag-credentials-right-pair ag-code-once ag-tokens-persisted ag-grantee-maps-user ag-idempotent ag-refresh-lwa
ag-region-endpoint
"""
APP_TO_APP = """
a2a-scope-spelling a2a-profile-b-for-amazon a2a-profile-a-for-own-code a2a-fresh-authcode a2a-redirecturi-consistent
a2a-bearer-case a2a-endpoint-discovery a2a-stage-match a2a-lwa-fallback a2a-state-and-pkce a2a-code-expiry-5min
a2a-error-messages a2a-secret-on-server a2a-lwa-double-login a2a-status-shown a2a-skill-disabled-cleanup
x2a-deeplink-verified x2a-consent-screen x2a-response-shape x2a-web-fallback x2a-logged-out-in-app vf-only-with-lwa
mcp-pkce-s256-metadata mcp-401-unauthenticated mcp-client-preregistered mcp-refresh-token
"""
CONFIGURATION = """
cfg-schema-valid cfg-auth-code-for-non-custom cfg-live-vs-dev-diff cfg-secret-not-in-repo cfg-implicit-discouraged
"""
SECTIONS = {
    "authorization page": AUTHORIZATION_PAGE,
    "redirect": REDIRECT,
    "domain list": DOMAINS,
    "token": TOKEN,
    "size": SIZE,
    "accept grant": ACCEPT_GRANT,
    "app to app": APP_TO_APP,
    "configuration": CONFIGURATION,
    "support": "bundle-complete",
}
REFERENCE = frozenset(" ".join(SECTIONS.values()).split())
RECALLED = """
    auth-param-tolerance auth-no-third-party-cookie-dependence auth-post-login-redirect-works-when-already-signed-in
    ui-signup-and-recovery screen-control-reachable screen-step-time redir-once token-no-redirect token-vocabulary-ascii
    ag-time-budget ag-idempotent size-redirect-not-in-fragment a2a-status-shown cfg-live-vs-dev-diff
    cfg-secret-not-in-repo
"""
RECALLED_ONLY = frozenset(RECALLED.split())
EVERY = sorted(REFERENCE)


def test_ids_are_those_of_the_reference() -> None:
    assert len(REFERENCE) == 133
    assert set(rules()) == REFERENCE


def test_no_id_is_listed_twice() -> None:
    document = json.loads(files("e2e_linker.alexa").joinpath("rules.json").read_text("utf-8"))
    assert len(document["rules"]) == len({row["id"] for row in document["rules"]}) == len(REFERENCE)
    assert {key for row in document["rules"] for key in row["sources"]} == set(document["sources"])


@pytest.mark.parametrize("section", SECTIONS)
def test_rules_stand_in_their_section(section: str) -> None:
    assert {each.id for each in rules().values() if each.section == section} == set(SECTIONS[section].split())


@pytest.mark.parametrize("rule_id", EVERY)
def test_every_rule_is_complete(rule_id: str) -> None:
    each = rule(rule_id)
    assert 10 < len(each.title) <= 90
    assert not each.title.endswith(".")
    for text in (each.requires, each.why, each.observe, each.fix):
        assert text == text.strip()
        assert len(text) > 20
        assert text[-1] in ".\"'"
    assert len({each.requires, each.why, each.observe, each.fix}) == 4
    assert each.sources
    assert each.confidence
    assert len(set(each.confidence)) == len(each.confidence)
    if each.manual is not None:
        assert len(each.manual) > 40
        assert each.manual.endswith(".")


def test_no_two_rules_share_a_title_or_a_manual_sentence() -> None:
    everything = list(rules().values())
    assert len({each.title for each in everything}) == len(everything)
    manual = [each.manual for each in everything if each.manual]
    assert len(set(manual)) == len(manual)


def test_sources_are_web_addresses_or_nothing() -> None:
    for each in rules().values():
        for source in each.sources:
            assert source.url is None or re.fullmatch(r"https://[\w.-]+/[^\s]+", source.url), source
            if source.key.startswith("RFC"):
                assert source.url == f"https://www.rfc-editor.org/rfc/{source.key.lower()}"
            if "#" in source.key:
                project, number = source.key.split("#")
                assert source.url == f"https://github.com/{project}/issues/{number}"


def test_what_is_only_recalled_is_advice() -> None:
    assert {each.id for each in rules().values() if each.advice_only} == RECALLED_ONLY
    assert all(rule(each).effective_severity is Severity.RECOMMENDED for each in RECALLED_ONLY)


def test_severity_counts_where_there_is_more_than_memory() -> None:
    assert rule("token-no-redirect").severity is Severity.BREAKS
    assert rule("token-no-redirect").effective_severity is Severity.RECOMMENDED
    for each in rules().values():
        if not each.advice_only:
            assert each.effective_severity is each.severity
    assert rule("domains-complete").effective_severity is Severity.BREAKS
    assert rule("auth-mobile-friendly").effective_severity is Severity.DEGRADES
    # One recalled source beside a read one does not make advice of a rule.
    assert rule("redir-is-http-redirect-or-navigation").confidence == ("V", "R")
    assert rule("redir-is-http-redirect-or-navigation").effective_severity is Severity.BREAKS


@pytest.mark.parametrize(
    "rule_id",
    ["auth-cert-letsencrypt-note", "ag-toggle-diagnosis", "a2a-lwa-double-login", "size-redirect-not-in-fragment"],
)
def test_mere_information_is_never_more_than_advice(rule_id: str) -> None:
    assert rule(rule_id).severity is Severity.RECOMMENDED


@pytest.mark.parametrize(
    "rule_id", ["token-refresh-works", "token-post-form", "token-error-semantics", "redir-code-single-use"]
)
def test_what_a_token_endpoint_answers_is_tried_by_an_audit_and_not_by_hand(rule_id: str) -> None:
    assert rule(rule_id).manual is None


def test_a_command_to_be_given_by_hand_names_what_to_put_in() -> None:
    commands = [text for each in rules().values() if (text := each.manual) and re.search(r"`(?:curl|ask) ", text)]
    assert len(commands) >= 4
    assert all(re.search(r"\b(?:HOST|SKILL_ID|[A-Z]+_URL)\b", text) for text in commands)


def test_text_names_no_machine_path() -> None:
    text = files("e2e_linker.alexa").joinpath("rules.json").read_text("utf-8")
    assert not re.search(r"/(?:work|root|tmp|home)/", text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("domain-complete", "domains-complete"),
        ("redir-state-unchangd", "redir-state-unchanged"),
        ("AUTH-NO-POPUPS", "auth-no-popups"),
        ("letsencrypt", "auth-cert-letsencrypt-note"),
    ],
)
def test_unknown_id_names_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        rule(typed)
    assert repr(typed) in caught.value.message
    assert caught.value.hint is not None
    assert meant in caught.value.hint


@pytest.mark.parametrize("typed", ["", "zzzzzzzz"])
def test_nonsense_id_points_at_the_list(typed: str) -> None:
    with pytest.raises(UsageError, match="e2e-linker rules"):
        rule(typed)


def test_rules_cannot_be_changed() -> None:
    known = rules()
    assert known is rules()
    with pytest.raises(TypeError):
        known["x"] = known["auth-https-443"]  # type: ignore[index]
    with pytest.raises(ValidationError):
        known["auth-https-443"].title = "x"  # type: ignore[misc]
    assert Rule.model_validate_json(known["auth-https-443"].model_dump_json()) == known["auth-https-443"]
