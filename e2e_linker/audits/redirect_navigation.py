"""The browser itself is sent back to Alexa: a top-level GET, at once."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.ladder import Ladder
from e2e_linker.evidence.models import Arrival, Ending, Request, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT", "SCRIPT_CALL", "by_script"]

SCRIPT_CALL = "script call"
"""The subject of the finding that nothing but a script came to the redirect URI, so that no customer did."""
RULE = "redir-is-http-redirect-or-navigation"
_NAVIGATIONS = frozenset({"document", ""})
_BY_SCRIPT = (
    "Answer the script with the redirect URL, code and state included, and let it set `location` to that; or let the "
    "browser send the form itself, and answer it with 303 See Other and the redirect URI as Location."
)


def judge(
    walk: Walk,
    answer: Answer | None,
    arrivals: tuple[Arrival, ...],
    ladder: Ladder,
    requests: tuple[Request, ...],
    ending: Ending,
) -> Outcome:
    """Frame, window, kind and method of the request that reached Alexa, and what led there.

    What a script called beside the browser's own way there is left to ``redirect-count``.
    """
    if answer is None:
        return no_arrival(ending)
    by_number = {request.n: request for request in requests}
    sent = next((each for each in arrivals if not by_script(each)), answer.arrival)
    return verdict(_faults(walk, sent, ladder, by_number))


def by_script(arrival: Arrival) -> bool:
    """Whether a script called the redirect URI, so that the browser itself was not sent there."""
    return arrival.resource_type.lower() not in _NAVIGATIONS


def _faults(walk: Walk, arrival: Arrival, ladder: Ladder, requests: dict[int, Request]) -> Iterator[Finding]:
    at = request_ref(walk, arrival.request)
    if by_script(arrival):
        text = (
            f"A script called the redirect URI ({arrival.resource_type}) instead of sending the browser there: Amazon's"
            " answer is kept from it (CORS), and the customer stays on the page."
        )
        yield finding(RULE, text, subject=SCRIPT_CALL, at=at, fix=_BY_SCRIPT)
        return
    if not arrival.main_frame:
        yield finding(RULE, "Only a frame inside the page was sent to Alexa.", subject="frame", at=at)
    elif arrival.window != 0:
        text = "A second window was sent to Alexa; the one that Alexa opened stays where it was."
        fix = "Keep the login in the window that Alexa opened: no `target`, no `window.open`."
        yield finding(RULE, text, subject="window", at=at, symptom=True, fix=fix)
    if arrival.method == "POST":
        yield _posted(walk, arrival, requests)
    hop = next((each for each in ladder.hops if each.arrival), None)
    if hop is not None and hop.refresh_s:
        yield finding(
            RULE,
            f"The page goes to Alexa by a refresh after {hop.refresh_s:g} s; an app may close or block it before.",
            subject="refresh",
            at=at,
            severity=Severity.DEGRADES,
            confidence=Confidence.POSSIBLE,
        )


def _posted(walk: Walk, arrival: Arrival, requests: dict[int, Request]) -> Finding:
    reached = requests.get(arrival.request or 0)
    before = requests.get(reached.redirected_from or 0) if reached else None
    at = request_ref(walk, arrival.request)
    if before is not None and before.status in {307, 308}:
        return finding(
            RULE,
            f"Status {before.status} after a POST makes the browser post the form and what was typed to Amazon.",
            subject=f"status {before.status}",
            at=request_ref(walk, before.n),
            related=[at],
        )
    return finding(RULE, "The page posts a form to Alexa instead of redirecting.", subject="form post", at=at)


AUDIT = Audit(
    id="redirect-navigation",
    rules=(RULE,),
    title="The browser is sent to Alexa by a redirect",
    failed_title="The browser is not properly sent to Alexa",
    judge=judge,
)
