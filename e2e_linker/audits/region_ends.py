"""What the ends of walks tell of the region they were made for, and which of them tell nothing."""

from __future__ import annotations

from collections.abc import Collection

from e2e_linker.audits.lasting import server_error
from e2e_linker.audits.region_words import blamed, without_redirect_uri
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.further_clients import further_client
from e2e_linker.derive.ladder import Hop, Ladder
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.rate_limits import RateLimit
from e2e_linker.evidence.models import Walk

__all__ = ["asked_too_often", "last_hop", "replayed", "tells_nothing", "untold"]


def last_hop(walk: Walk) -> Hop | None:
    """The last of the way that the window of ``walk`` took."""
    ladder: Ladder | None = of_walk(walk, "ladder")
    return ladder.last if ladder else None


def asked_too_often(walk: Walk) -> int | None:
    """The status by which the last page of ``walk`` says so: 429, or 503 with a Retry-After; None where it does not."""
    limit: RateLimit | None = of_walk(walk, "asked_too_often")
    return limit.status if limit else None


def tells_nothing(walk: Walk) -> bool:
    """Whether the server had enough of requests, or ``walk`` lost the redirect URI before anything was said of it.

    Nor does what another server says of the request that the first one makes there.
    """
    last: Page | None = last_page(of_walk(walk, "pages") or ())
    if last and further_client(last.request, of_walk(walk, "requests") or (), walk.authorization) and not blamed(walk):
        return True
    return asked_too_often(walk) is not None or (without_redirect_uri(walk) is not None and not blamed(walk))


def replayed(walk: Walk, sent: Collection[str]) -> bool:
    """Whether ``walk`` was answered as an earlier request of its browser: with one of ``sent`` in place of its state.

    So does a server that keeps the first request for as long as the session lasts. It tells nothing of the region.
    """
    answer: Answer | None = of_walk(walk, "answer")
    states = {param.value for param in answer.named("state")} if answer else set()
    return walk.authorization.state not in states and not states.isdisjoint(sent)


def untold(walk: Walk, sent: Collection[str]) -> str:
    """Why the end of ``walk`` tells nothing of its region, in words."""
    status, region = asked_too_often(walk), walk.authorization.region
    if replayed(walk, sent):
        return f"{region}: the answer was one to an earlier request of the same browser"
    if status is None and (failed := server_error(walk)) is not None:
        return f"{region}: the server failed with status {failed}, which need not be about the redirect URI"
    if status is None:
        answer: Answer | None = of_walk(walk, "answer")
        error = answer.error_words if answer is not None and answer.error is not None else None
        return f"{region}: the server answered {error}" if error else f"{region}: {walk.ending.message}"
    return f"{region}: the server answered with status {status}, that it is asked too often"
