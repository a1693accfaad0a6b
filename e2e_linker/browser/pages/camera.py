"""Takes the picture of a page as the customer sees it, without what was typed and without the user name."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from playwright.async_api import CDPSession, Error, Frame, Page

from e2e_linker.browser.pages.covering import drawn_texts
from e2e_linker.browser.pages.veil import COVER, covers, tells_elsewhere, veiled
from e2e_linker.evidence.parts import Failed

__all__ = ["Shot", "Tools", "jpeg_size", "photograph"]

Tools = Callable[[Page], Awaitable[CDPSession | None]]
"""Gives the DevTools session of a page; None on an engine that has none, and for a page that is gone."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A JPEG of a page, and the texts that were drawn at that moment, each in its pieces."""

    jpeg: bytes
    texts: tuple[tuple[str, ...], ...]


_ATTEMPTS = 2
_ATTEMPT_S = 2.0
_QUALITY = 60


async def photograph(page: Page, names: Sequence[str], seen: asyncio.Event, tools: Tools) -> Shot | Failed:
    """A JPEG of what is visible, one pixel for each CSS pixel; tried once more where the engine could not.

    Every text that is one of ``names`` is covered with grey. ``seen`` is set once the page may change again.
    """
    error = ""
    # Playwright's own boxes cost as much as the picture itself, so they are for engines that cannot do without.
    boxes = [] if covers(page) else [frame.get_by_text(name) for frame in page.frames for name in names]
    for _ in range(_ATTEMPTS):
        try:
            async with asyncio.timeout(_ATTEMPT_S):
                session = None if boxes else await tools(page)
            async with veiled(page, _ATTEMPT_S, names):
                if await tells_elsewhere(page):
                    return Failed(error="withheld: a frame with a process of its own may show what is hidden in it")
                searched = _documents(page)
                texts = await drawn_texts(page, _ATTEMPT_S)
                if texts is None:
                    return Failed(error="withheld: the page shows too much text to be searched for secrets")
                jpeg = await _by_devtools(page, session) if session else None
                if jpeg is None:
                    jpeg = await page.screenshot(
                        type="jpeg",
                        quality=_QUALITY,
                        scale="css",
                        mask=boxes,
                        mask_color=COVER,
                        timeout=_ATTEMPT_S * 1000,
                    )
                if _documents(page) - searched:
                    error = "withheld: a frame came too late to be searched for secrets"
                    continue
                seen.set()
        except TimeoutError:
            error = f"what was typed could not be hidden within {_ATTEMPT_S:g} s"
        except Error as raised:
            error = raised.message.splitlines()[0]
            if page.is_closed():
                break
        else:
            return Shot(jpeg, texts)
    return Failed(error=error)


def _documents(page: Page) -> set[tuple[Frame, str]]:
    """The frames of ``page`` that have a document, each with its address."""
    return {(frame, frame.url) for frame in page.frames if frame.url}


async def _by_devtools(page: Page, session: CDPSession) -> bytes | None:
    """The picture as the window shows it at this moment; None where it cannot be had so.

    Playwright lays the page out anew for a picture, and once more for what was before. This takes the frame that is
    there, which on an emulated screen has one pixel for each CSS pixel; where it has not, it is not what is wanted.
    """
    asked = {"format": "jpeg", "quality": _QUALITY, "optimizeForSpeed": True}
    size = page.viewport_size
    if size is None:
        return None
    try:
        async with asyncio.timeout(_ATTEMPT_S):
            answer = await session.send("Page.captureScreenshot", asked)
    except (Error, TimeoutError):
        return None
    shot = b64decode(answer["data"])
    return shot if jpeg_size(shot) == (size["width"], size["height"]) else None


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the frame header (ITU-T T.81, B.2.2); 0 and 0 for what is no JPEG."""
    place = 2
    while place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        if 0xC0 <= jpeg[place + 1] <= 0xC3:
            return int.from_bytes(jpeg[place + 7 : place + 9]), int.from_bytes(jpeg[place + 5 : place + 7])
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4])
    return 0, 0
