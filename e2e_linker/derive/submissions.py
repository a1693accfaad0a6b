"""The forms that were sent on the way, and where each led."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Arrival, Request
from e2e_linker.model import joined

__all__ = ["Stage", "Submission", "submissions"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One address a submission went to, or would have gone to."""

    url: str
    request: int | None
    """None where the browser was sent there and never went."""
    redirected: bool


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was posted, the document it was in, and every redirect that followed."""

    page: Page
    stages: tuple[Stage, ...]


@fact
def submissions(
    requests: tuple[Request, ...], arrivals: tuple[Arrival, ...], pages: tuple[Page, ...]
) -> tuple[Submission, ...]:
    """Every posted form of the way. What a script sends by itself is no form; a GET form looks like a link."""
    end = max((arrival.at for arrival in arrivals), default=None)
    following = {r.redirected_from: r for r in requests if r.redirected_from is not None}
    found = []
    for request in requests:
        if not request.navigation or request.method != "POST" or request.redirected_from is not None:
            continue
        page = _document(request, pages)
        if page is not None and (end is None or request.at <= end):
            found.append(Submission(page, _stages(request, following)))
    return tuple(found)


def _document(request: Request, pages: Sequence[Page]) -> Page | None:
    """The document that held the form: the frame's own, or the one around it, or the one that opened the window."""
    before = [page for page in pages if page.request < request.n]
    own = [page for page in before if (page.window, page.frame) == (request.window, request.frame)]
    around = [page for page in before if page.window == request.window and page.main_frame]
    return next(reversed(own or around or [page for page in before if page.main_frame]), None)


def _stages(request: Request, following: dict[int, Request]) -> tuple[Stage, ...]:
    stages = [Stage(request.url, request.n, False)]
    while (then := following.get(request.n)) is not None and len(stages) <= len(following):
        stages.append(Stage(then.url, then.n, True))
        request = then
    location = header(request.response_headers, "location")
    if location is not None and request.redirects:
        stages.append(Stage(joined(request.url, location), None, True))
    return tuple(stages)
