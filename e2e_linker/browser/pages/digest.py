"""Looks at a page: every document in it, the controls a person could use, the text and the alerts.

The looking is done by ``digest.js``, a selector engine that runs in Playwright's isolated world, as ``cover.js`` is, by
which texts are covered. :func:`install_digest` must have been awaited once per driver before the pages that are looked
at are opened.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from playwright.async_api import BrowserContext, Error, Frame, Locator, Page, Playwright

from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.browser.pages.covering import COVER_ENGINE
from e2e_linker.browser.pages.documents import Document, digest_of, view_of
from e2e_linker.errors import InternalError
from e2e_linker.evidence.page import DomDigest
from e2e_linker.evidence.parts import Failed, Part, Present

__all__ = [
    "Aim",
    "Looker",
    "digest",
    "install_digest",
    "lend_digest",
    "quieten",
]

_ASKED_TIMES, _ASKED_S = 6, 0.5
"""How often, and for how many seconds, a page is asked that may have been closed meanwhile."""
_HEARD_TIMES, _HEARD_S = 3, 0.05
"""How often, and after how many seconds, a control is asked again that has heard of no press."""
_ENGINE = "linker-digest"
_ENGINES = {_ENGINE: "digest.js", COVER_ENGINE: "cover.js"}
_INSTALLED: WeakSet[Playwright] = WeakSet()
"""The drivers that know these engines."""
_MAX_FRAMES = 12
_MAX_DEPTH = 4
_SMALLEST_FRAME_PX = 20


async def install_digest(playwright: Playwright) -> None:
    """Make pages of ``playwright`` readable by :func:`digest` and :class:`Looker`. Does nothing the second time."""
    if playwright in _INSTALLED:
        return
    for name, file in _ENGINES.items():
        with _unless_known():
            await playwright.selectors.register(name, script=_script(file), content_script=True)
    _INSTALLED.add(playwright)


async def lend_digest(context: BrowserContext) -> None:
    """Make pages of ``context`` readable that was there before Playwright: it is told of no engine.

    :func:`install_digest` must have been awaited before. Does nothing the second time.
    """
    for name, file in _ENGINES.items():
        engine = {"name": name, "source": _script(file), "contentScript": True}
        with _unless_known():
            # What selectors.register sends to each context it knows; it knows those only that were made by Playwright.
            await context._impl_obj._channel.send("registerSelectorEngine", None, {"selectorEngine": engine})


def _script(file: str) -> str:
    return files("e2e_linker.browser.pages").joinpath(file).read_text(encoding="utf-8")


@contextlib.contextmanager
def _unless_known() -> Iterator[None]:
    try:
        yield
    except Error as error:
        if "already" not in error.message:
            raise


@dataclass(frozen=True, slots=True)
class Aim:
    """A control that is to be pressed without another look at its place."""

    frame: Frame
    element: Locator

    async def missed(self) -> bool:
        """Whether the press was kept from something else of its frame, or reached nothing at all. Ends the guard."""
        late = 0
        for _ in range(_ASKED_TIMES):
            try:
                async with asyncio.timeout(_ASKED_S):
                    if await self.frame.query_selector(f"{_ENGINE}=missed:") is None:
                        return False
            except TimeoutError:
                if self.frame.page.is_closed() or self.frame.is_detached():
                    return False
                continue
            except Error:  # a page that the press led away from
                return False
            # A press may be heard of a little later than it was made.
            late += 1
            if late == _HEARD_TIMES:
                return True
            await asyncio.sleep(_HEARD_S)
        return False


@dataclass(slots=True)
class Looker:
    """Looks at pages again and again, asking only for what has changed since.

    Reach a control of the last view by :meth:`locate`. Times are seconds.
    """

    time_box_s: float = 1.5
    _answers: WeakKeyDictionary[Frame, Document] = field(default_factory=WeakKeyDictionary)
    _frames: tuple[Frame, ...] = ()

    async def look(self, page: Page, *, afresh: bool = False) -> View | None:
        """What ``page`` shows now, or None where it is gone, in the middle of a navigation, or does not answer.

        ``afresh`` asks again even where no document has changed: a font or a picture may have moved things.
        """
        documents = await self._documents(page, afresh=afresh)
        if not documents:
            return None
        self._frames = tuple(document.frame for document in documents)
        return view_of(documents)

    def locate(self, control: Seen) -> Locator:
        """The element behind a control of the last view."""
        return self._frames[control.frame].locator(f"{_ENGINE}=element:{control.uid}")

    def aim(self, control: Seen) -> Aim:
        """As :meth:`locate`, for a press that must not hit anything else."""
        frame = self._frames[control.frame]
        return Aim(frame, frame.locator(f"{_ENGINE}=aim:{control.uid}"))

    async def digest(self, page: Page, redact: Callable[[str], str] = str) -> Part[DomDigest]:
        """The digest of ``page``, or what stood against it; what has to be cut goes through ``redact`` first."""
        documents = await self._documents(page, afresh=True)
        if not documents:
            return Failed(error=f"the page did not answer within {self.time_box_s:g} s")
        return Present(value=digest_of(documents, tuple(frame.url for frame in page.frames[1:]), redact))

    async def _documents(self, page: Page, *, afresh: bool) -> list[Document]:
        try:
            main = await self._answer(page.main_frame, afresh=afresh)
        except Error as error:
            if "nknown engine" in error.message:
                raise InternalError("install_digest was not awaited before the page was opened") from error
            return []
        main.left = main.top = 0.0
        main.seen, main.covered_by = True, None
        documents, rim = [main], [main]
        for _ in range(_MAX_DEPTH):
            inner = await asyncio.gather(*(self._children(document, afresh=afresh) for document in rim))
            rim = [child for children in inner for child in children][: _MAX_FRAMES - len(documents)]
            documents += rim
            if not rim:
                break
        return documents

    async def _answer(self, frame: Frame, *, afresh: bool) -> Document:
        known = self._answers.get(frame)
        version = "" if known is None or afresh else known.raw["version"]
        timeout = self.time_box_s * 1000
        text = await frame.text_content(f"{_ENGINE}=look:{version}", strict=False, timeout=timeout) or ""
        if text == "=" and known is not None:
            return known
        self._answers[frame] = fresh = Document(frame, json.loads(text), time.monotonic(), 0.0, 0.0, True, None)
        fresh.children = await self._embedded(fresh)
        return fresh

    async def _embedded(self, document: Document) -> tuple[tuple[Frame, dict[str, Any]], ...]:
        found = []
        for n, place in enumerate(document.raw["frames"]):
            if place["visible"] and min(place["width"], place["height"]) >= _SMALLEST_FRAME_PX:
                handle = await document.frame.query_selector(f"{_ENGINE}=frame:{n}")
                frame = await handle.content_frame() if handle else None
                if frame is not None:
                    found.append((frame, place))
        return tuple(found)

    async def _children(self, document: Document, *, afresh: bool) -> list[Document]:
        children = []
        for frame, place in document.children:
            try:
                child = await self._answer(frame, afresh=afresh)
            except Error:
                continue  # a frame that is just going away, or hangs, is not there for the person either
            child.left, child.top = document.left + place["x"], document.top + place["y"]
            child.seen, child.covered_by = document.seen, document.covered_by or place["covered_by"]
            children.append(child)
        return children


async def quieten(frame: Frame) -> None:
    """Keep the engine's preparation for a picture of ``frame`` from violating the Content-Security-Policy in it."""
    with contextlib.suppress(Error):  # a frame that is just going away will not be pictured
        await frame.query_selector(f"{_ENGINE}=quiet:")


async def digest(page: Page, redact: Callable[[str], str] = str, *, time_box_s: float = 1.5) -> Part[DomDigest]:
    """What ``page`` and its frames hold now; :class:`Failed` where it does not answer within ``time_box_s`` seconds."""
    return await Looker(time_box_s).digest(page, redact)
