"""What the configuration alone gives away, without a browser."""

from __future__ import annotations

import pytest

from e2e_linker.audits.registry import audits
from e2e_linker.config.smapi import parse_skill
from e2e_linker.model import Confidence, Fault, Grant, Severity
from tests.audits.judged import failures

AUDITS = (
    "access-token-url",
    "authorization-url",
    "configuration-schema",
    "default-expiry",
    "domain-list-syntax",
    "endpoint-order",
    "grant-of-kind",
    "implicit-grant",
    "literal-secret",
)
HTTPS = "https://login.example.com"


def judged(build, **skill):
    run = build.run(skill=build.skill(**skill))
    return {audit: build.judge_run(audit, run) for audit in AUDITS}


def only(outcomes, audit):
    ((by, one),) = failures(outcomes)
    assert by == audit
    assert one.blame is Fault.SKILL_CONFIGURATION
    assert one.primary.kind == "configuration"
    return one


def test_a_healthy_configuration_passes(build):
    outcomes = judged(build)
    assert outcomes.pop("grant-of-kind").status == "not_applicable"
    assert {outcome.status for outcome in outcomes.values()} == {"passed"}


@pytest.mark.parametrize("audit", AUDITS)
def test_the_configuration_is_judged_without_any_case(audit):
    from e2e_linker.derive.base import parameters_of

    asked = parameters_of(audits()[audit].judge)
    assert asked == ("skill",) or (asked == ("skill", "cases") and audits()[audit].of_configuration)
    assert audits()[audit].scope == "run"


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://login.example.com/authorize", True),
        ("https://login.example.com:8443/authorize", True),
        ("http://127.0.0.1:8080/authorize", False),
        ("https://homeassistant.local:8123/authorize", False),
        ("https://127.0.0.1/", False),
        ("https://[2001:db8::1]/authorize", False),
        ("https://localhost/authorize", False),
        ("https://sso.corp/authorize", False),
    ],
)
def test_a_host_that_nobody_can_reach_is_not_mended_by_a_port(build, url, port):
    named = (("authorization-url", "authorization_url"), ("access-token-url", "access_token_url"))
    for (audit, name), field in zip(named, ("authorizationUrl", "accessTokenUrl"), strict=True):
        one = only(judged(build, **{name: url}), audit)
        assert ("public host name" in one.fix.text) != port
        assert one.fix.where == f"accountLinkingRequest.{field}"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://login.example.com/authorize", "uses http instead of https"),
        ("https://login.example.com:8443/authorize", "uses port 8443 instead of 443"),
        ("https://192.0.2.1/authorize", "names the address 192.0.2.1"),
        ("https://[2001:db8::1]/authorize", "names the address 2001:db8::1"),
        ("https://2130706433/authorize", "names the address 2130706433"),
        ("https://0x7f.1/authorize", "names the address 0x7f.1"),
        ("https://localhost/authorize", "names localhost"),
        ("https://id.localhost/authorize", "names id.localhost"),
        ("https://nas.local/authorize", "names nas.local"),
        ("https://sso.corp/authorize", "names sso.corp"),
        ("https://intranet/authorize", "names intranet"),
        ("https://nas.local:8123/authorize", "uses port 8123 instead of 443, and names nas.local, which only"),
        ("http://192.0.2.1/authorize", "uses http instead of https, and names the address 192.0.2.1"),
    ],
)
def test_addresses_that_alexa_cannot_reach_are_found(build, url, words):
    one = only(judged(build, authorization_url=url), "authorization-url")
    assert (one.rule, one.severity) == ("auth-https-443", Severity.BREAKS)
    assert words in one.message
    token = only(judged(build, access_token_url=url.replace("authorize", "token")), "access-token-url")
    assert token.rule == "token-https-443"
    assert words in token.message


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example.com/authorize?access_type=offline",
        "https://login.example.com:443/authorize",
        "https://LOGIN.brightbulb.test/authorize",
        "https://xn--bcher-kva.example/authorize",
        "https://1password.example.com/authorize",
        "https://localhost.example.com/authorize",
    ],
)
def test_public_names_pass_whatever_they_resolve_to(build, url):
    assert not failures(judged(build, authorization_url=url, access_token_url=url.replace("authorize", "token")))


def test_a_url_with_http_is_to_be_configured_with_https(build):
    one = only(judged(build, access_token_url="http://login.example.com/token"), "access-token-url")
    assert one.fix.text.startswith("Configure the URL with https")


def test_the_implicit_grant_needs_no_token_url(build):
    outcomes = judged(build, grant=Grant.IMPLICIT, access_token_url="http://old.example.com/token")
    only(outcomes, "implicit-grant")
    assert outcomes["access-token-url"].status == "not_applicable"


def test_a_missing_token_url_is_left_to_the_schema(build):
    outcomes = judged(build, access_token_url=None, problems=(("accessTokenUrl", "is missing; AUTH_CODE requires it"),))
    assert only(outcomes, "configuration-schema").message == "accessTokenUrl is missing; AUTH_CODE requires it."
    assert outcomes["access-token-url"].status == "inconclusive"


@pytest.mark.parametrize(
    ("skill", "audit", "field", "paste"),
    [
        ({"authorization_url": "http://login.example.com/authorize"}, "authorization-url", "authorizationUrl", None),
        ({"access_token_url": "http://login.example.com/token"}, "access-token-url", "accessTokenUrl", None),
        ({"grant": Grant.IMPLICIT}, "implicit-grant", "type", None),
        ({"grant": Grant.IMPLICIT, "skill_kind": "music"}, "grant-of-kind", "type", '"type": "AUTH_CODE"'),
        (
            {"default_expiry_s": 20},
            "default-expiry",
            "defaultTokenExpirationInSeconds",
            '"defaultTokenExpirationInSeconds": 3600',
        ),
    ],
)
def test_what_is_wrong_with_one_field_is_said_of_it_and_mended_there(build, skill, audit, field, paste):
    one = only(judged(build, **skill), audit)
    assert (one.subject, one.primary.ref, one.fix.paste) == (field, field, paste)
    assert one.fix.where == f"accountLinkingRequest.{field}"


def as_read(build, **fields):
    """Outcomes for a skill file as the configuration reader really complains of it."""
    document = {
        "type": "AUTH_CODE",
        "authorizationUrl": f"{HTTPS}/authorize",
        "clientId": "alexa",
        "accessTokenUrl": f"{HTTPS}/token",
        "accessTokenScheme": "HTTP_BASIC",
        **fields,
    }
    import json

    skill = parse_skill(json.dumps(document))
    return judged(
        build,
        raw=skill.document,
        problems=tuple((problem.path, problem.message) for problem in skill.problems),
        grant=skill.grant,
        authorization_url=skill.authorization_url,
        access_token_url=skill.access_token_url,
        domains=skill.domains,
        literal_secret=skill.literal_secret,
        default_expiry_s=skill.default_token_expiration_in_seconds,
    )


@pytest.mark.parametrize(
    ("fields", "audit", "rule"),
    [
        ({}, None, None),
        ({"type": "AUTHCODE"}, "configuration-schema", "cfg-schema-valid"),
        ({"accessTokenScheme": "BASIC"}, "configuration-schema", "cfg-schema-valid"),
        ({"scopes": [f"s{n}" for n in range(16)]}, "configuration-schema", "cfg-schema-valid"),
        ({"domains": "static.example.com"}, "configuration-schema", "cfg-schema-valid"),
        ({"domains": ["static.example.com", 7]}, "configuration-schema", "cfg-schema-valid"),
        ({"domains": ["https://static.example.com"]}, "domain-list-syntax", "domains-syntax"),
        ({"domains": ["*.example.com"]}, "domain-list-syntax", "domains-syntax"),
        ({"domains": ["a.example.com", "A.example.com"]}, "domain-list-syntax", "domains-syntax"),
        ({"domains": [""]}, None, None),
        ({"domains": [f"h{n}.example.com" for n in range(16)]}, None, None),
        ({"authorizationUrl": "http://login.example.com/authorize"}, "authorization-url", "auth-https-443"),
        ({"authorizationUrl": "login.example.com/authorize"}, "configuration-schema", "cfg-schema-valid"),
        ({"authorizationUrl": f"{HTTPS}/authorize?state=1"}, "configuration-schema", "cfg-schema-valid"),
        ({"authorizationUrl": f"{HTTPS}/#/authorize"}, "configuration-schema", "cfg-schema-valid"),
        ({"accessTokenUrl": "http://login.example.com/token"}, "access-token-url", "token-https-443"),
        ({"accessTokenUrl": "https://"}, "configuration-schema", "cfg-schema-valid"),
        ({"clientSecret": "hush"}, "literal-secret", "cfg-secret-not-in-repo"),
        ({"defaultTokenExpirationInSeconds": 20}, "default-expiry", "token-default-expiry-consistent"),
        ({"defaultTokenExpirationInSeconds": "360"}, None, None),
    ],
)
def test_every_complaint_of_the_reader_is_told_once(build, fields, audit, rule):
    outcomes = as_read(build, **fields)
    if fields.get("domains") == [""]:
        audit, rule = "domain-list-syntax", "domains-syntax"
    if audit is None:
        assert not failures(outcomes)
    else:
        assert only(outcomes, audit).rule == rule


@pytest.mark.parametrize("ending", ["?client_id=alexa", "?response_type=code&x=1", "#top"])
def test_what_some_servers_bear_in_the_authorization_url_only_degrades(build, ending):
    told = only(as_read(build, authorizationUrl=f"{HTTPS}/authorize{ending}"), "configuration-schema")
    assert (told.severity, told.confidence) == (Severity.DEGRADES, Confidence.LIKELY)
    assert told.primary.ref == "authorizationUrl"


def test_an_http_token_url_of_the_implicit_grant_is_still_a_wrong_field(build):
    outcomes = as_read(build, type="IMPLICIT", accessTokenUrl="http://login.example.com/token")
    assert {audit for audit, _ in failures(outcomes)} == {"configuration-schema", "implicit-grant"}


@pytest.mark.parametrize("kind", ["smart_home", "video", "music", "meetings", "health"])
def test_other_kinds_of_skill_need_the_code_grant(build, kind):
    outcomes = judged(build, skill_kind=kind, grant=Grant.IMPLICIT)
    one = only(outcomes, "grant-of-kind")
    assert (one.rule, one.severity) == ("cfg-auth-code-for-non-custom", Severity.BREAKS)
    assert kind.replace("_", " ") in one.message
    assert judged(build, skill_kind=kind)["grant-of-kind"].status == "passed"


def test_a_grant_nobody_can_read_is_inconclusive(build):
    outcomes = judged(build, grant=None, skill_kind="music")
    assert outcomes["grant-of-kind"].status == outcomes["implicit-grant"].status == "inconclusive"


def test_the_implicit_grant_and_a_literal_secret_are_advice(build):
    outcomes = judged(build, grant=Grant.IMPLICIT, literal_secret=True)
    assert {one.severity for _, one in failures(outcomes)} == {Severity.RECOMMENDED}
    assert {one.rule for _, one in failures(outcomes)} == {"cfg-implicit-discouraged", "cfg-secret-not-in-repo"}


@pytest.mark.parametrize(
    ("seconds", "status"), [(None, "not_applicable"), (359, "failed"), (360, "passed"), (3600, "passed")]
)
def test_the_default_lifetime_is_at_least_360_seconds(build, seconds, status):
    assert judged(build, default_expiry_s=seconds)["default-expiry"].status == status


def test_the_default_lifetime_of_the_implicit_grant_means_nothing(build):
    assert judged(build, grant=Grant.IMPLICIT, default_expiry_s=20)["default-expiry"].status == "not_applicable"


@pytest.mark.parametrize(
    ("authorization", "token"),
    [
        ("/token", "/authorize"),
        ("/oauth/token", "/oauth/authorize"),
        ("/protocol/openid-connect/token", "/protocol/openid-connect/auth"),
        ("/oauth2/access_token", "/login"),
        ("/oauth/accessToken/", "/oauth"),
    ],
)
def test_interchanged_urls_are_found(build, authorization, token):
    one = only(judged(build, authorization_url=HTTPS + authorization, access_token_url=HTTPS + token), "endpoint-order")
    assert (one.rule, one.confidence) == ("token-endpoint-not-swapped", Confidence.LIKELY)
    assert one.fix.paste == f'"authorizationUrl": "{HTTPS}{token}",\n"accessTokenUrl": "{HTTPS}{authorization}"'


@pytest.mark.parametrize(
    ("authorization", "token"),
    [
        ("/authorize", "/token"),
        ("/ap/oa", "/auth/o2/token"),
        ("/oauth", "/oauth"),
        ("/token/authorize", "/authorize/token"),
        ("/", "/"),
        ("/token-login", "/api/v1/exchange"),
    ],
)
def test_usual_urls_are_not_called_interchanged(build, authorization, token):
    assert not failures(judged(build, authorization_url=HTTPS + authorization, access_token_url=HTTPS + token))


def test_a_smart_home_skill_names_a_scope(build):
    one = only(judged(build, skill_kind="smart_home", scopes=()), "configuration-schema")
    assert (one.rule, one.severity) == ("cfg-schema-valid", Severity.BREAKS)
    assert one.message == "scopes names no scope, and a smart home skill needs at least one."
    assert not failures(judged(build, skill_kind="smart_home", scopes=("lamps",)))
    assert not failures(judged(build, skill_kind="custom", scopes=()))
