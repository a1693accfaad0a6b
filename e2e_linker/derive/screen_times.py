"""How long each page of a login stayed empty before it showed something to read or to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Request

__all__ = ["FirstContent", "first_contents", "only_in_frames"]

_RESPONSIVE_S = 0.25
"""Seconds within which a page that nothing keeps busy is looked at at least once. Threshold."""
_LATE_S = 1.0
"""Seconds after which a request may be why a page stayed empty. Threshold."""


@dataclass(frozen=True, slots=True)
class FirstContent:
    """When a page first showed something. Seconds from its navigation."""

    page: Page
    screen: int
    content_s: float
    """When content was first seen."""
    empty_for_s: float
    """Until when it was surely empty: it was looked at, and answered, again and again, or its answer was awaited."""
    awaited_s: float
    """How long the server let wait for its answers on the way there."""
    painted_s: float | None
    """When the engine first painted anything, where it tells: that it was late proves that the page was empty."""
    slowest: str | None
    """The request that took longest of those that ended before the content came, as a clause."""


@fact
def first_contents(
    screen_verdicts: tuple[ScreenVerdict, ...], requests: tuple[Request, ...]
) -> tuple[FirstContent, ...]:
    """The first screen of each page whose sight was timed.

    A page that was seldom looked at counts as not empty, but for the time before the server answered.
    """
    by_number = {request.n: request for request in requests}
    found: dict[int, FirstContent] = {}
    for verdict in screen_verdicts:
        page, sight = verdict.page, verdict.digest.sight
        if page is None or sight is None or page.request in found:
            continue
        empty_s, content_s = (sight.empty_until_ms or 0) / 1000, sight.content_ms
        sure = sight.empty_looks >= empty_s / _RESPONSIVE_S
        if content_s is None:
            continue  # it never came, or it came in a frame, which has a clock of its own
        awaited_s = _awaited_s(page, by_number)
        found[page.request] = FirstContent(
            page=page,
            screen=verdict.screen,
            content_s=max(content_s / 1000, awaited_s),
            empty_for_s=max(empty_s if sure else 0.0, awaited_s),
            awaited_s=awaited_s,
            painted_s=None if sight.first_paint_ms is None else sight.first_paint_ms / 1000,
            slowest=_slowest(page, verdict.at, requests),
        )
    return tuple(found.values())


@fact
def only_in_frames(screen_verdicts: tuple[ScreenVerdict, ...]) -> bool:
    """Whether all that was seen is in frames, each of which has a clock of its own, and is not timed for that."""
    sights = [verdict.digest.sight for verdict in screen_verdicts]
    # A page that showed nothing was at least looked at.
    return bool(sights) and all(one is not None and one.content_ms is None and not one.empty_looks for one in sights)


def _awaited_s(page: Page, by_number: Mapping[int, Request]) -> float:
    """How long answers were awaited on the way to ``page``, redirects counted; short waits may be the machine's."""
    waited, request = 0.0, by_number.get(page.request)
    while request is not None:
        wait_s = ((request.timing and request.timing.wait_ms) or 0.0) / 1000
        waited += wait_s if wait_s >= _LATE_S else 0.0
        before = request.redirected_from
        request = by_number.get(before) if before is not None and before < request.n else None
    return waited


def _slowest(page: Page, until: float, requests: Sequence[Request]) -> str | None:
    loads = [
        (request.timing.total_ms / 1000, request)
        for request in requests
        if request.window == page.window and page.at <= request.at <= until and request.timing
        if request.timing.total_ms is not None and request.timing.total_ms >= _LATE_S * 1000
    ]
    if not loads:
        return None
    took, slow = max(loads, key=lambda pair: pair[0])
    return f"the {slow.resource_type} {without_parameters(slow.url)} took {took:.1f} s"
