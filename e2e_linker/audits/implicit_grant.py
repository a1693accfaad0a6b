"""The authorization code grant is preferred to the implicit grant."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.audits.misconfigured import misconfigured
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """The configured type. Where the kind of the skill forbids the implicit grant, ``grant-of-kind`` says so."""
    if skill.grant is None:
        return Inconclusive(missing=("the configuration does not say which grant it means",))
    if skill.grant is Grant.AUTH_CODE:
        return verdict(())
    if skill.skill_kind != "custom":
        return NotApplicable(reason="this kind of skill may not use the implicit grant at all")
    text = "The skill uses the implicit grant: every link ends with its first access token."
    return misconfigured("cfg-implicit-discouraged", text, "type")


AUDIT = Audit(
    id="implicit-grant",
    rules=("cfg-implicit-discouraged",),
    title="The skill uses the authorization code grant",
    failed_title="The skill uses the implicit grant",
    scope="run",
    judge=judge,
)
