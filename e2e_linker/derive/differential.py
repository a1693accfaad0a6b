"""Two walks side by side: the first point at which they part.

What differs between any two loads of the same page is no difference: the order of what loads in parallel, random parts
of addresses, the values of cookies, what was called off, pictures and counters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.urls import without_parameters
from e2e_linker.derive.ways import Stage, Trouble, Way, answer, general, unnumbered
from e2e_linker.evidence.models import Request

__all__ = ["Parting", "PartingPoint", "first_parting"]

PartingPoint = Literal["hop", "request", "status", "script_error", "policy", "storage", "dom", "screen", "ending"]


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

    @property
    def alike(self) -> tuple[str, ...]:
        """Equal for partings that are the same but for numbers and for what is random in addresses."""
        broken = unnumbered(self.broken) if self.point == "ending" else general(self.broken)
        return self.point, general(self.what), broken, general(self.healthy)


def first_parting(broken: Way, healthy: Way) -> Parting | None:
    """The first point at which ``broken`` does not do what ``healthy`` did; None where nothing tells them apart."""
    for one, other in zip(broken.stages, healthy.stages, strict=False):
        if one.key != other.key:
            return _hop(one.document, other.document)
        found = next(chain(_document(one, other), _on_the_page(one, other)), None)
        if found is not None:
            return found
    return _where_one_stops(broken, healthy)


def _hop(one: Request, other: Request) -> Parting:
    sent = f"went to {without_parameters(one.url)}", f"to {without_parameters(other.url)}"
    return Parting("hop", one.n, "the next page", *sent)


def _document(one: Stage, other: Stage) -> Iterator[Parting]:
    ours, theirs = one.document, other.document
    what = f"the page {without_parameters(ours.url)}"
    if answer(ours) != answer(theirs):
        point: PartingPoint = "status" if ours.status and theirs.status else "request"
        yield Parting(point, ours.n, what, _came(ours), _came(theirs))
    if lacking := sorted(other.cookies - one.cookies):
        named = ", ".join(lacking)
        yield Parting("storage", ours.n, what, f"was not given the cookie {named}", "was given it")


def _came(request: Request) -> str:
    if request.status is not None:
        return f"got status {request.status}"
    return f"did not come ({request.failure})" if request.failure else "got no answer"


def _on_the_page(one: Stage, other: Stage) -> Iterator[Parting]:
    """What went wrong on a page and did not on the same page of the other walk, in the order of time."""
    found = [
        *_lost(one, other),
        *_met("policy", one, one.violations, other),
        *_met("script_error", one, one.errors, other),
    ]
    yield from (parting for _, parting in sorted(found, key=lambda pair: pair[0]))


def _lost(one: Stage, other: Stage) -> Iterator[tuple[float, Parting]]:
    for key, request in one.lost:
        if (twin := other.loaded.get(key)) is not None:
            point: PartingPoint = "status" if request.status else "request"
            what = f"the {request.resource_type} {without_parameters(request.url)}"
            yield request.at, Parting(point, request.n, what, _came(request), _came(twin))


def _met(point: PartingPoint, one: Stage, troubles: Sequence[Trouble], other: Stage) -> Iterator[tuple[float, Parting]]:
    for at, words, alike in troubles:
        if alike not in other.known:
            what = f"the page {without_parameters(one.document.url)}"
            yield at, Parting(point, one.document.n, what, f"met {words}", "did not")


def _where_one_stops(broken: Way, healthy: Way) -> Parting | None:
    """The way of one is a part of the other's: what the last page they share showed on either."""
    ours, theirs = broken.stages, healthy.stages
    if not ours or not theirs:
        return None
    last = min(len(ours), len(theirs)) - 1
    shown, seen = broken.screen(ours[last]), healthy.screen(theirs[last])
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
    if broken.walk.ending.kind != healthy.walk.ending.kind:
        return Parting(
            "ending", request, what, f"led no further ({broken.walk.ending.message.rstrip('.')})", "led to Alexa"
        )
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


def _controls(verdict: ScreenVerdict) -> set[str]:
    usable = (c for c in verdict.digest.controls if c.visible and c.enabled and not c.covered_by)
    return {f"{control.kind} “{control.label or control.name}”" for control in usable if control.label or control.name}
