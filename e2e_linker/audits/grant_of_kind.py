"""Skills other than custom ones use the authorization code grant."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Fault, Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """The configured type against the kind of the skill."""
    if skill.skill_kind == "custom":
        return NotApplicable(reason="a custom skill may use either grant")
    if skill.grant is None:
        return Inconclusive(missing=("the configuration does not say which grant it means",))
    if skill.grant is Grant.AUTH_CODE:
        return verdict(())
    kind = skill.skill_kind.replace("_", " ")
    return verdict(
        [
            finding(
                "cfg-auth-code-for-non-custom",
                f"This is a {kind} skill, which needs the authorization code grant, but its type is {skill.grant}.",
                subject="type",
                at=EvidenceRef(kind="configuration", ref="type"),
                paste='"type": "AUTH_CODE"',
                where="accountLinkingRequest.type",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="grant-of-kind",
    rules=("cfg-auth-code-for-non-custom",),
    title="The grant is one that this kind of skill may use",
    failed_title="This kind of skill needs the authorization code grant",
    scope="run",
    judge=judge,
)
