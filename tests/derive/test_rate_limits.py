"""When a walk ended because the server was asked too often."""

from __future__ import annotations

import pytest

from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.rate_limits import limited
from e2e_linker.evidence.models import Body

LOGIN = "https://login.example.com"
API = "https://api.example.com/consent"
LATER = (("Retry-After", "30"),)


def status_of(build, *steps, ending="login_not_found", **more):
    """The status by which a walk of ``steps`` was asked too often, and whether trials count it so."""
    walk = build.walk(steps, answer=None, ending=ending, **more)
    limit = walk_facts(walk).get("asked_too_often").value
    return limit and limit.status, limited(walk)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 429}, (429, True)),
        ({"status": 503, "response_headers": LATER}, (503, False)),
        ({"status": 429, "response_headers": (("x-vercel-mitigated", "challenge"),)}, (None, False)),
        ({"status": 503}, (None, False)),
        ({"status": 400, "response_headers": LATER}, (None, False)),
        ({"failure": "net::ERR_CONNECTION_REFUSED"}, (None, False)),
        ({}, (None, False)),
    ],
)
def test_the_last_page_says_so(build, answer, said):
    assert status_of(build, build.get(f"{LOGIN}/authorize", **answer)) == said
    assert status_of(build, build.get(f"{LOGIN}/a", status=429), build.get(f"{LOGIN}/b")) == (None, False)
    assert status_of(build) == (None, False)


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([(API, 429)], 429),
        ([(f"{LOGIN}/api", 200), (f"{API}?n=1", 429), (f"{LOGIN}/log", 204)], 429),
        ([(f"{API}?n=1", 429), (f"{API}?n=2", 200)], None),
        ([(API, 403)], None),
        ([("https://count.example.net/c", 429)], None),
    ],
)
def test_a_page_drawn_by_scripts_says_so_by_what_these_were_answered(build, calls, said):
    scripted = [build.sub(url, "fetch", status=status) for url, status in calls]
    page = build.get(f"{LOGIN}/app")
    assert status_of(build, page, *scripted)[0] == said
    assert status_of(build, page, *scripted, build.get(f"{LOGIN}/next"))[0] is None
    assert status_of(build, page, *scripted, ending="stopped")[0] is None


@pytest.mark.parametrize(("kind", "said"), [("text/plain;charset=UTF-8", None), ("application/json", 429)])
def test_what_a_page_reports_for_itself_it_does_not_need(build, kind, said):
    body = Body(content_type=kind, size=9, text='{"error"}')
    report = build.sub(f"{LOGIN}/monitoring", "fetch", method="POST", status=429, body=body)
    assert status_of(build, build.get(f"{LOGIN}/app"), report)[0] == said


def test_who_arrives_was_not_stopped(build):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    walk = build.walk([*steps[:2], build.sub(f"{LOGIN}/api", "fetch", status=429), *steps[2:]], asked=asked)
    assert walk_facts(walk).get("asked_too_often").value is None
