"""The state comes back as it was sent, from every walk of the case."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.misjoined_answers import state_rejoined
from e2e_linker.audits.state_words import contrast, remedy, where
from e2e_linker.audits.walks import further, no_arrival, of_walk, request_ref, unaffordable
from e2e_linker.derive.answer import UNSEEN, Answer
from e2e_linker.derive.state_trail import StateTrail
from e2e_linker.evidence.models import Ending, Purpose, Walk
from e2e_linker.model import Grant, Severity

__all__ = ["AUDIT", "mismatch"]

_WALKS = {
    "warm": "when the account is linked again in the same browser, the state",
    "region": "with the redirect URI of another region, the state",
    "abandoned": "after an abandoned login, the state",
    "special_state": "a state with the characters %+=/~ comes back changed: it",
}
_SPECIAL = "; Alexa's own states have no such characters today, but every state has to return unharmed"
_NOT_KEPT = "Take the state from each authorization request anew, even where the customer is signed in already."


def judge(
    walk: Walk,
    state_trail: StateTrail,
    answer: Answer | None,
    kept_answer: Answer | None,
    kept_state: StateTrail | None,
    walks: tuple[Walk, ...],
    left_out: tuple[Purpose, ...],
    ending: Ending,
) -> Outcome:
    """Compare decoded values, also of an answer that was kept back; ``redir-error-response`` tells of errors."""
    if answer is not None and answer.unseen:
        return Inconclusive(missing=(UNSEEN,))
    found: list[Finding] = []
    trail = kept_state or state_trail
    wrong = trail.drift if _counts(trail, answer or kept_answer) else None
    if wrong is not None:
        found += _measured(walk, trail)
    for other in further(walks, "warm", "region", "abandoned", "special_state"):
        theirs: StateTrail | None = of_walk(other, "state_trail")
        if theirs is None or theirs.drift is None or not _counts(theirs, of_walk(other, "answer")):
            continue
        if other.purpose == "special_state" and theirs.drift.kind == "swapped":
            # No matter of characters: ``parallel-states`` tells it.
            continue
        if wrong is None or wrong.kind != theirs.drift.kind:
            found += _further(other, theirs, earlier=walk.authorization.state)
    if found or not state_trail.arrived:
        return verdict(found) if found else no_arrival(ending)
    made = further(walks, "special_state")
    return (None if made else unaffordable(left_out, "special_state")) or verdict(())


def _counts(trail: StateTrail, answer: Answer | None) -> bool:
    return not (trail.drift is not None and not trail.returned and answer is not None and answer.error is not None)


def _measured(walk: Walk, trail: StateTrail) -> Iterator[Finding]:
    assert trail.drift is not None
    assert trail.first_wrong is not None
    text, joining = trail.drift.text, state_rejoined(walk) is not None
    if trail.renamed:
        text += f"; its value came back as `{trail.renamed}`"
    if trail.within:
        text += f"; it came back inside `{trail.within.name}`"
    at, fix = request_ref(walk, trail.places[-1].request), remedy(trail, walk)
    yield mismatch(text, subject="state", at=at, fix=fix)
    yield finding(
        "auth-tracks-state",
        f"The state {text}{contrast(trail)}. {'' if trail.within or joining else where(trail)}".strip(),
        subject="state",
        at=request_ref(walk, trail.first_wrong.request),
        related=[request_ref(walk, trail.last_right.request)] if trail.last_right else (),
        fix=fix,
        # How the redirect was joined is told by ``redirect-query`` or ``redirect-fragment``.
        symptom=joining or (trail.within is not None and walk.authorization.grant is Grant.AUTH_CODE),
    )


def mismatch(text: str, *, subject: str, at: EvidenceRef, fix: str, severity: Severity | None = None) -> Finding:
    """What a changed state means to Alexa, beside the finding of ``auth-tracks-state`` that says where it changed."""
    return finding(
        "redir-state-unchanged",
        f"The state of the redirect {text}: Alexa cannot match the answer with its request.",
        subject=subject,
        at=at,
        severity=severity,
        fix=fix,
        symptom=True,
    )


def _further(walk: Walk, trail: StateTrail, *, earlier: str) -> Iterator[Finding]:
    assert trail.drift is not None
    seen = trail.returned[0] if trail.returned else None
    text = "is that of the first login" if seen == earlier else trail.drift.text
    special = walk.purpose == "special_state"
    shown = contrast(trail) if special else ""
    message = f"{_WALKS[walk.purpose]} {text}{shown}{_SPECIAL * special}. {where(trail)}".strip()
    subject, at = f"state ({walk.purpose})", request_ref(walk, trail.places[-1].request)
    severity, fix = Severity.DEGRADES if special else None, _NOT_KEPT if seen == earlier else remedy(trail, walk)
    yield mismatch(text, subject=subject, at=at, severity=severity, fix=fix)
    message = message[0].upper() + message[1:]
    yield finding("auth-tracks-state", message, subject=subject, at=at, severity=severity, fix=fix)


AUDIT = Audit(
    id="state-parameter",
    rules=("auth-tracks-state", "redir-state-unchanged"),
    title="The state comes back unchanged",
    failed_title="The state does not come back as it was sent",
    judge=judge,
)
