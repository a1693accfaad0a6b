"""One attempt at a case, where the browser or its driver goes away under it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.async_api import Error

from e2e_linker.model import Depth
from e2e_linker.run import case
from e2e_linker.run.battery import Battery
from e2e_linker.run.case import Attempt
from e2e_linker.run.events import Notice


async def test_a_driver_that_died_takes_neither_the_case_nor_the_others_with_it():
    told: list[Notice] = []
    plan, shared = SimpleNamespace(id="iphone-na"), SimpleNamespace(tell=told.append)
    attempt = Attempt(plan=plan, number=1, reason="first", shared=shared)
    closed: list[str] = []

    async def gone():
        raise Exception("BrowserContext.close: Connection closed while reading from the driver")  # noqa: TRY002

    async def proxy():
        closed.append("proxy")

    attempt._opened.push_async_callback(proxy)
    attempt._opened.push_async_callback(gone)
    await attempt.close()
    assert closed == ["proxy"]
    assert [notice.text for notice in told] == [
        "iphone-na: the browser was not closed properly: "
        "BrowserContext.close: Connection closed while reading from the driver"
    ]


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("retries", [0, 1])
async def test_a_browser_that_is_lost_between_two_walks_is_no_failure_of_this_tool(bench, monkeypatch, retries):
    async def lost(*_):
        raise Error("Browser.new_context: Target page, context or browser has been closed")

    monkeypatch.setattr(case, "probe", lost)
    monkeypatch.setattr(Battery, "wanting", property(lambda _: False))
    run = await bench.link(depth=Depth.STANDARD, probes="all", retries=retries)
    (found,) = run.report.cases
    assert (found.linked, found.ending.kind, len(found.attempts)) == (True, "crashed", 1)
    assert (run.report.verdict, run.report.exit_code) == ("inconclusive", 3), run.advice
