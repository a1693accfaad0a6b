"""Covers texts of a page with ``cover.js``, a selector engine that runs in Playwright's isolated world."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Sequence

from playwright.async_api import Error, Frame, Page

__all__ = ["COVER_ENGINE", "cover", "covers_something", "drawn_texts", "uncover"]

COVER_ENGINE = "linker-cover"
"""What pages know it by, once :func:`~e2e_linker.browser.pages.digest.install_digest` has been awaited."""


_MOST_TEXT = 2_000_000
"""Characters of JSON that all frames of a page together may tell of their texts."""
_LIFT_S, _EMPTY_S = 1.0, 0.3
"""Seconds that a frame has to lift its cover, and that one without an address, so without a document, has to answer."""


async def cover(frame: Frame, names: Sequence[str], css: str) -> bool:
    """Apply ``css`` to ``frame`` and lay grey over every text in it that is one of ``names``.

    Returned is whether fonts are on their way. Raises Playwright's Error where it cannot be done.
    """
    told = json.dumps({"names": list(names), "css": css}).encode()
    return await _answers(frame, f"{COVER_ENGINE}=on:{base64.b64encode(told).decode()}")


async def covers_something(frame: Frame) -> bool:
    """Whether anything in ``frame`` is hidden now: a name, or what was typed. Raises Playwright's Error."""
    return await _answers(frame, f"{COVER_ENGINE}=hides:")


async def drawn_texts(page: Page, within_s: float) -> tuple[tuple[str, ...], ...] | None:
    """The pieces of text that ``page`` draws now, one tuple for each tree or control; None where it is too much.

    Raises Playwright's Error where a frame does not answer within ``within_s`` seconds.
    """
    told = await asyncio.gather(*(_texts(frame, within_s) for frame in page.frames))
    if not all(told) or sum(map(len, told)) > _MOST_TEXT:
        return None
    return tuple(tuple(pieces) for text in told for pieces in json.loads(text))


async def _texts(frame: Frame, within_s: float) -> str:
    within_s = within_s if frame.url else _EMPTY_S
    try:
        return await frame.text_content(f"{COVER_ENGINE}=texts:", strict=False, timeout=within_s * 1000) or ""
    except Error:
        if frame.url and not frame.is_detached():
            raise
        return "[]"


async def _answers(frame: Frame, selector: str) -> bool:
    """Whether ``selector`` finds anything in ``frame``; in one that is going away there is nothing.

    Neither is there in one whose first document has not come: unless the page has written into it, it never answers.
    """
    try:
        async with asyncio.timeout(None if frame.url else _EMPTY_S):
            return await frame.query_selector(selector) is not None
    except TimeoutError:
        if frame.url:
            raise
    except Error:
        if not frame.is_detached():
            raise
    return False


async def uncover(frame: Frame) -> None:
    """Undo :func:`cover`; in a frame that does not answer in time, once it does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LIFT_S if frame.url else _EMPTY_S):
            await frame.query_selector(f"{COVER_ENGINE}=off:")
