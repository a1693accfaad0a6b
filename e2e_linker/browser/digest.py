"""Looks at a page: every document in it, the controls a person could use, the text and the alerts.

The looking is done by ``digest.js``, a selector engine that runs in Playwright's isolated world. :func:`install_digest`
must have been awaited once per driver before the pages that are looked at are opened.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import Error, Frame, Locator, Page, Playwright

from e2e_linker.browser.controls import Box, Layer, Seen, SeenFrame, View
from e2e_linker.errors import InternalError
from e2e_linker.evidence.page import Control, DomDigest, Rect, Sight
from e2e_linker.evidence.parts import Failed, Part, Present

__all__ = ["Looker", "digest", "install_digest"]

_ENGINE = "linker-digest"
_MAX_FRAMES = 12
_MAX_DEPTH = 4
_MAX_TEXT = 4000
_MAX_CONTROLS = 200
_SMALLEST_FRAME_PX = 20


async def install_digest(playwright: Playwright) -> None:
    """Make pages of ``playwright`` readable by :func:`digest` and :class:`Looker`. Does nothing the second time."""
    script = files("e2e_linker.browser").joinpath("digest.js").read_text(encoding="utf-8")
    try:
        await playwright.selectors.register(_ENGINE, script=script, content_script=True)
    except Error as error:
        if "already" not in error.message:
            raise


@dataclass(slots=True)
class _Document:
    """One frame's last answer, and where the frame stands in the page."""

    frame: Frame
    raw: dict[str, Any]
    asked_at: float
    left: float
    top: float
    seen: bool
    covered_by: str | None
    children: tuple[tuple[Frame, dict[str, Any]], ...] = ()


@dataclass(slots=True)
class Looker:
    """Looks at pages again and again, asking only for what has changed since.

    Reach a control of the last view by :meth:`locate`. Times are seconds.
    """

    time_box_s: float = 1.5
    _answers: WeakKeyDictionary[Frame, _Document] = field(default_factory=WeakKeyDictionary)
    _frames: tuple[Frame, ...] = ()

    async def look(self, page: Page, *, afresh: bool = False) -> View | None:
        """What ``page`` shows now, or None where it is gone, in the middle of a navigation, or does not answer.

        ``afresh`` asks again even where no document has changed: a style sheet may have come.
        """
        documents = await self._documents(page, afresh=afresh)
        if not documents:
            return None
        self._frames = tuple(document.frame for document in documents)
        return _view(documents)

    def locate(self, control: Seen) -> Locator:
        """The element behind a control of the last view."""
        return self._frames[control.frame].locator(f"{_ENGINE}=element:{control.uid}")

    async def digest(self, page: Page) -> Part[DomDigest]:
        """The digest of ``page``, or what stood against it."""
        documents = await self._documents(page, afresh=True)
        if not documents:
            return Failed(error=f"the page did not answer within {self.time_box_s:g} s")
        return Present(value=_digest(documents, tuple(frame.url for frame in page.frames[1:])))

    async def _documents(self, page: Page, *, afresh: bool) -> list[_Document]:
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

    async def _answer(self, frame: Frame, *, afresh: bool) -> _Document:
        known = self._answers.get(frame)
        version = "" if known is None or afresh else known.raw["version"]
        timeout = self.time_box_s * 1000
        text = await frame.text_content(f"{_ENGINE}=look:{version}", strict=False, timeout=timeout) or ""
        if text == "=" and known is not None:
            return known
        self._answers[frame] = fresh = _Document(frame, json.loads(text), time.monotonic(), 0.0, 0.0, True, None)
        fresh.children = await self._embedded(fresh)
        return fresh

    async def _embedded(self, document: _Document) -> tuple[tuple[Frame, dict[str, Any]], ...]:
        found = []
        for n, place in enumerate(document.raw["frames"]):
            if place["visible"] and min(place["width"], place["height"]) >= _SMALLEST_FRAME_PX:
                handle = await document.frame.query_selector(f"{_ENGINE}=frame:{n}")
                frame = await handle.content_frame() if handle else None
                if frame is not None:
                    found.append((frame, place))
        return tuple(found)

    async def _children(self, document: _Document, *, afresh: bool) -> list[_Document]:
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


async def digest(page: Page, *, time_box_s: float = 1.5) -> Part[DomDigest]:
    """What ``page`` and its frames hold now; :class:`Failed` where it does not answer within ``time_box_s`` seconds."""
    return await Looker(time_box_s).digest(page)


def _view(documents: list[_Document]) -> View:
    controls = [_seen(raw, n, document) for n, document in enumerate(documents) for raw in document.raw["controls"]]
    return View(tuple(_seen_frame(n, document) for n, document in enumerate(documents)), tuple(controls))


def _seen_frame(n: int, document: _Document) -> SeenFrame:
    raw = document.raw
    since_ms = (time.monotonic() - document.asked_at) * 1000
    return SeenFrame(
        n=n,
        document=raw["document"],
        url=raw["url"],
        title=raw["title"],
        lang=raw["lang"],
        text=raw["text"],
        headings=tuple(raw["headings"]),
        alerts=tuple(raw["alerts"]),
        errors=tuple(raw["errors"]),
        forms=tuple(raw["forms"]),
        layers=tuple(Layer(**layer) for layer in raw["layers"]),
        ready_state=raw["ready_state"],
        status=raw["status"],
        age_ms=raw["age_ms"] + since_ms,
        quiet_ms=raw["quiet_ms"] + since_ms,
        captcha=raw["captcha"],
        embedded=tuple(place["src"] for place in raw["frames"] if place["visible"]),
    )


def _seen(raw: dict[str, Any], n: int, document: _Document) -> Seen:
    rest = {
        key: value
        for key, value in raw.items()
        if key not in {"x", "y", "width", "height", "autocomplete", "covered_by"}
    }
    return Seen(
        frame=n,
        document=document.raw["document"],
        box=Box(raw["x"] + document.left, raw["y"] + document.top, raw["width"], raw["height"]),
        autocomplete=raw["autocomplete"] or "",
        covered_by=document.covered_by or raw["covered_by"],
        **rest,
    )


def _digest(documents: list[_Document], frames: tuple[str, ...]) -> DomDigest:
    main, raws = documents[0].raw, [document.raw for document in documents]
    controls = [_seen(raw, n, document) for n, document in enumerate(documents) for raw in document.raw["controls"]]
    notes = [f"[{raw['stopped']}]" for raw in raws if raw["stopped"]]
    room = _MAX_TEXT - sum(len(note) + 1 for note in notes)
    text = "\n".join(raw["text"] for raw in raws if raw["text"])[:room]
    return DomDigest(
        url=main["url"],
        title=main["title"],
        lang=main["lang"],
        ready_state=main["ready_state"],
        viewport_meta=main["viewport_meta"],
        text="\n".join([text, *notes]),
        text_length=sum(raw["text_length"] for raw in raws),
        controls=tuple(_control(seen) for seen in controls[:_MAX_CONTROLS]),
        headings=tuple(heading for raw in raws for heading in raw["headings"]),
        elements=sum(raw["elements"] for raw in raws),
        visible_elements=sum(raw["visible_elements"] for raw in raws),
        scroll_width=main["scroll_width"],
        client_width=main["client_width"],
        client_height=main["client_height"],
        frames=frames,
        alerts=tuple(alert for raw in raws for alert in raw["alerts"]),
        sight=_sight(raws),
    )


def _sight(raws: list[dict[str, Any]]) -> Sight:
    """What all documents show together; the times are the page's own, unless a frame shows what it does not."""
    times = ("content_ms", "empty_until_ms", "empty_looks")
    framed = raws[0]["content_ms"] is None and any(raw["content_ms"] is not None for raw in raws)
    return Sight(
        readable_length=sum(raw["readable_length"] for raw in raws),
        pictures=sum(raw["pictures"] for raw in raws),
        first_paint_ms=raws[0]["first_paint_ms"],
        **({} if framed else {name: raws[0][name] for name in times}),
    )


def _control(seen: Seen) -> Control:
    return Control.model_validate(
        {
            "kind": seen.kind,
            "type": seen.type,
            "name": seen.name,
            "label": seen.label or None,
            "autocomplete": seen.autocomplete or None,
            "href": seen.href,
            "rect": Rect(x=seen.box.x, y=seen.box.y, width=seen.box.width, height=seen.box.height),
            "visible": seen.usable,
            "enabled": seen.enabled,
            "font_px": seen.font_px,
            "covered_by": seen.covered_by,
            "out_of_reach": seen.out_of_reach,
            "faint": seen.faint,
            "frame": seen.frame,
        }
    )
