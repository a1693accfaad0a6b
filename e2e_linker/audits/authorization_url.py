"""The configured authorization URL can be reached with HTTPS on port 443."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Outcome, verdict
from e2e_linker.audits.misconfigured import misconfigured
from e2e_linker.derive.endpoints import address_problem
from e2e_linker.evidence.models import SkillFacts

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """Scheme, port and host as they are written, whatever the name resolves to here."""
    problem = address_problem(skill.authorization_url)
    if problem is None:
        return verdict(())
    return misconfigured("auth-https-443", f"The authorization URL {problem}.", "authorizationUrl")


AUDIT = Audit(
    id="authorization-url",
    rules=("auth-https-443",),
    title="The authorization URL is HTTPS on port 443",
    failed_title="The authorization URL cannot be reached with HTTPS on port 443",
    scope="run",
    judge=judge,
)
