"""The login does not end on an error page, nor on a page that has forgotten Alexa."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.failed_requests import trouble
from e2e_linker.audits.walks import last_screen, no_arrival, of_walk, request_ref
from e2e_linker.audits.ways_back import ASK_LESS, lost_way
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.login_requests import FailedLogin
from e2e_linker.derive.pages import Page
from e2e_linker.derive.request_fate import RequestFate
from e2e_linker.derive.unsent_answers import UnsentAnswer
from e2e_linker.derive.wordings import BLAMED_REDIRECT, REFUSED_LATE, REFUSED_REQUEST
from e2e_linker.evidence.models import Ending, Request, Walk
from e2e_linker.model import Confidence, host_of

__all__ = ["AUDIT"]

_QUOTED = 160
_REFUSING = frozenset({400, 401, 422})
"""Statuses that are about what was asked, and neither about its address, its size nor who asks how often."""


def judge(
    walk: Walk,
    dead_end: DeadEnd | None,
    request_fate: RequestFate | None,
    unsent_answer: UnsentAnswer | None,
    ending: Ending,
) -> Outcome:
    """Says what the customer sees at the end; other audits say why, or tell of a page whose button leads nowhere."""
    if ending.kind == "arrived":
        return verdict(())
    if dead_end is None or unsent_answer is not None or of_walk(walk, "dead_press") is not None:
        return no_arrival(ending)
    return verdict([_finding(walk, dead_end, request_fate)])


def _failed_request(walk: Walk, end: DeadEnd, failed: FailedLogin) -> Finding:
    host, status = host_of(failed.request.url), failed.request.status
    what, fix = trouble(failed)
    console = f" The browser says: “{failed.console}”" if failed.console else ""
    return finding(
        "screen-error-page",
        f"The request by which the page of {end.page.host} logs in, {failed.address}, {what}. Nobody gets past this "
        f"page.{console}",
        subject=f"{host} login request {'CORS' if failed.kept_back else status or 'unanswered'}",
        at=request_ref(walk, failed.request.n),
        related=last_screen(walk, end.page),
        confidence=Confidence.POSSIBLE if fix is ASK_LESS else end.confidence,
        fix=fix,
        symptom=True,
    )


def _finding(walk: Walk, end: DeadEnd, fate: RequestFate | None) -> Finding:
    if end.failed:
        return _failed_request(walk, end, end.failed)
    page, fix = end.page, _advice(walk, end.page)
    if end.kind == "lost":
        message, fix = lost_way(end, fate)
    else:
        message = f"The login ends on an error page of {page.host}"
    return finding(
        "screen-error-page",
        f"{message}: {_quoted(end)}.",
        subject=f"{page.host} {'lost' if end.kind == 'lost' else page.status}",
        at=request_ref(walk, page.request),
        related=last_screen(walk, page),
        confidence=Confidence.POSSIBLE if fix is ASK_LESS else end.confidence,
        fix=fix,
        symptom=True,
    )


def _advice(walk: Walk, page: Page) -> str | None:
    """Where to look, as far as the error page tells that; None for the rule's own words."""
    if page.status == 429:
        return ASK_LESS
    if page.status >= 500:
        return f"Look into the server's log at that moment: {page.address} fails by itself."
    asked: tuple[Request, ...] = of_walk(walk, "requests") or ()
    before = [one for one in asked if one.navigation and one.main_frame and one.n < page.request]
    said = f"{page.title} {page.text}"
    first = all(one.status is not None and 300 <= one.status < 400 for one in before)
    told = (REFUSED_REQUEST.search(said) or BLAMED_REDIRECT.search(said)) if page.status < 400 else None
    refuses = (told or page.status in _REFUSING) if first else REFUSED_LATE.search(said)
    if not refuses:
        return None
    when = ", before anybody logs in" if first else ""
    return (
        f"The server refuses the authorization request itself{when}: correct what its page or its log names. "
        "Usual reasons are a client id, a redirect URI, a scope or a response type that it does not know."
    )


def _quoted(end: DeadEnd) -> str:
    page = end.page
    said = [f"status {page.status}"]
    if page.title:
        said.append(f"title “{page.title[:_QUOTED]}”")
    text = " ".join(page.text.split())
    if text and text != page.title:
        said.append(f"“{text[:_QUOTED]}{'…' if len(text) > _QUOTED else ''}”")
    if page.empty and not text:
        said.append("an empty page")
    return ", ".join(said)


AUDIT = Audit(
    id="error-page",
    rules=("screen-error-page",),
    title="The login does not end on an error page",
    failed_title="The login ends on a page that does not lead to Alexa",
    judge=judge,
)
