"""A request to Alexa, as the answer that it hands over."""

from __future__ import annotations

from e2e_linker.evidence.contents import url_params
from e2e_linker.evidence.sizes import request_line_size
from e2e_linker.evidence.traffic import Arrival, Request

__all__ = ["arrived"]


def arrived(request: Request) -> Arrival:
    """What ``request`` hands to Alexa, in its address or in its body."""
    return Arrival(
        at=request.at,
        request=request.n,
        url=request.url,
        url_length=request.url_length,
        request_line=request_line_size(request.method, request.url),
        method=request.method,
        window=request.window,
        main_frame=request.main_frame,
        resource_type=request.resource_type,
        params=url_params(request.url) + (request.body.fields if request.body else ()),
    )
