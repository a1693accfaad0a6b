"""Does things in a page in the customer's stead, and keeps the record of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Error, Locator, Page
from playwright.async_api import TimeoutError as TimeIsOver

from e2e_linker.evidence.page import LoginStep

__all__ = ["Hands", "OnScreen", "first_line"]

StepAction = Literal["fill", "click", "check", "wait", "pause", "python", "submit"]
OnScreen = Callable[[Page, str], Awaitable[asyncio.Event | None]]
"""Has a page pictured under a label. What it gives, if anything, is set once the picture is taken."""
_IN_THE_WAY = re.compile("intercepts pointer events|element is not |outside of the viewport")
"""What Playwright's log says of an element that cannot be used as it stands."""
_BEGUN = re.compile(r"performing \w+ action")
"""What it says once nothing is in the way any more."""


@dataclass(slots=True)
class Hands:
    """Carries out single actions. ``clock`` gives seconds since the start of the walk."""

    record: Callable[[LoginStep], None]
    on_screen: OnScreen
    clock: Callable[[], float]
    held_up: bool = False
    """Whether the last action failed only because its time was over: nothing was seen to be in its way."""
    _pictured: asyncio.Event | None = None
    _shown: set[tuple[int, str, str]] = field(default_factory=set)

    async def screen(self, page: Page, document: str, label: str) -> None:
        """Have the page pictured, once for each document and label."""
        mark = (id(page), document, label)
        if mark not in self._shown:
            self._shown.add(mark)
            self._pictured = await self.on_screen(page, label)

    async def pictured(self) -> None:
        """Wait until the last page that was to be pictured is: before whatever may lead away from it."""
        if self._pictured is not None:
            await self._pictured.wait()

    async def click(self, element: Locator, timeout_ms: float) -> None:
        """Click ``element`` once the page is pictured. Raises Playwright's :class:`Error` where that cannot be done.

        While the picture is taken, it is waited for as for every click: until it stands still and nothing covers it.
        """
        ready = self._pictured is None or self._pictured.is_set()
        if not ready:
            await asyncio.gather(element.click(trial=True, timeout=timeout_ms), self.pictured())
        await element.click(force=not ready, timeout=timeout_ms, no_wait_after=True)

    async def enter(self, element: Locator, timeout_ms: float) -> None:
        """Send the form of ``element`` by the return key once the page is pictured. Raises Playwright's Error."""
        await self.pictured()
        await element.press("Enter", timeout=timeout_ms, no_wait_after=True)

    async def do(self, action: StepAction, target: str, what: str, work: Awaitable[object]) -> str | None:
        """Await ``work`` and record it. Returns None, or the first line of what went wrong.

        A press that had begun when its time was over is done: what the page makes of it may take long.
        """
        at = self.clock()
        self.held_up = False
        failure: str | None = None
        try:
            await work
        except asyncio.CancelledError:
            # The arrival ends the walk while the action that caused it is still being waited for: it was done.
            self.record(LoginStep(at=at, action=action, target=target, what=what, outcome="done"))
            raise
        except Error as error:
            hindered = max((match.end() for match in _IN_THE_WAY.finditer(error.message)), default=0)
            in_time = not isinstance(error, TimeIsOver)
            if in_time or not _BEGUN.search(error.message, hindered):
                failure = first_line(error)
                self.held_up = not (in_time or hindered)
        outcome: Literal["done", "failed"] = "failed" if failure else "done"
        self.record(LoginStep(at=at, action=action, target=target, what=what, outcome=outcome, error=failure))
        return failure


def first_line(error: Exception) -> str:
    """The first line of an error's text, without the call log."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
