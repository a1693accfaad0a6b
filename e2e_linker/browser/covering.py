"""Covers texts of a page with ``cover.js``, a selector engine that runs in Playwright's isolated world."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from playwright.async_api import Error, Frame

__all__ = ["COVER_ENGINE", "cover", "covers_something", "uncover"]

COVER_ENGINE = "linker-cover"
"""What pages know it by, once :func:`~e2e_linker.browser.digest.install_digest` has been awaited."""


async def cover(frame: Frame, names: Sequence[str], css: str) -> bool:
    """Apply ``css`` to ``frame`` and lay grey over every text in it that is one of ``names``.

    Returned is whether fonts are on their way. Raises Playwright's Error where it cannot be done.
    """
    told = json.dumps({"names": list(names), "css": css}).encode()
    return await _answers(frame, f"{COVER_ENGINE}=on:{base64.b64encode(told).decode()}")


async def covers_something(frame: Frame) -> bool:
    """Whether anything in ``frame`` is hidden now: a name, or what was typed. Raises Playwright's Error."""
    return await _answers(frame, f"{COVER_ENGINE}=hides:")


async def _answers(frame: Frame, selector: str) -> bool:
    """Whether ``selector`` finds anything in ``frame``; in one that is going away there is nothing."""
    try:
        return await frame.query_selector(selector) is not None
    except Error:
        if not frame.is_detached():
            raise
        return False


async def uncover(frame: Frame) -> None:
    """Undo :func:`cover`."""
    await frame.query_selector(f"{COVER_ENGINE}=off:")
