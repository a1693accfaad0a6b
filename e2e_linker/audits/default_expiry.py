"""The default lifetime of access tokens in the configuration is long enough."""

from __future__ import annotations

from e2e_linker.alexa.facts import MIN_EXPIRES_IN, RECOMMENDED_EXPIRES_IN
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, verdict
from e2e_linker.audits.misconfigured import misconfigured
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """At least 360 seconds, where there is one."""
    if skill.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the default lifetime counts for the code grant only")
    if skill.default_expiry_s is None:
        return NotApplicable(reason="the configuration has no default lifetime")
    if skill.default_expiry_s >= MIN_EXPIRES_IN:
        return verdict(())
    field = "defaultTokenExpirationInSeconds"
    text = f"The configured default lifetime is {skill.default_expiry_s} seconds; Alexa needs {MIN_EXPIRES_IN}."
    return misconfigured("token-default-expiry-consistent", text, field, paste=f'"{field}": {RECOMMENDED_EXPIRES_IN}')


AUDIT = Audit(
    id="default-expiry",
    rules=("token-default-expiry-consistent",),
    title="The default token lifetime is long enough",
    failed_title="The default token lifetime is too short",
    scope="run",
    judge=judge,
)
