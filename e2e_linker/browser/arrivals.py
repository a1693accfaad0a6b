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
    """Every request of one walk to a redirect URI. A redirect is seen when it is asked for, not when it is followed."""

    def __init__(self, clock: Callable[[], float], redirect_uris: Sequence[str]) -> None:
        self._clock = clock
        self._redirect_uris = tuple(redirect_uris)
        self.seen: list[Arrival] = []
        self.arrived = asyncio.Event()
        """Set with the first arrival."""

    def is_one(self, url: str) -> bool:
        """Whether a request for ``url`` hands an answer to Alexa."""
        return is_arrival(url, self._redirect_uris)

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
