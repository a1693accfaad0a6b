"""A browser that runs already is linked on, and left as it was; Alexa is reached from none."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, async_playwright

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.browser import contexts
from e2e_linker.evidence.models import Present
from e2e_linker.model import Depth
from e2e_linker.run.events import CaseProgress

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NO_CONTEXTS = "Protocol error (Target.createBrowserContext): Failed to create browser context."


@dataclass
class Decoy:
    """Stands where Amazon would, and counts who comes."""

    port: int = 0
    visits: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def decoys() -> AsyncIterator[Decoy]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoy.visits.append(await reader.read(1000))
        writer.close()

    decoy = Decoy()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        decoy.port = server.sockets[0].getsockname()[1]
        yield decoy


@dataclass
class Attached:
    endpoint: str
    process: asyncio.subprocess.Process
    decoy: Decoy


@pytest_asyncio.fixture(loop_scope="session")
async def running_browser(bench, chromium, tmp_path) -> AsyncIterator[Callable[[], Awaitable[Attached]]]:
    """Start a browser that finds the range by itself, as a phone finds the developer's server."""
    async with AsyncExitStack() as stack:

        async def start() -> Attached:
            decoy = await stack.enter_async_context(decoys())
            rules = [f"MAP {host} {bench.range.address}" for host in bench.range.hosts]
            rules += [f"MAP {host} 127.0.0.1:{decoy.port}" for host in sorted(REDIRECT_HOSTS)]
            found = chromium(
                tmp_path / "profile", f"--host-resolver-rules={', '.join(rules)}", "--ignore-certificate-errors"
            )
            return Attached(*await stack.enter_async_context(found), decoy)

        yield start


async def is_left_alone(attached: Attached, tabs: list[str]) -> None:
    """The browser still runs, with the tabs and contexts that it had before."""
    assert attached.process.returncode is None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(attached.endpoint)
        assert [page.url for context in browser.contexts for page in context.pages] == tabs


async def test_a_case_has_a_context_of_its_own_in_a_running_browser(bench, running_browser) -> None:
    attached = await running_browser()
    bench.projects = {"Mine": {"cdpEndpoint": attached.endpoint}}
    linked = await bench.link(depth=Depth.STANDARD)
    untold = [one for one in linked.report.cases[0].outcomes if one.status in {"errored", "inconclusive"}]
    assert linked.report.verdict == "passed", (linked.advice, untold, linked.report.cases[0].ending)
    (case,) = linked.saved().cases
    assert (case.case.engine_kind, case.case.viewport_width, case.case.is_mobile) == ("cdp", None, False)
    assert "HeadlessChrome" in case.case.user_agent
    assert [trait.value for trait in case.case.traits] == ["the device's own"]
    assert {"measured", "warm", "special_state"} <= {walk.purpose for walk in case.walks}
    assert linked.saved().run.battery.kind == "present"
    assert attached.decoy.visits == []
    await is_left_alone(attached, [])


async def test_what_is_asked_for_is_emulated_and_nothing_else(bench, running_browser) -> None:
    attached = await running_browser()
    use = {"cdpEndpoint": attached.endpoint, "userAgent": "Plain/1.0", "viewport": {"width": 700, "height": 650}}
    bench.projects = {"Mine": use}
    (case,) = (await bench.link()).saved().cases
    assert case.case.user_agent == "Plain/1.0"
    digest = case.walks[0].screens.value[0].digest.value
    assert (case.case.viewport_width, digest.client_height) == (700, 650)
    names = [trait.name for trait in case.case.traits]
    assert {"device", "user agent", "screen"} <= set(names)
    assert "language" not in names


async def test_a_browser_without_contexts_lends_its_own(bench, running_browser, monkeypatch) -> None:
    attached = await running_browser()

    async def refused(*_: object, **__: object) -> None:
        raise Error(NO_CONTEXTS)

    async with async_playwright() as playwright:
        owner = await playwright.chromium.connect_over_cdp(attached.endpoint)
        mine = await owner.contexts[0].new_page()
        await mine.goto("data:text/html,<title>mine</title>")
        await owner.contexts[0].add_cookies([{"name": "private", "value": "x", "url": "https://bank.example/"}])
        monkeypatch.setattr(Browser, "new_context", refused)
        bench.projects = {
            "Mine": {"cdpEndpoint": attached.endpoint, "locale": "de-DE"},
            "Mine too": {"cdpEndpoint": attached.endpoint},
        }
        ticking = asyncio.create_task(_tick(mine))
        linked = await bench.link(depth=Depth.STANDARD)
        await ticking
        assert [page.url for page in owner.contexts[0].pages] == [mine.url]
    assert linked.endings == {"Mine": "arrived", "Mine too": "arrived"}, [case.ending for case in linked.report.cases]
    assert all(case.linked for case in linked.report.cases)
    first, second = linked.saved().cases
    walk = first.walks[0]
    assert "private" not in [cookie.name for cookie in walk.jar.value]
    assert walk.jar.value
    assert walk.console.value == ()
    assert any("no context beside its customer's own" in gap for gap in walk.gaps)
    assert any("takes no locale" in gap for gap in walk.gaps)
    assert not any("locale" in gap for gap in second.walks[0].gaps)
    # Two cases share the one context, so they take turns.
    spans = sorted((case.walks[0].started_at, case.walks[-1].started_at) for case in (first, second))
    assert spans[0][1] < spans[1][0]
    assert not isinstance(first.causes, Present)
    assert attached.decoy.visits == []
    await is_left_alone(attached, [mine.url])


async def _tick(page) -> None:
    """Something goes on in the owner's tab meanwhile."""
    for n in range(20):
        await page.evaluate(f"console.error('of my own', {n}); fetch('https://bank.example/').catch(() => 0)")
        await page.wait_for_timeout(100)


async def test_a_browser_elsewhere_gets_a_context_without_a_proxy(bench, running_browser, monkeypatch) -> None:
    attached = await running_browser()
    monkeypatch.setattr(contexts, "reaches_proxy", lambda engine, agent: False)
    bench.projects = {"Mine": {"cdpEndpoint": attached.endpoint}}
    linked = await bench.link(depth=Depth.STANDARD)
    assert linked.endings == {"Mine": "arrived"}, [case.ending for case in linked.report.cases]
    (case,) = linked.saved().cases
    assert any("used no proxy" in gap for gap in case.walks[0].gaps)
    assert not any("customer's own" in gap for gap in case.walks[0].gaps)
    assert attached.decoy.visits == []
    await is_left_alone(attached, [])


async def test_a_new_window_is_kept_from_alexa_as_well(bench, running_browser, monkeypatch) -> None:
    attached = await running_browser()
    monkeypatch.setattr(contexts, "reaches_proxy", lambda engine, agent: False)
    bench.arm(faults=["new-window-consent"])
    bench.projects = {"Mine": {"cdpEndpoint": attached.endpoint}}
    linked = await bench.link()
    assert linked.endings == {"Mine": "arrived"}, [case.ending for case in linked.report.cases]
    assert attached.decoy.visits == []


async def test_an_endpoint_where_nobody_answers_leaves_the_case_undecided(bench) -> None:
    async with decoys() as gone:
        endpoint = f"http://key:word@127.0.0.1:{gone.port}/?token=s3cret"
    bench.projects = {"Mine": {"cdpEndpoint": endpoint}}
    linked = await bench.link()
    assert linked.report.verdict == "inconclusive"
    assert linked.report.exit_code == 3
    (case,) = linked.report.cases
    assert case.ending.kind == "engine_missing"
    assert f"no browser answers at 127.0.0.1:{gone.port}" in case.ending.message
    assert "adb forward" in case.ending.hint
    assert "s3cret" not in (linked.folder / "report.json").read_text("utf-8")


async def test_a_browser_that_goes_away_leaves_the_case_undecided(bench, running_browser) -> None:
    attached = await running_browser()
    bench.projects = {"Mine": {"cdpEndpoint": attached.endpoint}}

    def unplug(event: object) -> None:
        if isinstance(event, CaseProgress):
            os.killpg(attached.process.pid, signal.SIGKILL)

    linked = await bench.link(on_event=unplug)
    assert linked.report.verdict == "inconclusive"
    assert linked.endings == {"Mine": "crashed"}
    assert "the browser ended" in linked.report.cases[0].ending.message
