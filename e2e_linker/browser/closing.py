"""Tells a window that was closed from a browser that ended, and from one whose answer was sent all the same."""

from __future__ import annotations

import asyncio
from typing import Literal

from playwright.async_api import Error

from e2e_linker.browser.background import within
from e2e_linker.browser.windows import Windows

__all__ = ["closing"]

_ECHO_S = 0.1
"""Seconds after which a window is told to be closed, once what was asked of it has failed for that."""
_NEWS_S = 0.3
"""Seconds after which the rest is told: a browser that ends takes its windows with it before it says so."""


async def closing(
    customer: asyncio.Task[object], windows: Windows, lost: asyncio.Event, arrived: asyncio.Event
) -> Literal["browser", "window"] | None:
    """What was closed under the ``customer``; None where a window is open still, or the answer was sent."""
    if customer.done() and isinstance(customer.exception(), Error):
        await within(_ECHO_S, windows.emptied.wait())
    if windows.pages():
        return None
    for news in (lost, arrived):
        await within(_NEWS_S, news.wait())
    if arrived.is_set():
        return None
    return "browser" if lost.is_set() else "window"
