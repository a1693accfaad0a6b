"""What a server answers that has had enough of requests: it says nothing of what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from e2e_linker.derive.base import fact, walk_facts
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.ladder import Hop, Ladder
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.guards import challenge_in
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, Present, Request, Walk
from e2e_linker.evidence.traffic import SCRIPTED
from e2e_linker.model import host_of

__all__ = ["TOO_MANY", "RateLimit", "asked_too_often", "limited"]

TOO_MANY: Final = 429
_UNAVAILABLE = 503
_REPORT = "text/plain"
"""What pages tell a server for itself, such as an error, is sent as this: browsers let it go without asking leave."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The answer of a server that is asked too often."""

    status: int
    host: str


@fact
def asked_too_often(ladder: Ladder, requests: tuple[Request, ...], ending: Ending) -> RateLimit | None:
    """Where the last page says so: by status 429, or 503 with a Retry-After; None where it does not.

    Of a page whose scripts ask their own site for what it needs, a 429 to one of these, unless the walk got through.
    A guard's challenge is none, whatever its status.
    """
    last = ladder.last
    if last is None:
        return None
    if last.status not in {TOO_MANY, _UNAVAILABLE}:
        through = last.arrival or ending.kind in {"arrived", "stopped"}
        return None if through else _to_scripts(last, requests)
    answers = [each.response_headers for each in requests if each.n == last.request]
    if any(map(challenge_in, answers)):
        return None
    later = any(header(headers, "retry-after") is not None for headers in answers)
    return RateLimit(last.status, host_of(last.url)) if last.status == TOO_MANY or later else None


def _to_scripts(page: Hop, requests: Iterable[Request]) -> RateLimit | None:
    """The first 429 among what the site of ``page`` last answered its scripts, by address."""
    site, first = registrable_domain(host_of(page.url)), page.request or 0
    asked = (r for r in requests if r.resource_type in SCRIPTED and r.window == page.window and r.n > first)
    own = (r for r in asked if registrable_domain(host_of(r.url)) == site and not _is_report(r))
    answers = {without_parameters(r.url): RateLimit(r.status, host_of(r.url)) for r in own if r.status is not None}
    return next((answer for answer in answers.values() if answer.status == TOO_MANY), None)


def _is_report(request: Request) -> bool:
    return request.body is not None and (request.body.content_type or "").lower().startswith(_REPORT)


def limited(walk: Walk) -> bool:
    """Whether a 429 ended ``walk``. A 503 may as well be of a service that is down."""
    part = walk_facts(walk).get("asked_too_often")
    return isinstance(part, Present) and part.value is not None and part.value.status == TOO_MANY
