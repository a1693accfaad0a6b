"""Connections that are dropped before a page comes, now and then or for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from e2e_linker.model import Confidence, Severity

RESET = "net::ERR_CONNECTION_RESET"


def logins(build, *fates, purpose="warm", failure=RESET, ending="unreachable", every=60):
    """A login for each fate, ``every`` so many seconds: whether its first page came."""
    walks = []
    for n, comes in enumerate(fates):
        asked = build.authorization()
        page = build.get(asked.url) if comes else build.get(asked.url, status=None, failure=failure)
        kept = {"answer": None, "ending": ending} if not comes else {}
        steps = None if comes else [page]
        walk = build.walk(steps, id=f"walk-{n}", purpose="measured" if n == 0 else purpose, **kept)
        walks.append(walk.model_copy(update={"started_at": walk.started_at + timedelta(seconds=every * n)}))
    return build.judge_run("page-drops", build.run(), [build.case(*walks)])


def test_a_server_that_hangs_up_on_pages_now_and_then_is_told_so(build):
    (found,) = logins(build, True, False, True, False, True).findings
    assert (found.rule, found.severity, found.confidence) == (
        "screen-error-page",
        Severity.DEGRADES,
        Confidence.LIKELY,
    )
    assert "hung up on 2 of " in found.message
    assert f"({RESET})" in found.message
    assert [found.primary.ref.partition("#")[0], *(ref.ref.partition("#")[0] for ref in found.related)] == [
        "walk-1",
        "walk-3",
    ]


@pytest.mark.parametrize("fates", [(True, True), (True, False, True), (True, False, False, False)])
def test_a_lost_page_or_the_end_of_a_server_is_no_habit(build, fates):
    assert logins(build, *fates).status == "passed"


def test_what_one_incident_cuts_off_is_no_habit(build):
    assert logins(build, True, False, True, False, True, every=1).status == "passed"
    assert logins(build, True, False, False, True).status == "passed"


@pytest.mark.parametrize("failure", ["net::ERR_ABORTED", "net::ERR_NAME_NOT_RESOLVED", "NS_BINDING_ABORTED"])
def test_other_failures_are_told_by_others(build, failure):
    assert logins(build, True, False, True, False, True, failure=failure).status == "passed"


def test_requests_that_were_made_to_be_too_large_do_not_count(build):
    assert logins(build, True, False, True, False, True, purpose="grown").status == "passed"


def test_what_was_under_way_when_a_login_had_come_to_its_end_does_not_count(build):
    assert logins(build, True, False, True, False, True, ending="arrived").status == "passed"


def each_on_a_device(build, *fates, warm=False):
    cases = []
    for n, comes in enumerate(fates):
        asked = build.authorization()
        lost = build.get(asked.url, status=None, failure=RESET)
        walk = build.walk() if comes else build.walk([lost], answer=None, ending="unreachable")
        walks = [walk, build.walk(id="warm", purpose="warm")] if warm else [walk]
        later = [one.model_copy(update={"started_at": one.started_at + timedelta(minutes=n)}) for one in walks]
        cases.append(build.case(*later, facts={"id": f"device-{n}", "user_agent": f"Device {n}"}))
    (found,) = build.judge_run("page-drops", build.run(), cases).findings
    return found.fix.text


def test_devices_that_never_got_a_page_may_be_treated_otherwise(build):
    text = each_on_a_device(build, True, False, True, False, True)
    assert text.startswith("No page at all came for device-1 and device-3: see first whether something treats their ")
    assert "Look for what closes connections" in text
    assert each_on_a_device(build, False, True, False, warm=True).startswith("Look for what closes")
    many = each_on_a_device(build, True, *[False] * 6, True, False, True)
    assert many.startswith("No page at all came for 7 cases: ")
