"""A server that bans the tester in the middle of a run: it is told once, and blamed on nothing that was tested."""

from __future__ import annotations

from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from starlette.responses import PlainTextResponse, Response

from e2e_linker.demo import names
from e2e_linker.demo.app import RangeApp
from e2e_linker.evidence.models import Present
from e2e_linker.model import Depth
from e2e_linker.run.battery_plan import MISUSES
from e2e_linker.run.door import Door
from e2e_linker.run.events import Notice

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOGIN = "https://login.example.com"


class Opener:
    """Whose measured walk arrived; further walks of its kind are answered with ``statuses``."""

    isolated = True

    def __init__(self, build, *statuses):
        self._build = build
        self._statuses = list(statuses)

    @asynccontextmanager
    async def apart(self, *, unkept):
        assert unkept
        yield self

    async def walk(self, name, purpose, *, glance):
        assert glance
        if not self._statuses:
            raise RuntimeError("the browser is gone")
        return ended(self._build, self._statuses.pop(0))


def ended(build, status, url=f"{LOGIN}/authorize", ending="login_not_found"):
    """A walk whose first answer had ``status``."""
    return build.walk([build.get(url, status=status)], answer=None, ending=ending)


async def met(build, opener, found, *, arrived=True):
    """What becomes of ``found``, met twice after a walk of ``opener`` that ``arrived``, and what was told."""
    told = []
    door = Door(told.append)
    if arrived:
        await door.met(build.walk(), opener)
    await door.met(found, opener)
    return await door.met(found, opener), told


async def test_whoever_is_refused_what_was_granted_before_is_shut_out(build):
    found, told = await met(build, Opener(build, 403, 403), ended(build, 403))
    assert found.ending.kind == "login_blocked"
    assert "login.example.com has shut this machine out in the course of the run" in found.ending.message
    (notice,) = told
    assert isinstance(notice, Notice)
    assert notice.kind == "lasting"
    assert "banned" in notice.text


@pytest.mark.parametrize("statuses", [(200, 200), (403, 200, 403, 200), (302, 302), ()])
async def test_one_refusal_is_of_the_walk_where_the_door_is_open_to_another(build, statuses):
    refused = ended(build, 403)
    assert await met(build, Opener(build, *statuses), refused) == (refused, [])


@pytest.mark.parametrize(
    ("status", "url", "arrived"),
    [(403, f"{LOGIN}/authorize", False), (403, "https://cdn.example.com/a", True), (404, f"{LOGIN}/authorize", True)],
)
async def test_no_other_end_of_a_walk_asks_for_the_door(build, status, url, arrived):
    found = ended(build, status, url)
    assert await met(build, Opener(build, 403, 403), found, arrived=arrived) == (found, [])


def guarded(monkeypatch, refuse):
    """Let the range answer ``refuse(scope, host)`` in place of itself, where that is an answer."""
    real = RangeApp._app

    def app(self, scope, host, world):
        return refuse(scope, host) or real(self, scope, host, world)

    monkeypatch.setattr(RangeApp, "_app", app)


async def probed(bench, **more):
    patient = {"timeout": 60_000, "expect": {"timeout": 5_000}}
    return await bench.link(depth=Depth.STANDARD, reporter="json", **patient | more)


@pytest.mark.browser
async def test_a_ban_is_told_once_and_nothing_is_asked_any_more(bench, monkeypatch):
    def refused(seen):
        return seen.host == names.OAUTH and seen.path == "/token" and seen.status >= 400

    def ban(scope, host):
        banned = any(refused(seen) for seen in bench.range.requests_seen)
        return PlainTextResponse("403: Forbidden", 403) if banned else None

    guarded(monkeypatch, ban)
    run = await probed(bench, probes="tokens", linker={"revocation": None})
    assert run.report.findings == ()
    assert run.report.cases[0].linked
    assert run.report.verdict == "inconclusive"
    reasons = {o.reason for o in run.report.outcomes if o.status == "inconclusive" and "Alexa" not in o.reason}
    shut = {reason for reason in reasons if "has shut this machine out" in reason}
    assert shut
    assert not any("status 403, and no login form" in reason for reason in reasons)
    assert sum("has shut this machine out" in e.text for e in run.events if isinstance(e, Notice)) == 1
    # A link without a page, its walk, and two looks at the door, perhaps for three links at once.
    assert sum(1 for seen in bench.range.requests_seen if seen.path == "/authorize" and seen.status == 403) <= 9


@pytest.mark.browser
async def test_a_server_that_forbids_what_is_not_registered_bans_nobody(bench, monkeypatch):
    def forbid(scope, host):
        foreign = b"layla.amazon.com" in scope["query_string"] or b"alexa.amazon.co.jp" in scope["query_string"]
        return Response(status_code=403) if host == names.LOGIN and foreign else None

    guarded(monkeypatch, forbid)
    run = await probed(bench, probes="all")
    told = {o.audit: o for o in run.report.outcomes}
    assert told["region-redirects"].status == "failed"
    assert not any("shut this machine out" in e.text for e in run.events if isinstance(e, Notice))
    assert not any("shut this machine out" in (o.reason or "") for o in run.report.outcomes)


@pytest.mark.browser
async def test_something_works_between_any_two_requests_that_no_server_takes(bench):
    run = await probed(bench, probes="tokens")
    part = run.saved().run.battery
    assert isinstance(part, Present)
    made = [(call.probe in MISUSES, call.status) for call in part.value.calls]
    places = [n for n, (misuse, _) in enumerate(made) if misuse]
    assert len(places) == len(MISUSES)
    assert all(any(status == 200 for _, status in made[one:other]) for one, other in pairwise(places))
