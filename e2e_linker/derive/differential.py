"""Two walks side by side: the first point at which they part.

What differs between any two loads of the same page is no difference: the order of what loads in parallel, random parts
of addresses, the values of cookies, what was called off, pictures and counters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, TypeVar

from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screen_causes import CALLED_OFF
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.urls import split, without_parameters
from e2e_linker.evidence.models import CspViolation, PageError, Present, Request, Walk
from e2e_linker.model import host_of

__all__ = ["Parting", "PartingPoint", "first_parting"]

PartingPoint = Literal["hop", "request", "status", "script_error", "policy", "storage", "dom", "screen", "ending"]

_NEEDED = frozenset({"document", "script", "stylesheet", "xhr", "fetch", "font", "websocket"})
_RANDOM = re.compile(r"(?=[^/]*\d)[A-Za-z0-9_~.-]{8,}|[0-9]+|<[a-z][a-z0-9_]*#\d+>")
_WORDY = re.compile(r"[A-Za-z-]+(?:\.[a-z0-9]+){0,2}")
_ADDRESSES = re.compile(r"https?://[^\s)]+|:\d+(:\d+)?|\d+")
_QUOTED = 160

R = TypeVar("R", PageError, CspViolation)


@dataclass(frozen=True, slots=True)
class Parting:
    """Where a broken walk leaves the way of a healthy one. Both clauses read after a name: ``got status 403``."""

    point: PartingPoint
    request: int | None
    """Number of the request in the broken walk at which they part, or that loaded the page on which they do."""
    what: str
    """What they part over: ``the script https://cdn.example.net/app.js``."""
    broken: str
    healthy: str


@dataclass(frozen=True, slots=True)
class _Stage:
    """One document of the way and what was loaded while it was shown."""

    document: Request
    loads: tuple[Request, ...]
    until: float
    """When the next one was asked for."""


def first_parting(broken: Walk, healthy: Walk) -> Parting | None:
    """The first point at which ``broken`` does not do what ``healthy`` did; None where nothing tells them apart."""
    ours, theirs = _stages(broken), _stages(healthy)
    for one, other in zip(ours, theirs, strict=False):
        if _key(one.document) != _key(other.document):
            return _hop(one.document, other.document)
        found = next(chain(_document(one, other), _on_the_page(broken, one, healthy, other)), None)
        if found is not None:
            return found
    return _where_one_stops(broken, ours, healthy, theirs)


def _stages(walk: Walk) -> list[_Stage]:
    requests = walk.requests.value if isinstance(walk.requests, Present) else ()
    steps = [r for r in requests if r.navigation and r.main_frame]
    ends = (*(step.at for step in steps[1:]), float("inf"))
    return [
        _Stage(step, tuple(r for r in requests if step.at <= r.at < end and not (r.navigation and r.main_frame)), end)
        for step, end in zip(steps, ends, strict=False)
    ]


def _key(request: Request) -> tuple[str, str, str, str]:
    parts = split(request.url)
    path = "/".join(_plain(part) for part in parts.path.split("/"))
    return request.method, "" if request.navigation else request.resource_type, parts.netloc.lower(), path


def _plain(part: str) -> str:
    """A part of a path, with what may be random in it left out."""
    return part if _WORDY.fullmatch(part) else _RANDOM.sub("*", part)


def _hop(one: Request, other: Request) -> Parting:
    sent = f"went to {without_parameters(one.url)}", f"to {without_parameters(other.url)}"
    return Parting("hop", one.n, "the next page", *sent)


def _document(one: _Stage, other: _Stage) -> Iterator[Parting]:
    ours, theirs = one.document, other.document
    what = f"the page {without_parameters(ours.url)}"
    if _answer(ours) != _answer(theirs):
        point: PartingPoint = "status" if ours.status and theirs.status else "request"
        yield Parting(point, ours.n, what, _came(ours), _came(theirs))
    mine, yours = ({_RANDOM.sub("*", cookie.name) for cookie in each.set_cookies} for each in (ours, theirs))
    if lacking := sorted(yours - mine):
        named = ", ".join(lacking)
        yield Parting("storage", ours.n, what, f"was not given the cookie {named}", "was given it")


def _answer(request: Request) -> str:
    """What became of ``request``, as coarse as it has to be told apart."""
    if request.status is None:
        failure = request.failure or ""
        return "unknown" if not failure or any(words in failure for words in CALLED_OFF) else "failed"
    # A page and its answer from the cache are the same thing.
    return "loaded" if request.status < 300 or request.status == 304 else str(request.status)


def _came(request: Request) -> str:
    if request.status is not None:
        return f"got status {request.status}"
    return f"did not come ({request.failure})" if request.failure else "got no answer"


def _on_the_page(broken: Walk, one: _Stage, healthy: Walk, other: _Stage) -> Iterator[Parting]:
    """What went wrong on a page of ``broken`` and did not on the same page of ``healthy``, in the order of time."""
    found = [
        *_lost(one, other),
        *_said(broken.csp_violations, one, healthy.csp_violations, other, _violation),
        *_said(broken.page_errors, one, healthy.page_errors, other, _error),
    ]
    yield from (parting for _, parting in sorted(found, key=lambda pair: pair[0]))


def _lost(one: _Stage, other: _Stage) -> Iterator[tuple[float, Parting]]:
    theirs = {_key(request): request for request in other.loads if _answer(request) == "loaded"}
    for request in one.loads:
        twin = theirs.get(_key(request))
        if request.resource_type not in _NEEDED or twin is None or _answer(request) in {"loaded", "unknown"}:
            continue
        point: PartingPoint = "status" if request.status else "request"
        what = f"the {request.resource_type} {without_parameters(request.url)}"
        yield request.at, Parting(point, request.n, what, _came(request), _came(twin))


def _said(
    ours: Any, one: _Stage, theirs: Any, other: _Stage, words: Callable[[R], tuple[PartingPoint, str]]
) -> Iterator[tuple[float, Parting]]:
    known = {_ADDRESSES.sub("", words(record)[1]) for record in _during(theirs, other)}
    for record in _during(ours, one):
        point, text = words(record)
        if _ADDRESSES.sub("", text) not in known:
            what = f"the page {without_parameters(one.document.url)}"
            yield record.at, Parting(point, one.document.n, what, f"met {text}", "did not")


def _during(part: Any, stage: _Stage) -> Iterable[Any]:
    records = part.value if isinstance(part, Present) else ()
    return (record for record in records if stage.document.at <= record.at < stage.until)


def _error(record: PageError) -> tuple[PartingPoint, str]:
    lines = record.message.strip().splitlines()
    return "script_error", f"the script error “{lines[0][:_QUOTED] if lines else ''}”"


def _violation(record: CspViolation) -> tuple[PartingPoint, str]:
    blocked = host_of(record.blocked) or record.blocked
    return "policy", f"its Content-Security-Policy ({record.directive}), which stopped {blocked}"


def _where_one_stops(broken: Walk, ours: Sequence[_Stage], healthy: Walk, theirs: Sequence[_Stage]) -> Parting | None:
    """The way of one is a part of the other's: what the last page they share showed on either."""
    if not ours or not theirs:
        return None
    last = min(len(ours), len(theirs)) - 1
    shown, seen = _screen(broken, ours[last]), _screen(healthy, theirs[last])
    request, what = ours[last].document.n, f"the page {without_parameters(ours[last].document.url)}"
    if shown is not None and seen is not None:
        if shown.kind != seen.kind:
            return Parting("screen", request, what, f"showed {_KINDS[shown.kind]}", f"showed {_KINDS[seen.kind]}")
        lacking = _controls(seen) - _controls(shown)
        if lacking:
            return Parting("dom", request, what, f"had no {', '.join(sorted(lacking))}", "had it")
    if len(ours) < len(theirs):
        further = theirs[len(ours)].document
        went = f"went on to {without_parameters(further.url)}"
        return Parting("hop", request, what, "went no further", went)
    if broken.ending.kind != healthy.ending.kind:
        return Parting("ending", request, what, f"led no further ({broken.ending.message.rstrip('.')})", "led to Alexa")
    return None


_KINDS = {
    "blank": "a blank page",
    "nearly blank": "next to nothing",
    "error page": "an error page",
    "unsupported browser": "that it does not support the browser",
    "captcha": "a captcha",
    "login": "a login page",
    "consent": "a consent page",
    "verdict page": "Alexa's verdict",
    "other": "a page that asks for something else",
}


def _screen(walk: Walk, stage: _Stage) -> ScreenVerdict | None:
    """What a person saw last of the page of ``stage``."""
    part = walk_facts(walk).get("screen_verdicts")
    verdicts: Sequence[ScreenVerdict] = part.value if isinstance(part, Present) else ()
    shown: Mapping[int, ScreenVerdict] = {v.page.request: v for v in verdicts if isinstance(v.page, Page)}
    return shown.get(stage.document.n)


def _controls(verdict: ScreenVerdict) -> set[str]:
    usable = (c for c in verdict.digest.controls if c.visible and c.enabled and not c.covered_by)
    return {f"{control.kind} “{control.label or control.name}”" for control in usable if control.label or control.name}
