"""Does things in a page in the customer's stead, and keeps the record of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Error, Locator, Page

from e2e_linker.evidence.page import LoginStep

__all__ = ["Hands", "OnScreen", "first_line"]

StepAction = Literal["fill", "click", "check", "wait", "pause", "python", "submit"]
OnScreen = Callable[[Page, str], Awaitable[asyncio.Event | None]]
"""Has a page pictured under a label. What it gives, if anything, is set once the picture is taken."""


@dataclass(slots=True)
class Hands:
    """Carries out single actions. ``clock`` gives seconds since the start of the walk."""

    record: Callable[[LoginStep], None]
    on_screen: OnScreen
    clock: Callable[[], float]
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
        """Await ``work`` and record it. Returns None, or the first line of what went wrong."""
        at = self.clock()
        failure: str | None = None
        try:
            await work
        except asyncio.CancelledError:
            # The arrival ends the walk while the action that caused it is still being waited for: it was done.
            self.record(LoginStep(at=at, action=action, target=target, what=what, outcome="done"))
            raise
        except Error as error:
            failure = first_line(error)
        outcome: Literal["done", "failed"] = "failed" if failure else "done"
        self.record(LoginStep(at=at, action=action, target=target, what=what, outcome=outcome, error=failure))
        return failure


def first_line(error: Exception) -> str:
    """The first line of an error's text, without the call log."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
