"""The redirect ladder: every page the browser was sent to, from the authorization request to Alexa or the dead end."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.urls import split
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Arrival, Request
from e2e_linker.model import joined

__all__ = ["Hop", "How", "Ladder", "came_from", "ladder", "refreshes"]

How = Literal["opened", "redirect", "form_post", "navigation", "meta_refresh", "popup", "frame"]
"""``navigation`` is a link, a GET form or a script; ``opened`` the authorization request itself."""

# Quoted values are skipped whole: a redacted one may hold a ">".
_META = re.compile(r"<meta\b(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", re.IGNORECASE)
_UNREAD = re.compile(r"<!--.*?-->|<(noscript|script|style|template|textarea)\b.*?</\1\b", re.IGNORECASE | re.DOTALL)
"""What holds no refresh of a page whose scripts run."""
_READ = 20_000
"""Characters of an answer that are read."""
_IS_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh\b", re.IGNORECASE)
_CONTENT = re.compile(r"content\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_REFRESH = re.compile(
    r"^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:[;,]\s*(?:url\s*=\s*)?[\"']?(.*?)[\"']?\s*)?$", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One navigation. ``head``, ``request_line`` and ``cookie_header`` are bytes, None where they were not measured."""

    n: int
    """Number within the ladder, from 1."""
    request: int | None
    """Number of the request, None where only the address of an arrival was seen."""
    at: float
    method: str
    url: str
    how: How
    status: int | None
    location: str | None
    """Where the answer's Location header points, made absolute."""
    failure: str | None
    time_ms: float | None
    window: int | None
    frame: int | None
    main_frame: bool
    """False for a frame inside a page, whose navigations nobody sees."""
    arrival: bool
    head: int | None = None
    request_line: int | None = None
    cookie_header: int | None = None
    refresh_s: float | None = None
    """Seconds a meta refresh let the page stand before this hop; None where none led here."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The hops in the order they began, up to the last arrival."""

    hops: tuple[Hop, ...]

    @property
    def main(self) -> tuple[Hop, ...]:
        """The hops a person saw: those of main frames, popups included."""
        return tuple(hop for hop in self.hops if hop.main_frame)

    @property
    def arrival(self) -> Hop | None:
        """The hop that handed the answer to Alexa, None where the way ended before."""
        return next((hop for hop in self.hops if hop.arrival), None)

    @property
    def last(self) -> Hop | None:
        """Where the main frame ended: the arrival or the dead end. None where nothing was opened."""
        return self.arrival or next(iter(reversed(self.main)), None)

    def of(self, request: int | None) -> Hop | None:
        """The hop made by request number ``request``."""
        return next((hop for hop in self.hops if request is not None and hop.request == request), None)


def came_from(request: Request, requests: Iterable[Request]) -> list[Request]:
    """``request`` and those of ``requests`` that it was redirected from, the first one first."""
    known = {one.n: one for one in requests}
    chain = [request]
    while (before := known.get(chain[0].redirected_from or 0)) is not None and before not in chain:
        chain.insert(0, before)
    return chain


@fact
def ladder(requests: tuple[Request, ...], arrivals: tuple[Arrival, ...]) -> Ladder:
    """The navigations of ``requests``, popups' and frames' included, up to the last of ``arrivals``."""
    numbers = {arrival.request for arrival in arrivals}
    end = max((arrival.at for arrival in arrivals), default=None)
    found: list[Hop] = []
    latest: dict[tuple[int | None, int | None], Request] = {}
    known = {request.n for request in requests}
    for request in requests:
        if not request.navigation:
            continue
        arrived = request.n in numbers
        if end is None or request.at <= end or arrived:
            found.append(_hop(len(found) + 1, request, latest, arrived))
        latest[request.window, request.frame] = request
    for arrival in arrivals:
        if arrival.request not in known:
            found.append(_seen(len(found) + 1, arrival))
    return Ladder(tuple(found))


def _hop(
    n: int,
    request: Request,
    latest: dict[tuple[int | None, int | None], Request],
    arrived: bool,
) -> Hop:
    before = latest.get((request.window, request.frame))
    refresh = None if request.redirected_from is not None else _refresh_to(before, request.url)
    location = header(request.response_headers, "location")
    sizes, timing = request.sizes, request.timing
    return Hop(
        n=n,
        request=request.n,
        at=request.at,
        method=request.method,
        url=request.url,
        how=_how(request, refresh, latest),
        status=request.status,
        location=joined(request.url, location) if location is not None else None,
        failure=request.failure,
        time_ms=timing.total_ms if timing else None,
        window=request.window,
        frame=request.frame,
        main_frame=request.main_frame,
        arrival=arrived,
        head=sizes.head if sizes else None,
        request_line=sizes.request_line if sizes else None,
        cookie_header=sizes.cookie_header if sizes else None,
        refresh_s=refresh,
    )


def _how(request: Request, refresh: float | None, latest: dict[tuple[int | None, int | None], Request]) -> How:
    if request.redirected_from is not None:
        return "redirect"
    if not request.main_frame:
        return "frame"
    if not latest:
        return "opened"
    if all(window != request.window for window, _ in latest):
        return "popup"
    if request.method == "POST":
        return "form_post"
    return "navigation" if refresh is None else "meta_refresh"


def _seen(n: int, arrival: Arrival) -> Hop:
    return Hop(
        n=n,
        request=None,
        at=arrival.at,
        method=arrival.method,
        url=arrival.url,
        how="navigation",
        status=None,
        location=None,
        failure=None,
        time_ms=None,
        window=arrival.window,
        frame=None,
        main_frame=arrival.main_frame,
        arrival=True,
        request_line=arrival.request_line,
    )


def _refresh_to(before: Request | None, url: str) -> float | None:
    """Seconds of the refresh in ``before``'s answer that leads to ``url``, None where there is none."""
    if before is None:
        return None
    for delay, target in refreshes(before):
        if target is None or split(target) == split(url):
            return delay
    return None


def refreshes(answer: Request) -> Iterator[tuple[float, str | None]]:
    """The refreshes that ``answer`` asks for: seconds, and the address, made absolute; None for the page itself."""
    for text in _contents(answer):
        match = _REFRESH.match(text)
        if match:
            yield float(match[1]), joined(answer.url, match[2]) if match[2] else None


def _contents(answer: Request) -> Iterator[str]:
    sent = header(answer.response_headers, "refresh")
    if sent is not None:
        yield sent
    for tag in _META.finditer(_UNREAD.sub("", (answer.excerpt or "")[:_READ])):
        content = _CONTENT.search(tag[0])
        if content and _IS_REFRESH.search(tag[0]):
            yield html.unescape(content[1].strip("\"'"))
