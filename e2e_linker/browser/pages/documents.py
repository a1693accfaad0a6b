"""The documents of a page, as ``digest.js`` told them, and what is made of them: a view to act on, a digest to keep."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from playwright.async_api import Frame

from e2e_linker.browser.pages.controls import Box, Layer, Seen, SeenFrame, View
from e2e_linker.evidence.cutting import cut
from e2e_linker.evidence.page import Control, DomDigest, Rect, Sight

__all__ = ["Document", "digest_of", "view_of"]

_MAX_TEXT, _MAX_TITLE, _MAX_LABEL = 4000, 300, 200
_MAX_CONTROLS = 200


@dataclass(slots=True)
class Document:
    """One frame's last answer, and where the frame stands in the page."""

    frame: Frame
    raw: dict[str, Any]
    asked_at: float
    left: float
    top: float
    seen: bool
    covered_by: str | None
    children: tuple[tuple[Frame, dict[str, Any]], ...] = ()


def view_of(documents: list[Document]) -> View:
    """What can be seen and used, the page's own document first."""
    controls = [_seen(raw, n, document) for n, document in enumerate(documents) for raw in document.raw["controls"]]
    return View(tuple(_seen_frame(n, document) for n, document in enumerate(documents)), tuple(controls))


def _seen_frame(n: int, document: Document) -> SeenFrame:
    raw = document.raw
    since_ms = (time.monotonic() - document.asked_at) * 1000
    return SeenFrame(
        n=n,
        document=raw["document"],
        url=raw["url"],
        title=cut(raw["title"], _MAX_TITLE),
        lang=raw["lang"],
        text=cut(raw["text"], _MAX_TEXT),
        headings=tuple(raw["headings"]),
        alerts=tuple(raw["alerts"]),
        errors=tuple(raw["errors"]),
        forms=tuple(raw["forms"]),
        layers=tuple(Layer(**layer) for layer in raw["layers"]),
        ready_state=raw["ready_state"],
        styled=_is_styled(raw),
        status=raw["status"],
        age_ms=raw["age_ms"] + since_ms,
        quiet_ms=raw["quiet_ms"] + since_ms,
        captcha=raw["captcha"],
        embedded=tuple(place["src"] for place in raw["frames"] if place["visible"]),
        unread=(*raw["sealed"], *(["a picture or a canvas"] if raw["pictures"] else [])),
    )


def _is_styled(raw: dict[str, Any]) -> bool:
    # A page that has been loaded whole is as it stays, with or without the sheets that failed to come.
    return bool(raw["styled"]) or raw["ready_state"] == "complete"


def _seen(raw: dict[str, Any], n: int, document: Document, redact: Callable[[str], str] = str) -> Seen:
    rest = {
        key: value
        for key, value in raw.items()
        if key
        not in {"x", "y", "width", "height", "tap", "label", "autocomplete", "covered_by", "moving", "held_below"}
    }
    return Seen(
        frame=n,
        document=document.raw["document"],
        box=Box(raw["x"] + document.left, raw["y"] + document.top, raw["width"], raw["height"]),
        label=cut(raw["label"], _MAX_LABEL, redact),
        autocomplete=raw["autocomplete"] or "",
        covered_by=document.covered_by or raw["covered_by"],
        **rest,
    )


def digest_of(documents: list[Document], frames: tuple[str, ...], redact: Callable[[str], str]) -> DomDigest:
    """What is kept of a page; ``frames`` are the URLs it embeds. What has to be cut goes through ``redact`` first."""
    main, raws = documents[0].raw, [document.raw for document in documents]
    each = ((n, document, raw) for n, document in enumerate(documents) for raw in document.raw["controls"])
    kept = islice(each, _MAX_CONTROLS)
    controls = tuple(_control(_seen(raw, n, document, redact), raw, document) for n, document, raw in kept)
    notes = [f"[{raw['stopped']}]" for raw in raws if raw["stopped"]]
    room = _MAX_TEXT - sum(len(note) + 1 for note in notes)
    text = cut("\n".join(cut(raw["text"], _MAX_TEXT, redact) for raw in raws if raw["text"]), room, redact)
    return DomDigest(
        url=main["url"],
        title=cut(main["title"], _MAX_TITLE, redact),
        lang=main["lang"],
        ready_state=main["ready_state"],
        viewport_meta=main["viewport_meta"],
        text="\n".join([text, *notes]),
        text_length=sum(raw["text_length"] for raw in raws),
        controls=controls,
        headings=tuple(heading for raw in raws for heading in raw["headings"]),
        elements=sum(raw["elements"] for raw in raws),
        visible_elements=sum(raw["visible_elements"] for raw in raws),
        scroll_width=main["scroll_width"],
        client_width=main["client_width"],
        client_height=main["client_height"],
        frames=frames,
        styled=all(map(_is_styled, raws)),
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
        sealed=tuple(name for raw in raws for name in raw["sealed"]),
        first_paint_ms=raws[0]["first_paint_ms"],
        **({} if framed else {name: raws[0][name] for name in times}),
    )


def _control(seen: Seen, raw: dict[str, Any], document: Document) -> Control:
    tap = raw["tap"]
    return Control.model_validate(
        {
            "kind": seen.kind,
            "type": seen.type,
            "name": seen.name,
            "label": seen.label or None,
            "autocomplete": seen.autocomplete or None,
            "href": seen.href,
            "rect": Rect(x=seen.box.x, y=seen.box.y, width=seen.box.width, height=seen.box.height),
            "tap": tap and {**tap, "x": tap["x"] + document.left, "y": tap["y"] + document.top},
            "visible": seen.usable,
            "enabled": seen.enabled,
            "font_px": seen.font_px,
            "covered_by": seen.covered_by,
            "out_of_reach": seen.out_of_reach,
            "faint": seen.faint,
            "moving": raw["moving"],
            "held_below": raw["held_below"],
            "frame": seen.frame,
        }
    )
