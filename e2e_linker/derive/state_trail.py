"""The state parameter at every place it shows on the way, and the first hop at which it changed.

A server is free to keep the state to itself, and a login that passes through another identity provider has that
provider's own ``state``. So a value on the way counts only if it is recognisably ours, and only what comes back in the
arrival is judged: what was seen before it merely says where the change happened.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal
from urllib.parse import urljoin

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.answer import answer_of
from e2e_linker.derive.base import fact
from e2e_linker.derive.drift import KIN_PREFIX, Drift, akin, drift
from e2e_linker.derive.ladder import header
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Arrival, Body, Request

__all__ = ["StatePlace", "StateTrail", "Where", "state_trail"]

Where = Literal["query", "fragment", "path", "body", "location", "page", "arrival"]


@dataclass(frozen=True, slots=True)
class StatePlace:
    """One place where the state was seen."""

    request: int | None
    """Number of the request it was sent with, or that was answered with it (``location``, ``page``)."""
    where: Where
    name: str
    """The parameter's name, dotted where it is wrapped in the value of another: ``next.state``."""
    value: str
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class StateTrail:
    """What became of the state. The arrival's facts are None where no arrival came."""

    sent: str
    places: tuple[StatePlace, ...]
    """Every place it was recognised at, in order, the arrival's last."""
    arrived: bool
    returned: tuple[str, ...]
    """Values of all ``state`` parameters of the first arrival."""
    drift: Drift | None
    """What the arrival's state differs by; None where it is right, or where nothing arrived."""
    renamed: str | None
    """The parameter under which the right value came back where ``state`` itself was missing."""
    last_right: StatePlace | None
    """The last place before the arrival where it was right."""
    first_wrong: StatePlace | None
    """The first place after that with the same change: the arrival itself where nothing telling was seen between."""


@fact
def state_trail(
    requests: tuple[Request, ...], arrivals: tuple[Arrival, ...], authorization: AuthorizationRequest
) -> StateTrail:
    """The trail of the state of ``authorization`` through ``requests`` to the first of ``arrivals``."""
    sent = authorization.state
    arrival = arrivals[0] if arrivals else None
    before = takewhile(lambda r: arrival is None or (r.n != arrival.request and r.at <= arrival.at), requests)
    places = [place for request in before for place in _places(request, sent)]
    if arrival is None:
        return StateTrail(sent, tuple(places), False, (), None, None, None, None)
    answer = answer_of(arrival)
    returned = tuple(param.value for param in answer.named("state"))
    changed = next((d for value in returned if (d := drift(sent, value))), None) if returned else drift(sent, None)
    renamed = None if returned else next((param.name for param in answer.params if param.value == sent), None)
    right = [index for index, place in enumerate(places) if place.drift is None]
    last = right[-1] if right else -1
    seen = next((value for value in returned if value != sent), "") if changed else sent
    end = StatePlace(arrival.request, "arrival", renamed or "state", seen, changed)
    return StateTrail(
        sent=sent,
        places=(*places, end),
        arrived=True,
        returned=returned,
        drift=changed,
        renamed=renamed,
        last_right=places[last] if right else None,
        first_wrong=_first(places[last + 1 :], end) if changed else None,
    )


def _first(after: list[StatePlace], end: StatePlace) -> StatePlace:
    # Another provider's state may merely begin with ours: only the change that came back tells where it was made.
    assert end.drift is not None
    kind = end.drift.kind
    return next((p for p in after if p.value == end.value or (p.drift is not None and p.drift.kind == kind)), end)


def _places(request: Request, sent: str) -> Iterator[StatePlace]:
    if not _may_hold(request, sent):
        return
    for param in parameters(request.url):
        yield from _place(request, param.place, param.name, param.value, sent)
    if request.body is not None:
        for name, value in _body(request.body):
            yield from _place(request, "body", name, value, sent)
    location = header(request.response_headers, "location")
    if location is not None:
        for param in parameters(urljoin(request.url, location)):
            yield from _place(request, "location", param.name, param.value, sent)
    if request.navigation and request.excerpt:
        yield from _in_page(request, sent)


def _may_hold(request: Request, sent: str) -> bool:
    """Whether it is worth a closer look: a page's images and styles seldom carry the state, and there are many."""
    return request.navigation or request.body is not None or sent[:KIN_PREFIX].lower() in request.url.lower()


def _body(body: Body) -> Iterator[tuple[str, str]]:
    for field in body.fields:
        yield field.name, field.value
        for inner in parameters(field.value) if "=" in field.value else ():
            yield f"{field.name}.{inner.name}", inner.value
    if not body.fields and body.text:
        for name, value in re.findall(r"\"([\w.-]+)\"\s*:\s*\"((?:[^\"\\]|\\.)*)\"", body.text):
            yield name, value.replace("\\/", "/")


def _place(request: Request, where: Where, name: str, value: str, sent: str) -> Iterator[StatePlace]:
    if akin(sent, value):
        yield StatePlace(request.n, where, name, value, drift(sent, value))


def _in_page(request: Request, sent: str) -> Iterator[StatePlace]:
    """The state in a form field or link of the page: told by its beginning, up to the next quote or delimiter."""
    text = html.unescape(request.excerpt or "")
    start = re.escape(sent[:KIN_PREFIX])
    fields = re.findall(rf"value\s*=\s*[\"']\s*({start}[^\"'<>]*)[\"']", text, re.IGNORECASE)
    for value in dict.fromkeys(fields):
        yield from _place(request, "page", "form field", value, sent)
