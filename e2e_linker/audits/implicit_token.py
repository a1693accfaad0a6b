"""The access token of an implicit link is good for something."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.token_uses import refused, unsaid
from e2e_linker.derive.challenges import challenge_of
from e2e_linker.derive.replies import token_accepted, tries_access
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence, Depth, Grant

__all__ = ["AUDIT"]

_Tried = tuple[EvidenceRef, TokenCall]


def judge(skill: SkillFacts, cases: CaseTable) -> Outcome:
    """The token of each redirect at ``linker.resource``, as soon as it was there."""
    if skill.grant is not Grant.IMPLICIT:
        return NotApplicable(reason="the tokens of a code grant are tried by the probes of the token endpoint")
    tried: list[_Tried] = [
        (EvidenceRef(kind="token_call", ref=str(call.n), case=case.id), call)
        for case, calls in cases.collect("token_calls")
        for call in calls
        if tries_access(call)
    ]
    if not tried:
        return NotApplicable(reason="no access token was tried: set linker.resource, and choose --depth standard")
    taken, dead = ([one for one in tried if _taken(one[1]) is wanted] for wanted in (True, False))
    if not dead:
        unclear = next((call for _, call in tried if _taken(call) is None), None)
        return Inconclusive(missing=(unsaid(unclear),)) if unclear else verdict(())
    at, call = dead[0]
    if not taken:
        every = "the access token of every redirect" if len(dead) > 1 else "the access token of the redirect"
        question = "is this the right place, and do the skill's tokens permit what is asked there?"
        return Inconclusive(missing=(f"{every} is good for nothing, as {refused(call)}: {question}",))
    return verdict(
        [
            finding(
                "token-no-early-invalidation",
                f"The access token of a redirect is good for nothing from the first moment: {refused(call)}, "
                f"which takes that of {taken[0][0].case}.",
                subject="token of the redirect",
                at=at,
                related=[taken[0][0]],
                # A resource of one region, or a limit of its own, may refuse a good token as well.
                confidence=Confidence.LIKELY,
                fix="Store every access token before the redirect hands it over, and leave those of other links alone.",
            )
        ]
    )


def _taken(call: TokenCall) -> bool | None:
    """Whether the resource takes the token; None where it does not say, or a guard answered in its place."""
    return None if challenge_of(call) is not None else token_accepted(call)


AUDIT = Audit(
    id="implicit-token",
    rules=("token-no-early-invalidation",),
    title="The access token of the redirect is accepted",
    failed_title="The access token of the redirect is refused",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
