"""The configured access token URL can be reached with HTTPS on port 443."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome, verdict
from e2e_linker.audits.misconfigured import misconfigured
from e2e_linker.derive.endpoints import address_problem
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """Scheme, port and host as they are written, whatever the name resolves to here."""
    if skill.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no token endpoint")
    if not skill.access_token_url:
        return Inconclusive(missing=("the configuration has no accessTokenUrl",))
    problem = address_problem(skill.access_token_url)
    if problem is None:
        return verdict(())
    return misconfigured("token-https-443", f"The access token URL {problem}.", "accessTokenUrl")


AUDIT = Audit(
    id="access-token-url",
    rules=("token-https-443",),
    title="The access token URL is HTTPS on port 443",
    failed_title="The access token URL cannot be reached with HTTPS on port 443",
    scope="run",
    judge=judge,
)
