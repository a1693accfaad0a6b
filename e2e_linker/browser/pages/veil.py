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

from e2e_linker.browser.pages.covering import cover, covers_something, uncover
from e2e_linker.browser.pages.digest import quieten

__all__ = ["COVER", "covers", "tells_elsewhere", "veiled"]

COVER = "#9aa0a6"
"""The colour that lies over a covered text."""
_FONTS_MS = 500
"""Milliseconds that fonts on their way are waited for: until they are there, a page may show nothing of its texts."""
_HIGHLIGHTS_SINCE = 105
"""The version of Chromium that brought custom highlights."""

# Whoever looks at the page meanwhile tells by the property of our own that a colour is not the page's.
_HIDE_TYPED = """
input:not(:placeholder-shown, [type=submit], [type=button], [type=reset], [type=image]),
textarea:not(:placeholder-shown), [contenteditable]:not([contenteditable=false]) {
  color: transparent !important; -webkit-text-fill-color: transparent !important;
  -webkit-text-stroke-color: transparent !important; text-shadow: none !important;
  transition: none !important; animation: none !important; --linker-veil: 1 !important;
}
* { caret-color: transparent !important; }"""

_FONTS = "Promise.race([document.fonts.ready, new Promise(resolve => setTimeout(resolve, patience))])"
_WAIT = f"async patience => {{ await {_FONTS}; }}"
_DRAW = """async ([css, patience]) => {
  if (document.fonts.status === 'loading') await FONTS;
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
}""".replace("FONTS", _FONTS)


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
    covered = page.frames if covers(page) else []
    try:
        async with asyncio.timeout(within_s):
            if covered:
                await asyncio.gather(*(_cover(frame, names) for frame in covered))
            else:
                drawing = (_draw(frame, drawn) for frame in page.frames)
                await asyncio.gather(*drawing, *map(quieten, _restless(page)))
        yield
    finally:
        # A page that has moved on has taken its veil with it.
        lifting = (veil.evaluate("lift => lift()") for veil in drawn)
        await asyncio.gather(*lifting, *map(uncover, covered), return_exceptions=True)


async def tells_elsewhere(page: Page) -> bool:
    """Whether a frame of another process hides something now: when it will be drawn so, nobody can say.

    To be asked within :func:`veiled`. Raises Playwright's :class:`Error` where a frame does not answer.
    """
    if not covers(page):
        return False
    for frame in page.frames[1:]:
        if await covers_something(frame) and await _has_own_process(frame):
            return True
    return False


async def _has_own_process(frame: Frame) -> bool:
    try:
        session = await frame.page.context.new_cdp_session(frame)
    except Error:
        return False
    with contextlib.suppress(Error):
        await session.detach()
    return True


def _restless(page: Page) -> list[Frame]:
    """The frames that Playwright would touch for a picture."""
    browser = page.context.browser
    return [] if browser is None or browser.browser_type.name == "chromium" else page.frames


async def _cover(frame: Frame, names: Sequence[str]) -> None:
    if await cover(frame, names, _HIDE_TYPED):
        # The page may have replaced what this asks: then nothing is waited for.
        with contextlib.suppress(Error):
            await frame.evaluate(_WAIT, _FONTS_MS)


async def _draw(frame: Frame, drawn: list[JSHandle]) -> None:
    try:
        drawn.append(await frame.evaluate_handle(_DRAW, [_HIDE_TYPED, _FONTS_MS]))
    except Error:
        if not frame.is_detached():
            raise
