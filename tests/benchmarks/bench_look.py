"""What a look at a page costs, against reading its text with Playwright: ≤ 12 times, and ≤ 4 where nothing changed.

Run it with ``python -m tests.benchmarks.bench_look`` from the repository's folder. Never part of a test run.
"""

from __future__ import annotations

import asyncio
import sys
import time

from playwright.async_api import Page

from e2e_linker.browser.engines import Browsers
from e2e_linker.browser.pages.digest import Looker, install_digest
from tests.benchmarks.figures import Work, verdict
from tests.benchmarks.plain import chromium

__all__ = ["measure"]

_AFRESH_RATIO = 12.0
_UNCHANGED_RATIO = 4.0
_TURNS = 20
_ROWS = "".join(f"<div><label>Row {n} <input></label><p>text <b>{n}</b></p></div>" for n in range(40))


async def measure() -> bool:
    """Whether both looks are cheap enough. What is compared are the quickest of all turns."""
    engine = chromium()
    async with Browsers() as browsers:
        await install_digest(browsers.playwright)
        page = await (await browsers.get(engine)).new_page()
        await page.set_content(f"<!doctype html><title>Rows</title>{_ROWS}")
        return await _compared(page)


async def _compared(page: Page) -> bool:
    looker = Looker()
    plain = await _quickest(lambda: page.text_content("body"))
    afresh = await _quickest(lambda: looker.look(page, afresh=True))
    unchanged = await _quickest(lambda: looker.look(page))
    met = verdict("a look at a page", afresh / plain, _AFRESH_RATIO, "x")
    return verdict("a look at an unchanged page", unchanged / plain, _UNCHANGED_RATIO, "x") and met


async def _quickest(work: Work) -> float:
    times = []
    for _ in range(_TURNS):
        began = time.perf_counter()
        await work()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure()))
