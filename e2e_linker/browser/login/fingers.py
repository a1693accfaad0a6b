"""Presses what a page shows: by taps on a device that has touch, as a finger does it, and by clicks on any other."""

from __future__ import annotations

import asyncio
import time
from weakref import WeakSet

from playwright.async_api import BrowserContext, Error, Locator

__all__ = ["by_finger", "give_finger", "press", "takes", "tick"]

_TOUCHED: WeakSet[BrowserContext] = WeakSet()
"""The contexts whose pages are tapped."""
_TICKED_S, _LOOK_S = 1.0, 0.02
"""Seconds a box has to take a tap, of which the browser makes a click a moment later; and between two looks at it."""
_LOOK_MS = 300
"""Milliseconds within which a box tells its state, where it is still there."""


def give_finger(context: BrowserContext) -> None:
    """Have what is pressed in ``context`` be tapped. It must have been opened with touch, on Chromium or WebKit."""
    _TOUCHED.add(context)


async def press(element: Locator, timeout_ms: float, *, force: bool) -> None:
    """Tap or click ``element``; with ``force`` without a look at its place. Raises Playwright's :class:`Error`."""
    if by_finger(element):
        await element.tap(force=force, timeout=timeout_ms, no_wait_after=True)
    else:
        await element.click(force=force, timeout=timeout_ms, no_wait_after=True)


async def tick(element: Locator, timeout_ms: float) -> None:
    """Press a box unless it is ticked. Raises Playwright's :class:`Error`, also where it is not ticked thereafter."""
    if not by_finger(element):
        await element.check(timeout=timeout_ms)
    elif not await element.is_checked(timeout=timeout_ms):
        await element.tap(timeout=timeout_ms, no_wait_after=True)
        if not await takes(element):
            raise Error("Tapping the box did not tick it")


async def takes(element: Locator) -> bool:
    """Wait until a box is ticked that was pressed. Returns False where it is not in time."""
    until = time.monotonic() + _TICKED_S
    while not await _is_ticked(element):
        if time.monotonic() > until:
            return False
        await asyncio.sleep(_LOOK_S)
    return True


def by_finger(element: Locator) -> bool:
    """Whether ``element`` is tapped where it is pressed."""
    return element.page.context in _TOUCHED


async def _is_ticked(element: Locator) -> bool:
    """Whether a box is ticked, or gone since it was tapped: a page may go on by that."""
    try:
        return await element.is_checked(timeout=_LOOK_MS)
    except Error:
        return True
