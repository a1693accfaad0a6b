"""While a run goes on, Playwright does not read where in the program each of its calls is made; afterwards it does."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest
from playwright.async_api import Browser, Error

from e2e_linker.browser.call_stacks import without_call_stacks


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each call whose place was looked up."""
    found: list[int] = []
    look_up = traceback.extract_stack

    def counted(*how: Any, **more: Any) -> traceback.StackSummary:
        found.append(1)
        return look_up(*how, **more)

    monkeypatch.setattr(traceback, "extract_stack", counted)
    return found


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
async def test_no_call_is_looked_up_while_the_block_lasts(browser: Browser, looked_up: list[int]) -> None:
    async with await browser.new_context() as context:
        page = await context.new_page()
        await asyncio.create_task(page.title())
        assert looked_up, "this version of Playwright looks elsewhere: what is measured here is no more"
        looked_up.clear()
        with without_call_stacks():
            await page.title()
            await asyncio.create_task(page.title())
            await asyncio.gather(page.title(), page.content())
            with pytest.raises(Error, match=r"Page.evaluate: ReferenceError: nothing_of_the_kind"):
                await page.evaluate("nothing_of_the_kind")
        assert looked_up == []
        await page.title()
        assert len(looked_up) == 1


async def test_a_task_factory_of_somebody_elses_is_used_and_stays() -> None:
    loop, made = asyncio.get_running_loop(), []

    def factory(loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
        made.append(work)
        return asyncio.Task(work, loop=loop, **how)

    async def answer() -> int:
        return 7

    loop.set_task_factory(factory)
    try:
        with without_call_stacks():
            assert await asyncio.create_task(answer(), name="seven") == 7
        assert len(made) == 1
        assert loop.get_task_factory() is factory
    finally:
        loop.set_task_factory(None)


async def test_one_that_is_set_meanwhile_is_left_alone() -> None:
    loop = asyncio.get_running_loop()

    def later(loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
        return asyncio.Task(work, loop=loop, **how)

    try:
        with without_call_stacks():
            loop.set_task_factory(later)
        assert loop.get_task_factory() is later
    finally:
        loop.set_task_factory(None)


async def test_blocks_that_overlap_leave_no_trace_whichever_ends_first() -> None:
    loop, first, second = asyncio.get_running_loop(), without_call_stacks(), without_call_stacks()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert loop.get_task_factory() is not None
    second.__exit__(None, None, None)
    assert loop.get_task_factory() is None
