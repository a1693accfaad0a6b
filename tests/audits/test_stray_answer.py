"""Answers that go to another app, or to a host that the login has nothing to do with, instead of to Alexa."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.model import Confidence, Severity
from e2e_linker.report.build import build_report

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


def only(outcome):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    return found


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


def test_a_host_that_the_browser_goes_on_from_is_part_of_the_login(build):
    asked = build.authorization()
    query = urlencode({"code": "<code#1>", "state": asked.state})
    broker = build.get(f"https://broker.example.net/cb?{query}", location="https://other.example.net/error")
    steps = [*build.healthy_steps(asked, None), broker, build.get("https://other.example.net/error", status=500)]
    assert build.judge(AUDIT, build.walk(steps, asked=asked, answer=None)).status == "inconclusive"


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


def test_where_it_went_is_no_hop_to_secure_and_no_host_to_list(build):
    case = sent_to(build, "http://example.org/cb", ending="unreachable", domains=("login.example.com",))
    assert build.judge("hop-transport", case).status == "inconclusive"
    assert build.judge("domain-list", case).status == "inconclusive"


def test_other_hops_are_told_beside_it(build):
    plain = {"method": "GET", "url": "http://www.example.com/terms"}
    case = sent_to(build, "http://example.org/cb", ending="unreachable", domains=("app.example.com",), between=[plain])
    assert "http://www.example.com" in only(build.judge("hop-transport", case)).message
    assert [found.subject for found in build.judge("domain-list", case).findings] == ["www.example.com"]
