"""Redirect URIs that nobody registered are asked for without a login, and nothing reaches the hosts they name."""

from __future__ import annotations

import pytest
from starlette.responses import HTMLResponse

from e2e_linker.alexa.look_alikes import look_alikes
from e2e_linker.demo import app
from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.model import Depth, host_of
from e2e_linker.run.saved import judge_again

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


async def test_an_error_page_with_a_script_is_opened(bench, monkeypatch):
    busy = HTMLResponse("<title>Error</title><h1>Unknown redirect URI</h1><script>document.title += '!'</script>", 400)
    monkeypatch.setattr(app, "not_answerable", lambda *_: busy)
    run = await bench.link(depth=Depth.STANDARD, only=("unknown-redirects",))
    walks = asked(run)
    assert set(walks) == {each.kind for each in look_alikes(run.saved().run.skill.redirect_uris["NA"])}
    assert all(len(walk.windows.value) == 1 for walk in walks.values())
    assert run.report.verdict == "passed"


async def test_an_error_page_without_a_script_needs_no_page(bench):
    run = await bench.link(depth=Depth.STANDARD, only=("unknown-redirects",))
    walks = asked(run)
    assert set(walks) == {each.kind for each in look_alikes(run.saved().run.skill.redirect_uris["NA"])}
    assert all(isinstance(walk.windows, NotCollected) and "without a page" in walk.gaps[0] for walk in walks.values())
    assert {walk.requests.value[-1].status for walk in walks.values()} == {400}
    rows = [row for row in run.report.run_requests.rows if row.walk.startswith("unknown-")]
    assert {row.window for row in rows} == {None}
    assert {row.walk for row in rows} == {walk.id for walk in walks.values()}
    assert run.report.verdict == "passed"
    before = (run.folder / "report.json").read_bytes()
    judge_again(run.folder)
    assert (run.folder / "report.json").read_bytes() == before


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
