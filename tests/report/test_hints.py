"""What is said of a provider beside a finding, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e_linker.cli.summary import print_summary
from e2e_linker.derive.provider import Mark, recognised
from e2e_linker.evidence.models import Present
from e2e_linker.report.build import build_report
from e2e_linker.report.hints import published, with_hint
from e2e_linker.report.html import html_page
from e2e_linker.report.markdown import markdown
from e2e_linker.report.model import FindingReport, RunReport

GOOGLE = {
    "authorization_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "access_token_url": "https://oauth2.googleapis.com/token",
}
OKTA = {
    "authorization_url": "https://acme.okta.com/oauth2/v1/authorize",
    "access_token_url": "https://acme.okta.com/oauth2/v1/token",
}
GITHUB = {
    "authorization_url": "https://github.com/login/oauth/authorize",
    "access_token_url": "https://github.com/login/oauth/access_token",
}


def hinted(build: Any, make: Any, rule: str, **skill: Any) -> FindingReport:
    facts = build.skill(**skill)
    return with_hint(make.finding(rule), recognised(facts, ()), facts)


def test_the_hint_is_precise_and_ready_to_paste(build: Any, make: Any) -> None:
    found = hinted(build, make, "token-refresh-issued", **GOOGLE)
    assert found.hint is not None
    assert "`access_type=offline&prompt=consent`" in found.hint.text
    assert found.hint.paste == "access_type=offline&prompt=consent"
    assert found.hint.provider == "Google"
    assert found.hint.sources
    assert not found.hint.recalled
    assert found.model_copy(update={"hint": None}) == make.finding("token-refresh-issued")


def test_what_is_there_already_is_not_advised(build: Any, make: Any) -> None:
    url = f"{GOOGLE['authorization_url']}?access_type=offline&prompt=consent"
    assert hinted(build, make, "token-refresh-issued", **{**GOOGLE, "authorization_url": url}).hint is None
    assert hinted(build, make, "token-refresh-issued", **OKTA, scopes=("openid", "offline_access")).hint is None


def test_a_hint_from_memory_says_so(build: Any, make: Any) -> None:
    found = hinted(build, make, "token-refresh-issued", **OKTA)
    assert found.hint is not None
    assert found.hint.recalled
    assert found.hint.basis == ("R",)


def test_rules_that_the_provider_has_nothing_to_do_with_get_none(build: Any, make: Any) -> None:
    assert hinted(build, make, "domains-complete", **GOOGLE).hint is None
    assert hinted(build, make, "token-refresh-issued").hint is None


def test_a_social_login_says_nothing_of_tokens(build: Any, make: Any) -> None:
    steps = [build.get("https://login.example.com/authorize"), build.get("https://accounts.google.com/signin")]
    report = build_report(build.run(), [build.case(build.walk(steps))])
    assert [(known.id, known.places) for known in report.providers] == [("google", ("login",))]
    facts = build.skill()
    from e2e_linker.derive.base import case_facts

    part = case_facts(build.case(build.walk(steps))).get("provider_pages")
    assert isinstance(part, Present)
    known = recognised(facts, part.value)
    assert with_hint(make.finding("token-refresh-issued"), known, facts).hint is None
    assert with_hint(make.finding("auth-embedded-browser-tolerated"), known, facts).hint is not None


@pytest.mark.parametrize(
    ("client_id", "paste"),
    [("11-22", "11-22"), ('a"b', None), ("a\nb", None)],
)
def test_the_skills_own_values_fill_the_paste_or_leave_it_out(
    build: Any, make: Any, client_id: str, paste: Any
) -> None:
    urls = {"authorization_url": "https://a.b2clogin.com/x", "access_token_url": "https://a.b2clogin.com/y"}
    found = hinted(build, make, "token-fields", client_id=client_id, **urls)
    assert found.hint is not None
    assert found.hint.paste == paste


def form_encoded(build: Any, samples: Any, **urls: Any) -> RunReport:
    call = samples.token_call(
        build,
        url=urls.get("access_token_url", "https://login.example.com/token"),
        response_headers=(("Content-Type", "application/x-www-form-urlencoded"),),
        response_body="access_token=<access_token#1>&token_type=bearer",
    )
    skill = build.skill(**urls)
    return build_report(build.run(skill=skill), [build.case(skill=skill, token_calls=Present(value=(call,)))])


def test_a_provider_changes_no_finding(build: Any, samples: Any) -> None:
    known, unknown = form_encoded(build, samples, **GITHUB), form_encoded(build, samples)
    bodies = [found for found in known.findings if found.rule == "token-json-body"]
    assert [found.hint is not None for found in bodies] == [True]
    assert all(found.hint is None for found in unknown.findings)
    assert unknown.providers == ()
    assert {(f.rule, f.severity, f.fix) for f in bodies} == {
        (f.rule, f.severity, f.fix) for f in unknown.findings if f.rule == "token-json-body"
    }
    assert known.verdict == unknown.verdict


def test_every_shape_shows_it(build: Any, samples: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = form_encoded(build, samples, **GITHUB)
    page, summary = html_page(report, tmp_path), markdown(report)
    assert page.count('<aside class="hint">') == 2
    assert "<code>Accept: application/json</code>" in page
    assert "recognised by the host github.com" in page
    assert "**GitHub** (recognised by the host github.com): GitHub answers form-encoded unless" in summary
    assert "`Accept: application/json`" in summary
    print_summary(report, None)
    told = " ".join(capsys.readouterr().out.split())
    assert "GitHub, recognised by the host github.com: GitHub answers form-encoded" in told
    for silent in (form_encoded(build, samples),):
        assert "hint" not in html_page(silent, tmp_path).partition("</style>")[2]
        assert "recognised" not in markdown(silent)


@pytest.mark.parametrize(("status", "hinted"), [(400, True), (500, False), (503, False)])
@pytest.mark.parametrize("probe", ["reuse_soon", "race"])
def test_a_setting_of_the_provider_mends_no_crash(
    build: Any, samples: Any, probe: str, status: int, hinted: bool
) -> None:
    toolkit = {"authorization_url": "https://login.example.com/o/authorize/"}
    skill = build.skill(**toolkit, access_token_url="https://login.example.com/o/token/")
    made = samples.battery(build)
    refused = {"refused": True, "status": status}
    link = made.link("reuse_soon")
    made.call("reuse_soon", 1, "exchange", link)
    made.call("reuse_soon", 2, "refresh", link)
    made.call("reuse_soon", 3, "replay", link, **(refused if probe == "reuse_soon" else {}))
    made.call("reuse_soon", 4, "refresh", link)
    for link in [made.link("race") for _ in range(2 if probe == "race" else 0)]:
        made.call("race", 1, "exchange", link)
        made.call("race", 2, "refresh", link)
        made.call("race", 2, "refresh", link, **refused)
        made.call("race", 3, "refresh", link)
    page = build.get("https://login.example.com/o/authorize/", set_cookies={"csrftoken": 32})
    report = build_report(build.run(skill=skill, battery=made.made()), [build.case(build.walk([page]), skill=skill)])
    (found,) = [found for found in report.findings if found.rule == "token-rotation-grace-30s"]
    assert [hint.provider for hint in (found.hint,) if hint] == ["django-oauth-toolkit"] * hinted


HOME = {
    "authorization_url": "https://home.example.com/auth/authorize",
    "access_token_url": "https://home.example.com/auth/token",
}
REFUSED_ID = "The login ends on an error page of home.example.com: “Error: Invalid client id Start over”."
SENT_AWAY = "The login ends on an error page of home.example.com: “Your computer is not allowed.”."
REFUSED_TOKENS = "The token endpoint refused the code with status 400, “invalid_request”: “Invalid client id”."
ADDRESS, TRUSTED = "takes the client id for the address", "`trusted_networks`"


def of_home_assistant(
    build: Any, make: Any, rule: str, message: str, *, regions: tuple[str, ...] = ("NA",), **more: Any
) -> Any:
    skill = {"client_id": "alexa", "access_token_scheme": "REQUEST_BODY_CREDENTIALS", "regions": regions} | more
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU", "FE")}
    facts = build.skill(**HOME, redirect_uris=uris, **skill)
    known = recognised(facts, {Mark("home.example.com", "request", "/auth/login_flow")})
    return with_hint(make.finding(rule, message=message), known, facts).hint


@pytest.mark.parametrize(
    ("rule", "message", "told"),
    [
        ("screen-error-page", REFUSED_ID, ADDRESS),
        ("screen-error-page", "It ends on “Error: INVALID REDIRECT URI”.", ADDRESS),
        ("auth-accepts-all-region-redirect-uris", "The server shows “Error: Invalid redirect URI”.", ADDRESS),
        ("screen-error-page", SENT_AWAY, TRUSTED),
        ("screen-error-page", "It ends on “Su equipo no está permitido.”.", TRUSTED),
        ("screen-error-page", "It ends on an error page of home.example.com: status 502, “Bad Gateway”.", None),
        ("screen-blank", "Nothing stands on the page.", None),
        ("token-status-200", REFUSED_TOKENS, None),
    ],
)
def test_a_hint_fits_what_the_server_says(build: Any, make: Any, rule: str, message: str, told: str | None) -> None:
    hint = of_home_assistant(build, make, rule, message)
    assert (hint is not None) is (told is not None)
    assert hint is None or told is None or told in hint.text


@pytest.mark.parametrize(
    ("message", "hinted"), [(REFUSED_TOKENS, True), (REFUSED_TOKENS.replace("client id", "code"), False)]
)
def test_a_scheme_that_the_server_does_not_read_is_named_where_tokens_are_refused(
    build: Any, make: Any, message: str, hinted: bool
) -> None:
    hint = of_home_assistant(build, make, "token-status-200", message, access_token_scheme="HTTP_BASIC")
    assert (hint is not None) is hinted
    assert hint is None or hint.paste == '"accessTokenScheme": "REQUEST_BODY_CREDENTIALS"'


@pytest.mark.parametrize(
    ("subject", "regions", "client_id", "paste"),
    [
        ("EU", ("NA", "EU"), "https://pitangui.amazon.com/", "https://layla.amazon.com/"),
        ("FE", ("NA",), "https://pitangui.amazon.com/", "https://alexa.amazon.co.jp/"),
        ("NA", ("NA",), "https://layla.amazon.com/", "https://pitangui.amazon.com/"),
        ("regions that are not tested", ("NA",), "https://pitangui.amazon.com/", None),
        ("home.example.com", ("EU",), "alexa", "https://layla.amazon.com/"),
        ("home.example.com", ("NA", "EU"), "alexa", None),
    ],
)
def test_the_client_id_to_paste_is_that_of_the_region(
    build: Any, make: Any, subject: str, regions: tuple[str, ...], client_id: str, paste: str | None
) -> None:
    more = {"regions": regions, "client_id": client_id}
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU", "FE")}
    facts = build.skill(**HOME, redirect_uris=uris, **more)
    known = recognised(facts, {Mark("home.example.com", "request", "/auth/login_flow")})
    hint = with_hint(make.finding("auth-clientid-per-region", subject=subject), known, facts).hint
    assert hint is not None
    assert (hint.paste, hint.where is None) == (paste, paste is None)


def test_a_provider_that_shows_itself_in_two_ways_is_told_once(build: Any) -> None:
    own = "auth.example.com"
    skill = build.skill(authorization_url=f"https://{own}/auth/authorize", access_token_url=f"https://{own}/auth/token")
    marks = {Mark(own, "request", "/auth/login_flow"), Mark(own, "refusal", "STATUS: REASON")}
    assert [told.recognised_by for told in published(recognised(skill, marks))] == [
        "the path /auth/authorize, the path /auth/token, requests for /auth/login_flow of auth.example.com"
    ]


@pytest.mark.parametrize(
    ("url", "rule", "message", "told"),
    [
        ("https://accounts.google.com/auth", "screen-error-page", "title “Error 403: org_internal”", "In production"),
        ("https://accounts.google.com/auth", "screen-error-page", "title “Error 403: disallowed_useragent”", None),
        ("https://www.facebook.com/dialog/oauth", "screen-error-page", "“App not active”", "to Live"),
        ("https://x.amazoncognito.com/oauth2/authorize", "screen-error-page", "“Login pages unavailable”", "no style"),
        ("https://x.amazoncognito.com/oauth2/authorize", "screen-error-page", "“Not found”", None),
    ],
)
def test_a_hint_waits_for_the_words_that_it_is_about(
    build: Any, make: Any, url: str, rule: str, message: str, told: str | None
) -> None:
    facts = build.skill(authorization_url=url, scopes=("openid", "offline_access"))
    hint = with_hint(make.finding(rule, message=message), recognised(facts, ()), facts).hint
    assert (hint is not None) is (told is not None)
    assert hint is None or told is None or told in hint.text


@pytest.mark.parametrize(
    ("host", "scope", "fix", "hint"),
    [
        ("acme.auth0.com", "openid offline_access", "Allow Offline Access in the API", None),
        ("acme.auth0.com", "openid", None, "add it to the skill's scopes"),
        ("login.example.com", "openid offline_access", "prompt=consent", None),
    ],
)
def test_a_remedy_that_mends_nothing_at_a_provider_gives_way_to_its_own(
    build: Any, samples: Any, host: str, scope: str, fix: str | None, hint: str | None
) -> None:
    urls = {"authorization_url": f"https://{host}/authorize", "access_token_url": f"https://{host}/oauth/token"}
    skill = build.skill(**urls, scopes=tuple(scope.split()))
    body = '{"access_token": "<access_token#1>", "token_type": "Bearer", "expires_in": 86400, "scope": "openid"}'
    call = samples.token_call(build, url=urls["access_token_url"], response_body=body)
    report = build_report(build.run(skill=skill), [build.case(skill=skill, token_calls=Present(value=(call,)))])
    found = next(each for each in report.findings if each.rule == "token-refresh-issued")
    assert fix is None or fix in found.fix.text
    assert ("prompt=consent" in (found.fix.paste or "")) is (fix == "prompt=consent")
    assert (hint or "") in (found.hint.text if found.hint else "")
    assert (found.hint is not None) is (hint is not None)
