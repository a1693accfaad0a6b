"""One attempt at a case, where the browser or its driver goes away under it."""

from __future__ import annotations

from types import SimpleNamespace

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
