"""Takes the picture of a page as the customer sees it, without what was typed and without the user name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from playwright.async_api import Error, Page

from e2e_linker.browser.veil import COVER, covers, veiled
from e2e_linker.evidence.parts import Failed

__all__ = ["photograph"]

_ATTEMPTS = 2
_ATTEMPT_S = 2.0
_QUALITY = 60


async def photograph(page: Page, names: Sequence[str], seen: asyncio.Event) -> bytes | Failed:
    """A JPEG of what is visible, one pixel for each CSS pixel; tried once more where the engine could not.

    Every text that is one of ``names`` is covered with grey. ``seen`` is set once the page may change again.
    """
    error = ""
    # Playwright's own boxes cost as much as the picture itself, so they are for engines that cannot do without.
    boxes = [] if covers(page) else [frame.get_by_text(name) for frame in page.frames for name in names]
    for _ in range(_ATTEMPTS):
        try:
            async with veiled(page, _ATTEMPT_S, names):
                shot = await page.screenshot(
                    type="jpeg",
                    quality=_QUALITY,
                    scale="css",
                    mask=boxes,
                    mask_color=COVER,
                    timeout=_ATTEMPT_S * 1000,
                )
                seen.set()
        except TimeoutError:
            error = f"what was typed could not be hidden within {_ATTEMPT_S:g} s"
        except Error as raised:
            error = raised.message.splitlines()[0]
            if page.is_closed():
                break
        else:
            return shot
    return Failed(error=error)
