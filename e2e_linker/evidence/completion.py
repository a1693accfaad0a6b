"""What can be said of a walk only once it is over: addresses in full, and windows announced late or never."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from e2e_linker.evidence.contents import url_params
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.page import Window
from e2e_linker.evidence.traffic import Arrival, Request

__all__ = ["complete_arrivals", "complete_requests", "complete_windows"]


def complete_requests(requests: Sequence[Request], windows: Sequence[Window]) -> tuple[Request, ...]:
    """``requests`` with the fragments that Playwright leaves out, and placed in windows announced late or never.

    A redirect's fragment stands in the ``Location`` that led there. A navigation without a page is the first one of a
    window that went straight on to Alexa, so that its page was announced after all its requests, or never.
    """
    by_number = {request.n: request for request in requests}
    unannounced = _announced_late(windows, requests)
    found = []
    for request in requests:
        changes: dict[str, object] = {}
        source = by_number.get(request.redirected_from or 0)
        fragment = _redirected_fragment(source, request) if source is not None else ""
        if fragment and "#" not in request.url:
            changes["url"] = f"{request.url}#{fragment}"
        if request.window is None and request.navigation and not request.service_worker:
            changes |= {"window": unannounced, "main_frame": True}
        found.append(request.model_copy(update=changes) if changes else request)
    return tuple(found)


def _redirected_fragment(source: Request, request: Request) -> str:
    location = header(source.response_headers, "location") or ""
    try:
        target = urljoin(source.url, location)
        return urlsplit(target).fragment if target.partition("#")[0] == request.url.partition("#")[0] else ""
    except ValueError:
        return ""


def complete_windows(windows: Sequence[Window], requests: Sequence[Request]) -> tuple[Window, ...]:
    """``windows`` with the one that the completed ``requests`` show beside them, or whose address they tell."""
    known = {window.n for window in windows if _has_address(window)}
    led = (request for request in requests if request.leads)
    first = next((request for request in led if request.window is not None and request.window not in known), None)
    if first is None or first.window is None:
        return tuple(windows)
    if first.window < len(windows):
        told = {"url": first.url, "at": min(first.at, windows[first.window].at)}
        return tuple(one.model_copy(update=told) if one.n == first.window else one for one in windows)
    return (*windows, Window(n=len(windows), at=first.at, url=first.url, opener=0 if windows else None))


def _announced_late(windows: Sequence[Window], requests: Sequence[Request]) -> int:
    """The number of the one window that has neither an address nor a request; of the next one where none has."""
    asked = {request.window for request in requests}
    late = [window.n for window in windows if not _has_address(window) and window.n not in asked]
    return late[0] if len(late) == 1 else len(windows)


def _has_address(window: Window) -> bool:
    return window.url.startswith(("http:", "https:"))


def complete_arrivals(arrivals: Sequence[Arrival], requests: Sequence[Request]) -> tuple[Arrival, ...]:
    """``arrivals`` with the address and the window that their requests have by now."""
    by_number = {request.n: request for request in requests}
    return tuple(_completed(arrival, by_number.get(arrival.request or 0)) for arrival in arrivals)


def _completed(arrival: Arrival, request: Request | None) -> Arrival:
    if request is None:
        return arrival
    changes: dict[str, object] = {} if request.window is None else {"window": request.window}
    if "#" in request.url and "#" not in arrival.url:
        body = tuple(param for param in arrival.params if param.place == "body")
        changes |= {"url": request.url, "params": url_params(request.url) + body}
    return arrival.model_copy(update=changes)
