"""Answers that go to another app, or to a host that the login has nothing to do with, instead of to Alexa."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Severity
from e2e_linker.report.build import build_report
from tests.audits.judged import only

AUDIT = "redirect-uri"
LOGIN = "https://login.example.com"
LOST = {"failure": "net::ERR_ABORTED"}


def sent_to(build, url, *, followed=True, ending="dead_end", domains=(), between=(), last=LOST, **given):
    """A login that ends with the answer sent to ``url``; where not ``followed`` the engine did not ask for that."""
    asked = build.authorization()
    query = urlencode({"code": "<code#1>", "state": asked.state, **given})
    target = f"{url}{'&' if '?' in url else '?'}{query}"
    steps = [*build.healthy_steps(asked, None), *between]
    steps.append(build.post(f"{LOGIN}/consent", {}, location=target, status=302))
    if followed:
        steps.append(build.get(target, **last))
    walk = build.walk(steps, asked=asked, answer=None, ending=ending)
    return build.case(walk, skill=build.skill(asked, domains=domains))


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize(
    "address", ["myapp://callback", "com.example.app:/oauth2redirect", "urn:ietf:wg:oauth:2.0:oob"]
)
def test_an_answer_for_another_app_is_told_with_its_address_and_the_one_that_was_asked_for(build, address, followed):
    found = only(build.judge(AUDIT, sent_to(build, address, followed=followed)))
    assert found.message.startswith(
        f"The answer was sent to {address}. Alexa's redirect URL, {build.redirect_uri()}, was asked for"
    )
    assert (found.rule, found.severity) == ("redir-exact-uri-from-request", Severity.BREAKS)
    assert (found.confidence, found.symptom) == (Confidence.CERTAIN, False)
    assert (found.primary.kind, found.primary.ref) == ("hop", f"measured#{6 if followed else 5}")
    assert "code" not in found.message


@pytest.mark.parametrize("address", ["http://example.org/cb", "http://localhost:3000/cb", "https://app.example.org/cb"])
@pytest.mark.parametrize("last", [{"failure": "the name cannot be resolved"}, {"status": 200}, {"status": 404}])
def test_an_answer_for_a_host_that_has_nothing_to_do_with_the_login_is_told_too(build, address, last):
    ending = "unreachable" if "failure" in last else "dead_end"
    found = only(build.judge(AUDIT, sent_to(build, address, ending=ending, last=last)))
    assert found.message.startswith(f"The answer was sent to {address}. Alexa's redirect URL")
    assert found.confidence is Confidence.LIKELY


def test_another_app_that_gets_a_code_without_the_state_is_likely(build):
    assert only(build.judge(AUDIT, sent_to(build, "myapp://callback", state=""))).confidence is Confidence.LIKELY


def test_an_error_for_another_app_is_an_answer(build):
    case = sent_to(build, "myapp://callback", code="", error="access_denied")
    assert only(build.judge(AUDIT, case)).message.startswith("The answer was sent to myapp://callback.")


VISITED = {"between": ({"method": "GET", "url": "https://id.example.net/federate"},)}
HEALTHY = {
    "a listed host": ("https://broker.example.net/cb", {"domains": ("id.example.net",)}),
    "a host of the way": ("https://id.example.net/cb", VISITED),
    "the login itself, by http": ("http://www.example.com/cb", {}),
    "another state": ("https://app.example.org/cb", {"state": "own"}),
    "a slow host": ("https://app.example.org/cb", {"ending": "timeout"}),
    "an interrupted run": ("myapp://callback", {"ending": "interrupted"}),
    "a refused password": ("https://app.example.org/cb", {"ending": "login_rejected"}),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_hosts_that_hand_answers_to_each_other_within_the_login_are_not_meant(build, name):
    address, more = HEALTHY[name]
    assert build.judge(AUDIT, sent_to(build, address, last={"status": 500}, **more)).status == "inconclusive"


def test_an_app_that_is_opened_on_the_way_gets_no_answer(build):
    asked = build.authorization()
    app = build.get("bankid:///?autostarttoken=1&redirect=null", **LOST)
    steps = [*build.healthy_steps(asked, None), app]
    assert build.judge(AUDIT, build.walk(steps, asked=asked, answer=None)).status == "inconclusive"
    steps = build.healthy_steps(asked, build.answer(asked))
    walk = build.walk([*steps[:4], build.get("myapp://callback?code=1", **LOST), *steps[4:]], asked=asked)
    assert build.judge(AUDIT, walk).status == "passed"


OPENED = {
    "a code of its own": "microsoft-authenticator://activatemfa?code=123456789&url=https%3A%2F%2Fmfa.example",
    "a state of its own": "myapp://callback?code=1&state=own",
}
NO_APPS = ["about:blank", "data:text/html,x", "blob:x", "chrome-error://chromewebdata/", "javascript:void(0)", ""]
NO_APPS += ["mailto:mia@example.com", "sms:+1", "tel:+1"]


@pytest.mark.parametrize("app", [*OPENED.values(), *(f"{address}?code=1" for address in NO_APPS)])
@pytest.mark.parametrize("ending", ["dead_end", "timeout"])
def test_an_app_that_a_page_opens_with_a_code_of_its_own_is_no_place_that_the_answer_went_to(build, app, ending):
    asked = build.authorization()
    steps = [*build.healthy_steps(asked, None), build.get(app, **LOST)]
    assert build.judge(AUDIT, build.walk(steps, asked=asked, answer=None, ending=ending)).status == "inconclusive"


@pytest.mark.parametrize("answer", [OPENED["a state of its own"], *(f"{address}?code=1" for address in NO_APPS)])
@pytest.mark.parametrize("followed", [True, False])
def test_neither_is_one_that_the_server_sends_the_browser_to(build, answer, followed):
    asked = build.authorization()
    sent = build.post(f"{LOGIN}/go", {}, location=answer)
    steps = [*build.healthy_steps(asked, None), sent, *([build.get(answer, **LOST)] if followed else [])]
    assert build.judge(AUDIT, build.walk(steps, asked=asked, answer=None)).status == "inconclusive"


@pytest.mark.parametrize("address", NO_APPS)
def test_what_no_app_is_behind_gets_no_answer_whatever_it_carries(build, address):
    assert build.judge(AUDIT, sent_to(build, address)).status == "inconclusive"


def test_parameters_without_a_value_are_no_answer(build):
    case = sent_to(build, "https://acme-login.example.org/", code="", error="", ending="login_not_found", last={})
    assert build.judge(AUDIT, case).status == "inconclusive"
    assert build.judge(AUDIT, sent_to(build, "myapp://callback", code="")).status == "inconclusive"


def test_an_error_that_is_told_on_a_host_of_its_own_is_an_error_page(build):
    asked = build.authorization()
    query = urlencode({"error": "invalid_client", "error_description": "Unknown client", "state": asked.state})
    page = f"https://errors.example.org/oauth?{query}"
    walk = build.walk([build.get(asked.url, location=page), build.get(page, status=400)], asked=asked, answer=None)
    assert build.judge(AUDIT, walk).status == "inconclusive"
    assert "error page of errors.example.org: status 400" in only(build.judge("error-page", walk)).message


PROXY = "https://abc.execute-api.us-east-1.amazonaws.com/prod/callback"


def handed_on(build, upstream, *, back=PROXY):
    """A login whose server sends the browser to ``upstream`` with Alexa's state and an address to come back to."""
    asked = build.authorization()
    given = {"client_id": "x", "redirect_uri": PROXY, "state": asked.state, "response_type": "code"}
    up = f"{upstream}?{urlencode(given)}"
    answer = f"{back}?{urlencode({'code': '<code#1>', 'state': asked.state})}"
    made = [build.get(asked.url, location=up), build.get(up)]
    made += [build.post(f"{upstream}/login", {"state": asked.state}, location=answer), build.get(answer, status=500)]
    return build.walk(made, asked=asked, answer=None)


def test_a_server_that_hands_the_state_on_to_another_provider_gets_its_answer(build):
    walk = handed_on(build, "https://id.example.net/authorize")
    assert build.judge(AUDIT, walk).status == "inconclusive"
    found = only(build.judge("error-page", walk))
    assert "error page of abc.execute-api.us-east-1.amazonaws.com: status 500" in found.message
    assert "abc.execute-api.us-east-1.amazonaws.com" in {
        found.subject for found in build.judge("domain-list", walk).findings
    }
    elsewhere = handed_on(build, "https://id.example.net/authorize", back="https://app.example.org/cb")
    assert "The answer was sent to https://app.example.org/cb." in only(build.judge(AUDIT, elsewhere)).message


def test_an_address_in_the_logins_own_parameters_does_not_make_its_host_a_part_of_it(build):
    walk = handed_on(build, f"{LOGIN}/in")
    assert f"The answer was sent to {PROXY}." in only(build.judge(AUDIT, walk)).message


@pytest.mark.parametrize("region", ["NA", "EU", "FE"])
def test_another_address_of_alexas_is_no_strange_host(build, region):
    address = build.redirect_uri(region).replace("M2A", "M9Z")
    assert case_facts(sent_to(build, address)).get("stray_answer").value is None
    outcome = build.judge(AUDIT, sent_to(build, address))
    assert not any(found.message.startswith("The answer was sent to") for found in outcome.findings)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://app.example.org/cb/", "https://app.example.org/cb/"),
        ("https://app.example.org/cb", "https://app.example.org/cb"),
        ("https://app.example.org/a&b/cb", "https://app.example.org/a&b/cb"),
        ("https://svc:p4ssw0rd@app.example.org/cb", "https://app.example.org/cb"),
        ("com.example.app:/oauth2redirect", "com.example.app:/oauth2redirect"),
    ],
)
@pytest.mark.parametrize("mark", ["?", "&"])
def test_the_address_is_told_without_the_code_wherever_that_stands(build, address, told, mark):
    asked = build.authorization()
    target = f"{address}{mark}{urlencode({'code': 'S3cretC0deThatIsLong', 'state': asked.state})}"
    steps = [*build.healthy_steps(asked, None), build.post(f"{LOGIN}/consent", {}, location=target)]
    walk = build.walk([*steps, build.get(target, **LOST)], asked=asked, answer=None)
    assert only(build.judge(AUDIT, walk)).message.startswith(f"The answer was sent to {told}. Alexa's redirect URL")
    report = build_report(build.run(), [build.case(walk)])
    (case,) = report.cases
    assert case.ending.message.startswith(f"the answer was sent to {told}, not to ")
    said = " ".join([report.headline, case.ending.message, *(found.message for found in report.findings)])
    assert [secret for secret in ("S3cret", "p4ssw0rd", asked.state) if secret in said] == []


def test_an_app_whose_address_names_the_login_leaves_that_to_be_listed(build):
    tenant = "https://tenant.auth0.example"
    asked = build.authorization()
    answer = (
        f"com.acme.app://tenant.auth0.example/android/com.acme.app/callback?code=%3Ccode%231%3E&state={asked.state}"
    )
    steps = [build.get(asked.url, location=f"{tenant}/login"), build.get(f"{tenant}/login")]
    steps += [build.post(f"{tenant}/login", {}, location=answer), build.get(answer, **LOST)]
    walk = build.walk(steps, asked=asked, answer=None)
    assert "com.acme.app://tenant.auth0.example/android" in only(build.judge(AUDIT, walk)).message
    assert only(build.judge("domain-list", walk)).subject == "tenant.auth0.example"
    assert build_report(build.run(), [build.case(walk)]).domains.paste == ("tenant.auth0.example",)


def test_the_list_of_the_report_leaves_the_strange_host_out_where_no_login_needs_it(build):
    www = {"method": "GET", "url": "https://www.example.com/terms"}
    case = sent_to(build, "http://example.org/cb", ending="unreachable", domains=("old.example.com",), between=[www])
    domains = build_report(build.run(skill=build.skill(domains=("old.example.com",))), [case]).domains
    assert (domains.missing, domains.paste) == (("www.example.com",), ("www.example.com", "old.example.com"))
    assert "example.org" not in {one.host for one in domains.observed}
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    way = [*steps[:2], build.sub("https://example.org/app.js", "script"), *steps[2:]]
    needing = build.case(build.walk(way, asked=asked), facts={"id": "tablet-na"})
    both = build_report(build.run(), [case, needing]).domains
    assert "example.org" in both.missing
    assert "example.org" in both.paste


def test_a_host_that_the_browser_goes_on_from_is_part_of_the_login(build):
    asked = build.authorization()
    query = urlencode({"code": "<code#1>", "state": asked.state})
    broker = build.get(f"https://broker.example.net/cb?{query}", location="https://other.example.net/error")
    steps = [*build.healthy_steps(asked, None), broker, build.get("https://other.example.net/error", status=500)]
    assert build.judge(AUDIT, build.walk(steps, asked=asked, answer=None)).status == "inconclusive"


def test_a_host_that_redirects_to_itself_is_part_of_the_login_though_the_browser_did_not_follow(build):
    asked = build.authorization()
    query = urlencode({"code": "<code#1>", "state": asked.state})
    for target, stray in (
        ("https://broker.example.net", None),
        ("https://app.example.org", "https://app.example.org/cb"),
    ):
        last = build.get("https://broker.example.net/in", location=f"{target}/cb?{query}")
        walk = build.walk([*build.healthy_steps(asked, None), last], asked=asked, answer=None)
        found = case_facts(build.case(walk)).get("stray_answer").value
        assert (found.address if found else None) == stray


def test_the_case_ends_with_the_address_and_counts_as_one_that_does_not_link(build):
    report = build_report(build.run(), [sent_to(build, "http://example.org/cb", ending="unreachable")])
    (case,) = report.cases
    assert case.ending.kind == "dead_end"
    assert case.ending.message == (
        f"the answer was sent to http://example.org/cb, not to {build.redirect_uri()}, Alexa's redirect URL that was "
        "asked for"
    )
    assert report.headline.startswith("The one case does not link.")
    stray = case_facts(sent_to(build, "http://example.org/cb", ending="unreachable")).get("stray_answer").value
    assert stray.went_to("http://example.org/cb?code=1")
    assert not stray.went_to("http://example.org/")
    assert case_facts(build.case()).get("stray_ending").value is None


@pytest.mark.parametrize(
    ("grant", "went", "missed"),
    [
        ("AUTH_CODE", "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA", "not to"),
        ("IMPLICIT", "https://pitangui.amazon.com/spa/skill/account-linking-status.html", "without the query of"),
        (
            "IMPLICIT",
            "https://pitangui.amazon.com/spa/skill/account-linking-status.html?vendorId=M2B",
            "with another query than",
        ),
    ],
)
def test_a_case_whose_answer_goes_to_another_address_of_alexa_does_not_link(build, pieces, grant, went, missed):
    asked = build.authorization(grant=grant)
    walk = build.walk(asked=asked, answer=build.answer(asked).replace(asked.redirect_uri, went))
    calls = (pieces.token_call(),) if grant == "AUTH_CODE" else ()
    report = build_report(build.run(), [build.case(walk, token_calls=Present(value=calls))])
    (case,) = report.cases
    assert (case.linked, case.ending.kind) == (False, "dead_end")
    address = went.partition("?")[0]
    assert case.ending.message.startswith(f"the answer was sent to {address}, {missed} {asked.redirect_uri}, Alexa's")
    assert report.headline.startswith("The one case does not link.")
    assert report.verdict == "failed"


def test_where_it_went_is_no_hop_to_secure_and_no_host_to_list(build):
    case = sent_to(build, "http://example.org/cb", ending="unreachable", domains=("login.example.com",))
    assert build.judge("hop-transport", case).status == "inconclusive"
    assert build.judge("domain-list", case).status == "inconclusive"


def test_other_hops_are_told_beside_it(build):
    plain = {"method": "GET", "url": "http://www.example.com/terms"}
    case = sent_to(build, "http://example.org/cb", ending="unreachable", domains=("app.example.com",), between=[plain])
    assert "http://www.example.com" in only(build.judge("hop-transport", case)).message
    assert [found.subject for found in build.judge("domain-list", case).findings] == ["www.example.com"]
