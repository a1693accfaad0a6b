"""Redirect URIs that nobody registered are asked for without a login, and nothing reaches the hosts they name."""

from __future__ import annotations

import pytest

from e2e_linker.alexa.look_alikes import look_alikes
from e2e_linker.evidence.models import Present
from e2e_linker.model import Depth, host_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def asked(run):
    """The walks for look-alikes, by kind."""
    part = run.saved().run.probes
    assert isinstance(part, Present), part
    return {walk.variation["look_alike"]: walk for walk in part.value if walk.purpose == "unknown_redirect"}


async def test_every_look_alike_is_asked_for_once_and_none_costs_a_login(bench):
    run = await bench.link(depth=Depth.STANDARD, only=("unknown-redirects",))
    walks = asked(run)
    assert set(walks) == {each.kind for each in look_alikes(run.saved().run.skill.redirect_uris["NA"])}
    assert all(walk.login.value == () for walk in walks.values())
    assert {walk.requests.value[0].status for walk in walks.values()} == {400}
    assert run.report.verdict == "passed"


async def test_a_redirect_to_a_look_alike_is_recorded_and_goes_nowhere(bench):
    bench.arm(faults=["redirect-uri-prefix"])
    run = await bench.link(depth=Depth.STANDARD, only=("unknown-redirects",))
    walks = asked(run)
    for kind in ("longer host", "user information"):
        (arrival,) = walks[kind].arrivals.value
        assert host_of(arrival.url).endswith("evil.example")
        assert {param.name: param.value for param in arrival.params}["code"].startswith("<code#")
        last = walks[kind].requests.value[-1]
        assert (host_of(last.url), last.status) == (host_of(arrival.url), None)
        assert last.failure
    assert not walks["plain http"].arrivals.value
    assert [found.rule for found in run.report.findings] == ["auth-rejects-unknown-redirect-uri"] * 2


async def test_a_passive_run_asks_for_none(bench):
    run = await bench.link()
    assert not isinstance(run.saved().run.probes, Present)
