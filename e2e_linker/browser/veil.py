"""Hides what was typed while a picture is taken, and the user name, without the page having a say in it.

A ``<style>`` element is subject to the page's Content-Security-Policy: a strict one would keep it out, and the page
would report a violation that is ours. A constructed style sheet is not (CSSOM, "Constructable Stylesheets"), and a
custom highlight paints over a text without an element of its own (CSS Custom Highlight API).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from playwright.async_api import Error, Frame, JSHandle, Page

from e2e_linker.browser.digest import cover, quieten, uncover

__all__ = ["COVER", "covers", "veiled"]

COVER = "#9aa0a6"
"""The colour that lies over a covered text."""
_FONTS_MS = 500
"""Milliseconds that fonts on their way are waited for: until they are there, a page may show nothing of its texts."""
_HIGHLIGHTS_SINCE = 105
"""The version of Chromium that brought custom highlights."""

_HIDE_TYPED = """
input:not(:placeholder-shown, [type=submit], [type=button], [type=reset], [type=image]),
textarea:not(:placeholder-shown), [contenteditable]:not([contenteditable=false]) {
  color: transparent !important; -webkit-text-fill-color: transparent !important;
  -webkit-text-stroke-color: transparent !important; text-shadow: none !important;
  transition: none !important; animation: none !important;
}"""

_DRAW = """async ([css, patience]) => {
  if (document.fonts.status === 'loading') {
    await Promise.race([document.fonts.ready, new Promise(resolve => setTimeout(resolve, patience))]);
  }
  const roots = [];
  const gather = root => {
    roots.push(root);
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) gather(element.shadowRoot);
  };
  gather(document);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return () => {
    for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter(one => one !== sheet);
  };
}"""


def covers(page: Page) -> bool:
    """Whether :func:`veiled` covers names in ``page`` by itself."""
    browser = page.context.browser
    if browser is None or browser.browser_type.name != "chromium":
        return False
    major = browser.version.partition(".")[0]
    return major.isdigit() and int(major) >= _HIGHLIGHTS_SINCE


@contextlib.asynccontextmanager
async def veiled(page: Page, within_s: float, names: Sequence[str] = ()) -> AsyncIterator[None]:
    """For as long as the ``async with`` block lasts, the text of filled fields is transparent in every frame.

    Where :func:`covers` says so, ``names`` are covered, too. Raises Playwright's :class:`Error`, or
    :class:`TimeoutError` after ``within_s`` seconds, where a frame cannot be veiled: better no picture than one that
    tells.
    """
    drawn: list[JSHandle] = []
    covered = page.frames if names and covers(page) else []
    try:
        async with asyncio.timeout(within_s):
            drawing = (_draw(frame, drawn) for frame in page.frames)
            covering = (cover(frame, names) for frame in covered)
            await asyncio.gather(*drawing, *covering, *map(quieten, _restless(page)))
        yield
    finally:
        # A page that has moved on has taken its veil with it.
        lifting = (veil.evaluate("lift => lift()") for veil in drawn)
        await asyncio.gather(*lifting, *map(uncover, covered), return_exceptions=True)


def _restless(page: Page) -> list[Frame]:
    """The frames that Playwright would touch for a picture."""
    browser = page.context.browser
    return [] if browser is None or browser.browser_type.name == "chromium" else page.frames


async def _draw(frame: Frame, drawn: list[JSHandle]) -> None:
    try:
        drawn.append(await frame.evaluate_handle(_DRAW, [_HIDE_TYPED, _FONTS_MS]))
    except Error:
        if not frame.is_detached():
            raise
