"""Two logins at the same time keep their states apart."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.state_parameter import mismatch
from e2e_linker.audits.walks import of_walk, probe_walks, request_ref, stopped_at, unaffordable
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.drift import drift
from e2e_linker.derive.state_trail import StateTrail
from e2e_linker.evidence.models import RunEvidence

__all__ = ["AUDIT"]

_SUBJECT = "state (parallel)"
_FIX = "Keep the state with the single login, in its form or under a key of its own in the session."


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """Only a state that belongs to the other login is a fault of running in parallel; others are judged per case."""
    pairs = probe_walks(run, cases, "parallel")
    if not pairs:
        left_out = unaffordable((each.purpose for each in run.left_out), "parallel")
        return left_out or NotApplicable(reason="no two logins were run at the same time")
    sent = [walk.authorization.state for _, walk in pairs]
    found: list[Finding] = []
    arrived = 0
    for case, walk in pairs:
        trail: StateTrail | None = of_walk(walk, "state_trail")
        answer: Answer | None = of_walk(walk, "answer")
        if trail is None or not trail.arrived or answer is None:
            continue
        arrived += 1
        others = [state for state in sent if state != trail.sent]
        change = next((d for value in trail.returned if (d := drift(trail.sent, value, others))), None)
        if change is not None and change.kind == "swapped":
            at = request_ref(walk, answer.arrival.request).model_copy(update={"case": case})
            swapped = finding(
                "auth-tracks-state",
                f"The state {change.text}: the server keeps one state for all logins of a browser or an account.",
                subject=_SUBJECT,
                at=at,
                fix=_FIX,
            )
            found = [mismatch(change.text, subject=_SUBJECT, at=at, fix=_FIX), swapped]
            break
    if not found and arrived < len(pairs):
        ends = (stopped_at(walk) for _, walk in pairs if walk.ending.kind != "arrived")
        return Inconclusive(missing=tuple(f"a parallel login did not reach Alexa: {end}" for end in ends))
    return verdict(found)


AUDIT = Audit(
    id="parallel-states",
    rules=("auth-tracks-state", "redir-state-unchanged"),
    title="Parallel logins keep their own state",
    failed_title="Parallel logins get each other's state",
    judge=judge,
    scope="run",
)
