"""Skills other than custom ones use the authorization code grant."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.audits.misconfigured import misconfigured
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant

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
    text = f"This is a {kind} skill, which needs the authorization code grant, but its type is {skill.grant}."
    return misconfigured("cfg-auth-code-for-non-custom", text, "type", paste='"type": "AUTH_CODE"')


AUDIT = Audit(
    id="grant-of-kind",
    rules=("cfg-auth-code-for-non-custom",),
    title="The grant is one that this kind of skill may use",
    failed_title="This kind of skill needs the authorization code grant",
    scope="run",
    judge=judge,
)
