"""A refusal or failure comes back to Alexa as an error that Alexa understands."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.error_remedies import remedy
from e2e_linker.audits.error_words import CODES
from e2e_linker.audits.rate_limit import why_untold
from e2e_linker.audits.return_remedies import cut_short
from e2e_linker.audits.walks import of_walk, proves_nothing, request_ref, stopped_at, walk_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.evidence.models import LoginStep, Walk

__all__ = ["AUDIT"]

RULE = "redir-error-response"
_WITHOUT_STATE = "Add the state of the authorization request, unchanged, to the redirect that reports an error."
_REFUSALS = frozenset({"deny", "decline", "cancel"})


def judge(walks: tuple[Walk, ...]) -> Outcome:
    """Judged only where a refusal was tried or an error came."""
    answers = [(walk, of_walk(walk, "answer")) for walk in walks if walk.purpose != "simulated"]
    errors = [(walk, answer) for walk, answer in answers if answer is not None and answer.error is not None]
    ended = [walk for walk, answer in answers if answer is None and _refused(walk)]
    stuck = [walk for walk in ended if not proves_nothing(walk)]
    if not errors and not stuck and not any(_refused(walk) for walk in walks):
        return NotApplicable(reason="nothing was refused and no error came")
    found = [f for walk, answer in errors for f in _faults(walk, answer)]
    found += [
        finding(
            RULE,
            f"After the refusal nothing goes back to Alexa: {stopped_at(walk)}.",
            subject="refusal",
            at=walk_ref(walk),
        )
        for walk in stuck
    ]
    if ended and not found and not errors:
        return Inconclusive(missing=tuple(f"after the refusal: {why_untold(walk)}" for walk in ended))
    return verdict({each.fingerprint: each for each in reversed(found)}.values())


def _refused(walk: Walk) -> bool:
    steps: tuple[LoginStep, ...] = of_walk(walk, "login") or ()
    return any(step.what in _REFUSALS and step.outcome == "done" for step in steps)


def _faults(walk: Walk, answer: Answer) -> Iterator[Finding]:
    at = request_ref(walk, answer.arrival.request)
    if answer.error not in CODES:
        text = f"The redirect carries an error code that no specification knows: {answer.error_words}."
        # That the measured walk brought an error instead of a code is told as the cause by ``redirect-query``.
        told = walk.purpose == "measured"
        yield finding(RULE, text, subject="error code", at=at, fix=remedy(walk, answer), symptom=told)
    if not answer.named("state"):
        text = f"The redirect that reports {answer.error_words} carries no state."
        # A server that was not brought the state has none to send back.
        cut = cut_short(walk, answer)
        lost = cut is not None and "state" in cut.lost
        yield finding(RULE, text, subject="state", at=at, fix=_WITHOUT_STATE, symptom=lost)


AUDIT = Audit(
    id="error-redirect",
    rules=(RULE,),
    title="Errors go back to Alexa as OAuth errors",
    failed_title="Errors do not go back to Alexa as they should",
    judge=judge,
)
