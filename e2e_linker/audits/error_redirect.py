"""A refusal or failure comes back to Alexa as an error that Alexa understands."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.walks import ends_untold, of_walk, request_ref, stopped_at, walk_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.evidence.models import LoginStep, Walk

__all__ = ["AUDIT"]

RULE = "redir-error-response"
_CODES = frozenset(
    {
        # RFC 6749 section 4.1.2.1
        "access_denied",
        "invalid_request",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_response_type",
        # OpenID Connect Core section 3.1.2.6; one of them is what real servers answer to a refused consent.
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_request_object",
        "invalid_request_uri",
        "login_required",
        "registration_not_supported",
        "request_not_supported",
        "request_uri_not_supported",
    }
)
_REFUSALS = frozenset({"deny", "decline", "cancel"})


def judge(walks: tuple[Walk, ...]) -> Outcome:
    """Judged only where a refusal was tried or an error came."""
    answers = [(walk, of_walk(walk, "answer")) for walk in walks if walk.purpose != "simulated"]
    errors = [(walk, answer) for walk, answer in answers if answer is not None and answer.error is not None]
    stuck = [walk for walk, answer in answers if answer is None and _refused(walk) and not ends_untold(walk)]
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
    return verdict({each.fingerprint: each for each in reversed(found)}.values())


def _refused(walk: Walk) -> bool:
    steps: tuple[LoginStep, ...] = of_walk(walk, "login") or ()
    return any(step.what in _REFUSALS and step.outcome == "done" for step in steps)


def _faults(walk: Walk, answer: Answer) -> Iterator[Finding]:
    at = request_ref(walk, answer.arrival.request)
    if answer.error not in _CODES:
        text = f"The redirect carries an error code that no specification knows: {answer.error_words}."
        yield finding(RULE, text, subject="error code", at=at)
    if not answer.named("state"):
        text = f"The redirect that reports {answer.error_words} carries no state."
        yield finding(RULE, text, subject="state", at=at)


AUDIT = Audit(
    id="error-redirect",
    rules=(RULE,),
    title="Errors go back to Alexa as OAuth errors",
    failed_title="Errors do not go back to Alexa as they should",
    judge=judge,
)
