"""Two logins at the same time keep their states apart."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.state_parameter import mismatch
from e2e_linker.audits.state_words import contrast, remedy, where
from e2e_linker.audits.walks import of_walk, probe_walks, request_ref, stopped_at, unaffordable
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.drift import Drift, DriftKind, drift
from e2e_linker.derive.state_trail import StateTrail
from e2e_linker.evidence.models import RunEvidence, Walk

__all__ = ["AUDIT"]

_SUBJECT = "state (parallel)"
_FIX = "Keep the state with the single login, in its form or under a key of its own in the session."
_LOST: frozenset[DriftKind] = frozenset({"missing", "replaced", "swapped"})
"""What becomes of a state that another login overwrites."""


def judge(run: RunEvidence, cases: CaseTable) -> Outcome:
    """What becomes of the state of a measured walk, too, is judged per case.

    The login with the special state runs beside others as well, and may get the state of one of them.
    """
    pairs = probe_walks(run, cases, "parallel")
    sent = [walk.authorization.state for _, walk in pairs]
    alone = {trail.drift.kind for _, trail in cases.collect("state_trail") if trail.drift}
    beside = probe_walks(run, cases, "special_state")
    wrong = [(case, walk, change) for case, walk in (*pairs, *beside) if (change := _change(walk, sent))]
    swapped = [one for one in wrong if one[2].kind == "swapped"]
    others = [one for one in wrong if one[1].purpose == "parallel" and one[2].kind not in alone]
    if not pairs and not swapped:
        left_out = unaffordable((each.purpose for each in run.left_out), "parallel")
        return left_out or NotApplicable(reason="no two logins were run at the same time")
    ends = tuple(stopped_at(walk) for _, walk in pairs if walk.ending.kind != "arrived")
    if ends and not swapped and not others:
        return Inconclusive(missing=tuple(f"a parallel login did not reach Alexa: {end}" for end in ends))
    return verdict([found for one in (swapped or others)[:1] for found in _findings(*one)])


def _change(walk: Walk, sent: Sequence[str]) -> Drift | None:
    """How the state of ``walk`` came back wrong; None where it did not, or where an error came back without one."""
    trail: StateTrail | None = of_walk(walk, "state_trail")
    answer: Answer | None = of_walk(walk, "answer")
    if trail is None or answer is None or trail.drift is None or not (trail.returned or answer.error is None):
        return None
    others = [state for state in sent if state != trail.sent]
    changes = [change for value in trail.returned if (change := drift(trail.sent, value, others))]
    return next((change for change in changes if change.kind == "swapped"), trail.drift)


def _findings(case: str | None, walk: Walk, change: Drift) -> tuple[Finding, Finding]:
    trail: StateTrail = of_walk(walk, "state_trail")
    at = request_ref(walk, trail.places[-1].request).model_copy(update={"case": case})
    if change.kind == "swapped":
        why = f"The state {change.text}: the server keeps one state for all logins of a browser or an account."
    else:
        why = f"With two logins at the same time, the state {change.text}{contrast(trail)}. {where(trail)}".strip()
    fix = _FIX if change.kind in _LOST else remedy(trail, walk)
    seen = mismatch(change.text, subject=_SUBJECT, at=at, fix=fix)
    return seen, finding("auth-tracks-state", why, subject=_SUBJECT, at=at, fix=fix)


AUDIT = Audit(
    id="parallel-states",
    rules=("auth-tracks-state", "redir-state-unchanged"),
    title="Parallel logins keep their own state",
    failed_title="Parallel logins get each other's state",
    judge=judge,
    scope="run",
)
