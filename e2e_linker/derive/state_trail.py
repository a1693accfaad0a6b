"""The state parameter at every place it shows on the way, and the first hop at which it changed.

A server is free to keep the state to itself, and a login that passes through another identity provider has that
provider's own ``state``. So a value on the way counts only if it is recognisably ours, and only what comes back in the
arrival is judged: what was seen before it merely says where the change happened.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.answer import Joined, answer_of
from e2e_linker.derive.base import fact
from e2e_linker.derive.drift import KIN_PREFIX, Drift, DriftKind, akin, drift
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Arrival, Body, Request
from e2e_linker.model import joined

__all__ = ["StatePlace", "StateTrail", "Where", "state_trail"]

_NAME = re.compile(r"\sname\s*=\s*[\"']?([\w.:\[\]-]+)", re.IGNORECASE)

_READ_AMISS: frozenset[DriftKind] = frozenset({"plus_to_space", "percent_decoded", "altered"})
"""What a value becomes by being read, where nobody percent-encoded it."""

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
    within: Joined | None
    """The parameter that it came back inside, where ``state`` itself was missing and no other holds just the value."""
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
        return StateTrail(sent, tuple(places), False, (), None, None, None, None, None)
    answer = answer_of(arrival)
    states = answer.named("state")
    returned = tuple(param.value for param in states)
    changed = next((d for value in returned if (d := drift(sent, value))), None) if returned else drift(sent, None)
    if changed is not None and changed.kind in _READ_AMISS and _stands_in(arrival.url, sent):
        changed = replace(changed, kind="unencoded")
    if changed is not None and sent in returned:
        changed = replace(changed, kind="beside")
    if changed is None and max(Counter(param.place for param in states).values()) > 1:
        changed = _twice(sent)
    renamed = None if returned else next((param.name for param in answer.params if param.value == sent), None)
    right = [index for index, place in enumerate(places) if place.drift is None]
    last = right[-1] if right else -1
    seen = next((value for value in returned if value != sent), "".join(returned[:1])) if changed else sent
    end = StatePlace(arrival.request, "arrival", renamed or "state", seen, changed)
    return StateTrail(
        sent=sent,
        places=(*places, end),
        arrived=True,
        returned=returned,
        drift=changed,
        renamed=renamed,
        within=None if returned or renamed else answer.holding(sent),
        last_right=places[last] if right else None,
        first_wrong=_first(places[last + 1 :], end) if changed else None,
    )


def _stands_in(url: str, sent: str) -> bool:
    """Whether ``sent`` is the ``state`` of ``url``, letter by letter."""
    return any(f"{joint}state={sent}" in url for joint in "?&#")


def _twice(sent: str) -> Drift:
    """The drift of a state that stands twice in one place: who reads all values of a parameter gets them joined."""
    return Drift("duplicated", len(sent), len(sent), 2 * len(sent))


def _first(after: list[StatePlace], end: StatePlace) -> StatePlace:
    # Another provider's state may merely begin with ours: only the change that came back tells where it was made.
    assert end.drift is not None
    kind = end.drift.kind
    return next((p for p in after if p.value == end.value or (p.drift is not None and p.drift.kind == kind)), end)


def _places(request: Request, sent: str) -> Iterator[StatePlace]:
    if not _may_hold(request, sent):
        return
    sightings: list[tuple[Where, str, str]] = [(p.place, p.name, p.value) for p in parameters(request.url)]
    if request.body is not None:
        sightings += [("body", name, value) for name, value in _body(request.body)]
    location = header(request.response_headers, "location")
    if location is not None:
        sightings += [("location", p.name, p.value) for p in parameters(joined(request.url, location))]
    if request.navigation and request.excerpt:
        sightings += [("page", name, value) for name, value in _in_page(request.excerpt, sent)]
    for (where, name, value), times in Counter(sightings).items():
        if akin(sent, value):
            changed = _twice(sent) if value == sent and times > 1 else drift(sent, value)
            yield StatePlace(request.n, where, name, value, changed)


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


def _in_page(excerpt: str, sent: str) -> Iterable[tuple[str, str]]:
    """(name, value) of form fields that hold the state, each once: told by its beginning, up to the next quote."""
    start, page = re.escape(sent[:KIN_PREFIX]), html.unescape(excerpt)
    found = re.finditer(rf"value\s*=\s*[\"']\s*({start}[^\"'<>]*)[\"']", page, re.IGNORECASE)
    return dict.fromkeys((_field_name(page, match), match[1]) for match in found)


def _field_name(page: str, value: re.Match[str]) -> str:
    """The name in the tag that ``value`` stands in, ``form field`` where it has none."""
    tag = page[page.rfind("<", 0, value.start()) : value.start()] + page[value.end() :].partition(">")[0]
    name = _NAME.search(tag)
    return name[1] if name else "form field"
