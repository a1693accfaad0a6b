"""The answer handed to Alexa, read off the request before it can leave this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from playwright.async_api import Request

from e2e_linker.alexa.authorization import is_arrival
from e2e_linker.evidence.contents import body_of, url_params
from e2e_linker.evidence.sizes import request_line_size, url_as_sent
from e2e_linker.evidence.traffic import Arrival

__all__ = ["Arrivals"]


class Arrivals:
    """Every request of one walk that hands an answer to Alexa, seen when it is asked for, not when it is followed."""

    def __init__(self, clock: Callable[[], float], redirect_uris: Sequence[str]) -> None:
        self._clock = clock
        self._redirect_uris = tuple(redirect_uris)
        self.seen: list[Arrival] = []
        self.arrived = asyncio.Event()
        """Set with the first arrival."""

    def is_one(self, request: Request) -> bool:
        """Whether ``request`` hands an answer to Alexa, rather than ask one of its hosts for a part of a page."""
        led = request.is_navigation_request() or request.redirected_from is not None
        return is_arrival(request.url, self._redirect_uris, led=led)

    def has(self, n: int) -> bool:
        """Whether the ``n``-th request of the walk is an arrival."""
        return any(arrival.request == n for arrival in self.seen)

    def add(self, request: Request, *, n: int, window: int, main_frame: bool) -> None:
        """Note ``request``, the ``n``-th of the walk, as an arrival."""
        body = body_of(request.post_data_buffer, request.headers.get("content-type"))
        self.seen.append(
            Arrival(
                at=self._clock(),
                request=n,
                url=request.url,
                url_length=len(url_as_sent(request.url)),
                request_line=request_line_size(request.method, request.url),
                method=request.method,
                window=window,
                main_frame=main_frame,
                resource_type=request.resource_type,
                params=url_params(request.url) + (body.fields if body else ()),
            )
        )
        self.arrived.set()
