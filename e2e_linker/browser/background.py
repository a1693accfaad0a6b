"""Work that goes on beside a walk and must never hold it up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from playwright.async_api import Error

__all__ = ["Background", "answered", "within"]

_T = TypeVar("_T")
_ANSWER_S = 60.0
"""More than the busiest machine needs for what every browser does at once."""


class Background:
    """Small tasks whose failure is theirs alone: a page that closes under them is no news."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin ``work``; what it returns is dropped."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, within_s: float) -> int:
        """Wait at most ``within_s`` seconds for what is under way and give the rest up: returned is how many."""
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(self._tasks, timeout=within_s)
        for task in late:
            task.cancel()
        return len(late)

    def abandon(self) -> None:
        """Give everything up at once."""
        for task in self._tasks:
            task.cancel()


async def _quietly(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Error:
        return


async def within(seconds: float, work: Awaitable[object]) -> None:
    """Await ``work``, and give it up after ``seconds``."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


async def answered(asked: Awaitable[_T]) -> _T:
    """What the browser answers to ``asked``, outside a walk and its deadline.

    A browser that is killed may leave a call without an answer. Raises Playwright's Error as for one that is gone.
    """
    try:
        async with asyncio.timeout(_ANSWER_S):
            return await asked
    except TimeoutError as error:
        raise Error(f"No answer within {_ANSWER_S:g} s: it hangs, or the browser has been closed") from error
