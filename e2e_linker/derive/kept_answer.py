"""The answer for Alexa that the server sent and the browser did not go to, as where a page's policy forbids it."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.answer import Answer, answer_of
from e2e_linker.derive.base import fact
from e2e_linker.derive.state_trail import StateTrail, state_trail
from e2e_linker.derive.stray_answer import reaches
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Arrival, Param, Request
from e2e_linker.model import joined

__all__ = ["kept_answer", "kept_state"]


@fact
def kept_answer(
    requests: tuple[Request, ...], arrivals: tuple[Arrival, ...], authorization: AuthorizationRequest
) -> Answer | None:
    """The redirect to Alexa with which the last page was to be left; None where any answer arrived."""
    last = next((one for one in reversed(requests) if one.leads), None)
    if arrivals or last is None or not last.redirects:
        return None
    location = header(last.response_headers, "location")
    url = joined(last.url, location) if location is not None else ""
    if not url or not reaches(url, authorization.redirect_uri):
        return None
    return answer_of(_arrival(url, last))


def _arrival(url: str, sent_by: Request) -> Arrival:
    """``url`` as if the browser had gone there; what only a request tells, such as its size, is that of the address."""
    params = [
        Param(name=one.name, value=one.value, length=len(one.value), place=one.place)
        for one in parameters(url, nested=False)
        if one.place != "path"
    ]
    length = len(url.partition("#")[0])
    return Arrival(
        at=sent_by.at,
        request=sent_by.n,
        url=url,
        url_length=length,
        request_line=length,
        method="GET",
        window=sent_by.window,
        main_frame=True,
        resource_type="document",
        params=tuple(params),
    )


@fact
def kept_state(
    requests: tuple[Request, ...], kept_answer: Answer | None, authorization: AuthorizationRequest
) -> StateTrail | None:
    """What became of the state in :func:`kept_answer`, which is told of the request that it answered."""
    if kept_answer is None:
        return None
    n = kept_answer.arrival.request
    # The request itself, and what it was sent with, is still on the way.
    trail = state_trail(requests, (kept_answer.arrival.model_copy(update={"request": None}),), authorization)
    end = replace(trail.places[-1], request=n)
    first = trail.first_wrong
    return replace(
        trail,
        places=(*trail.places[:-1], end),
        first_wrong=end if first is not None and first.where == "arrival" else first,
    )
