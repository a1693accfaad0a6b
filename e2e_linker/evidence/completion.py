"""What can be said of a walk only once it is over: addresses in full, and windows that were never announced."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from e2e_linker.evidence.contents import url_params
from e2e_linker.evidence.page import Window
from e2e_linker.evidence.traffic import Arrival, Request

__all__ = ["complete_arrivals", "complete_requests", "complete_windows"]


def complete_requests(requests: Sequence[Request], windows: Sequence[Window]) -> tuple[Request, ...]:
    """``requests`` with the fragments that Playwright leaves out, and placed in windows that were never announced.

    A redirect's fragment stands in the ``Location`` that led there. A navigation without a page is the first one of a
    window that went straight on to Alexa, so that its page was never announced.
    """
    by_number = {request.n: request for request in requests}
    unannounced = len(windows)
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
    location = next((value for name, value in source.response_headers if name.lower() == "location"), "")
    try:
        target = urljoin(source.url, location)
        return urlsplit(target).fragment if target.partition("#")[0] == request.url.partition("#")[0] else ""
    except ValueError:
        return ""


def complete_windows(windows: Sequence[Window], requests: Sequence[Request]) -> tuple[Window, ...]:
    """``windows`` and the one that ``requests`` show beside them."""
    first = next((request for request in requests if request.window == len(windows)), None)
    if first is None:
        return tuple(windows)
    return (*windows, Window(n=len(windows), at=first.at, url=first.url, opener=0 if windows else None))


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
