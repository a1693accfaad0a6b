"""No hop of the login refuses a request for its size."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.dropped_answers import broken_gateway
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.oversize import Oversize
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT", "described", "knob", "raise_limit"]

RULE = "size-own-hops"
_BAD_GATEWAY = 502
_LOOK = "Raise the limit that the server's log names for this request"


def judge(walk: Walk, oversize: tuple[Oversize, ...], ladder: Ladder, ending: Ending) -> Outcome:
    """The oversize answers of the measured walk. What other servers would have refused is no fault of this one."""
    if oversize:
        return verdict(_refused(walk, each, ladder) for each in oversize)
    return verdict(()) if ladder.arrival is not None else no_arrival(ending)


def _refused(walk: Walk, answer: Oversize, ladder: Ladder) -> Finding:
    hop = ladder.of(answer.request)
    severity = None
    if answer.confidence is Confidence.POSSIBLE:
        severity = Severity.RECOMMENDED if answer.alone else Severity.DEGRADES
    if ladder.arrival is not None and (hop is None or not hop.main_frame or severity is not None):
        # The login got through in spite of it.
        severity = Severity.RECOMMENDED
    return finding(
        RULE,
        described(answer),
        subject=answer.url,
        at=request_ref(walk, answer.request),
        severity=severity,
        confidence=answer.confidence,
        fix=knob(answer) or f"{_LOOK}, or shrink cookies and parameters.",
    )


def described(answer: Oversize) -> str:
    """What was refused, by whom and how large it was, in a sentence or two."""
    what = f"status {answer.status}" if answer.status is not None else "a closed connection"
    was = "may have been" if answer.confidence is Confidence.POSSIBLE else "was"
    text = f"{answer.method} {answer.url} {was} refused as too large ({what}): {answer.reason}."
    if answer.head is not None:
        text += f" Head {answer.head:,} bytes, request line {answer.request_line:,}, cookies {answer.cookie_header:,}"
        if answer.padding:
            text += f" ({answer.padding:,} of them padding of this test)"
        part = "other part" if answer.padding else "part"
        text += f"; the largest {part} is {answer.largest.text}." if answer.largest else "."
    return text


def raise_limit(what: str, answer: Oversize | None, shown: Sequence[Page]) -> str:
    """Which limit to raise where a login broke as ``what`` grew, by its oversize ``answer`` or by its last page."""
    if answer is not None and (setting := knob(answer)):
        return setting
    last = last_page(shown)
    if answer is None and last is not None and last.status == _BAD_GATEWAY:
        return broken_gateway(last)
    if what == "state_length":
        return f"{_LOOK}. If it is that of a cookie, nothing can: keep the request on the server's side instead."
    return f"{_LOOK}."


def knob(answer: Oversize) -> str | None:
    """Which setting of the likely server to raise, None where the server could not be told."""
    if answer.server is None:
        return None
    if answer.server.knob == "none":
        return f"{answer.server.server} has no setting for this: shrink the cookies and the parameters."
    name, setting = answer.server.server, f"`{answer.server.knob}`"
    # A number beside the name is what holds where nobody set it, and nothing to raise it to.
    raised = f"its limit, by default {setting}," if any(map(str.isdigit, answer.server.knob)) else f"{setting},"
    if answer.status is None:
        return (
            f"What closed the connection has not told its name. {name}, for one, does so: where it stands before this "
            f"host, raise {raised} or shrink cookies and parameters."
        )
    return f"{name} probably answered: raise {raised} or shrink cookies and parameters."


AUDIT = Audit(
    id="request-size",
    rules=(RULE,),
    title="No hop refuses a request for its size",
    failed_title="A hop of the login refuses a request for its size",
    judge=judge,
)
