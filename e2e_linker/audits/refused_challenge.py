"""The authorization request is not refused for its code_challenge, or for having none."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.audits.error_words import names_no_parameter
from e2e_linker.audits.refused_parameters import PKCE, refused_for_pkce
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.evidence.models import Ending, SkillFacts, Walk
from e2e_linker.model import Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts, walk: Walk, answer: Answer | None, ending: Ending) -> Outcome:
    """By the words of the error that came back to Alexa in place of a code."""
    if walk.authorization.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no code to protect")
    if answer is None:
        return no_arrival(ending)
    if names_no_parameter(answer):
        missing = f"the refusal, {answer.error_words}, does not say whether it is for PKCE"
        return Inconclusive(missing=(missing,))
    if answer.error is None or not PKCE.search(answer.error_words):
        return verdict(())
    at = request_ref(walk, answer.arrival.request)
    return verdict([refused_for_pkce(skill, f"The authorization request is refused with {answer.error_words}", at)])


AUDIT = Audit(
    id="refused-challenge",
    rules=("token-pkce-verify",),
    title="The authorization request is accepted with PKCE as it is configured",
    failed_title="The server and the console disagree about PKCE",
    judge=judge,
)
