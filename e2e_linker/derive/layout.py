"""How the pages of a login fit a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.lost_styles import LostStyle
from e2e_linker.derive.pages import Page, View
from e2e_linker.evidence.models import CaseFacts, Control, DomDigest, Ending

__all__ = ["PHONE_WIDTH", "Misfit", "MisfitKind", "is_phone", "measured_views", "misfits"]

MisfitKind = Literal["viewport", "overflow", "outside", "small", "font"]

PHONE_WIDTH = 600
"""CSS pixels up to which a screen counts as a phone's. Threshold."""
_TOLERANCE = 4
"""CSS pixels by which content may exceed the screen unnoticed: rounding, a border. Threshold."""
_FINGERTIP = 44
"""CSS pixels a control should measure. Source: Apple's guidelines, WCAG 2.5.5; threshold."""
_ROUNDING = 1
_UNZOOMED_FONT = 16
"""CSS pixels of a text field's font below which iOS zooms into it."""
_UNTYPED = frozenset({"file", "range", "color"})


@dataclass(frozen=True, slots=True)
class Misfit:
    """One way in which a page does not fit. ``what`` completes a sentence that begins with the page."""

    kind: MisfitKind
    page: Page
    screen: int
    what: str


_Maker = Callable[[MisfitKind, str], Misfit]


def is_phone(case: CaseFacts) -> bool:
    """Whether ``case`` emulates a phone in upright position."""
    return case.is_mobile and case.viewport_width is not None and case.viewport_width <= PHONE_WIDTH


@fact
def measured_views(
    pages: tuple[Page, ...], dead_end: DeadEnd | None, lost_styles: tuple[LostStyle, ...], ending: Ending
) -> tuple[View, ...]:
    """The views that were drawn as the page is meant to be, in order: only their sizes and places mean something."""
    bare = {one.page.request for one in lost_styles}
    return tuple(v for page, v in _shown(pages, dead_end, ending) if v.digest.styled and page.request not in bare)


@fact
def misfits(
    pages: tuple[Page, ...],
    dead_end: DeadEnd | None,
    case: CaseFacts,
    lost_styles: tuple[LostStyle, ...],
    ending: Ending,
) -> tuple[Misfit, ...]:
    """Every misfit, the first of each kind for each page; without its style sheets only what a page declares counts."""
    found: dict[tuple[MisfitKind, str], Misfit] = {}
    bare = {one.page.request for one in lost_styles}
    for page, view in _shown(pages, dead_end, ending):
        for misfit in _of_view(page, view, case.viewport_width or 0, bare=page.request in bare):
            found.setdefault((misfit.kind, page.address), misfit)
    return tuple(found.values())


def _shown(pages: tuple[Page, ...], end: DeadEnd | None, ending: Ending) -> Iterator[tuple[Page, View]]:
    """Pages as they were seen. Error pages, blank and half-loaded ones are left out, and what is no page at all.

    What broke off is half a page, unless the login went well with it.

    A page of fields is not blank: it may name them by placeholders only, or by pictures. Some servers send an error
    page with a status of 200: it is known by the login that died there. So is a page beside the way, which no customer
    sees whose login goes well.
    """
    failed = end.page.request if end is not None and end.kind != "request" else None
    whole = [page for page in pages if ending.kind == "arrived" or not page.cut_short]
    for page in whole:
        for view in page.views if page.main_frame and page.status < 400 and page.is_html else ():
            if page.request == failed and not _went_on(view.digest, page.views[-1].digest):
                continue
            still = view.digest.ready_state != "loading" or page.cut_short
            if still and view.digest.visible_elements and _shows_something(view.digest):
                yield page, view


def _shows_something(digest: DomDigest) -> bool:
    shown = (control.kind == "field" or control.label for control in _needed(digest))
    return digest.text_length > 0 or any(shown)


def _needed(digest: DomDigest) -> list[Control]:
    """The controls by which a person logs in."""
    return [control for control in digest.controls if control.visible and control.kind in {"field", "button"}]


def _went_on(seen: DomDigest, last: DomDigest) -> bool:
    """Whether a page that ends in an error was part of the login when it was ``seen``."""
    shown = {control.kind for control in seen.controls if control.visible}
    return "field" in shown or ("button" in shown and seen.text != last.text)


def _of_view(page: Page, view: View, width: int, *, bare: bool) -> Iterator[Misfit]:
    digest = view.digest

    def misfit(kind: MisfitKind, what: str) -> Misfit:
        return Misfit(kind, page, view.screen, what)

    if problem := _viewport_problem(digest.viewport_meta, width):
        yield misfit("viewport", problem)
    if problem or bare or not digest.styled:
        return
    moving = any(control.moving and _is_cut(control, digest.client_width) for control in digest.controls)
    if digest.scroll_width > digest.client_width + _TOLERANCE and not moving:
        yield misfit("overflow", f"is {digest.scroll_width:g} pixels wide on a screen of {digest.client_width:g}")
    yield from _controls(misfit, _needed(digest), digest)


def _controls(misfit: _Maker, needed: list[Control], digest: DomDigest) -> Iterator[Misfit]:
    cut = [control for control in needed if not control.moving and _is_cut(control, digest.client_width)]
    if cut and digest.scroll_width <= digest.client_width + _TOLERANCE:
        yield misfit("outside", f"cuts off {_named(cut)} at the edge of the screen")
    small = [control for control in needed if min(_target(control)) < _FINGERTIP - _ROUNDING]
    # What has no word on it yet will grow with it.
    if small and (digest.text_length or any(control.label for control in needed)):
        size = " x ".join(f"{round(side, 1):g}" for side in _target(small[0]))
        yield misfit("small", f"shows {_named(small)} at {size} pixels, smaller than a fingertip ({_FINGERTIP})")
    fine = [c for c in needed if c.kind == "field" and c.type not in _UNTYPED and 0 < (c.font_px or 0) < _UNZOOMED_FONT]
    if fine:
        yield misfit(
            "font",
            f"writes {_named(fine)} at {round(fine[0].font_px or 0, 1):g} pixels; below {_UNZOOMED_FONT} iOS zooms in",
        )


def _target(control: Control) -> tuple[float, float]:
    """Width and height of what a finger may hit to reach ``control``."""
    boxes = [(box.width, box.height) for box in (control.rect, control.tap) if box is not None]
    return max(boxes, key=min)


def _is_cut(control: Control, width: float) -> bool:
    # A drawer or a carousel that lies wholly beside the screen is not meant to be seen yet.
    left, right = control.rect.x, control.rect.x + control.rect.width
    return (left < -_TOLERANCE and right > 0) or (right > width + _TOLERANCE and left < width)


def _named(controls: list[Control]) -> str:
    first = controls[0]
    name = f"{first.kind} “{first.label or first.name or first.type}”"
    return name if len(controls) == 1 else f"{name} and {len(controls) - 1} more"


def _viewport_problem(declared: str | None, width: int) -> str | None:
    if declared is None:
        return "has no viewport declaration, so that it is drawn as for a desktop and shrunk"
    settings = dict(re.findall(r"([a-z-]+)\s*=\s*([^\s,;]+)", declared.lower()))
    wide = settings.get("width")
    if wide is not None and re.fullmatch(r"\d+(?:\.\d*)?", wide) and float(wide) > width:
        return f"declares a viewport of {wide} pixels, wider than the screen"
    if wide is None and "initial-scale" not in settings:
        return f"declares a viewport without width (“{declared.strip()[:80]}”)"
    return None
