"""The configured access token URL can be reached with HTTPS on port 443."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome
from e2e_linker.audits.misconfigured import misaddressed
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """Scheme, port and host as they are written, whatever the name resolves to here."""
    if skill.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no token endpoint")
    if not skill.access_token_url:
        return Inconclusive(missing=("the configuration has no accessTokenUrl",))
    return misaddressed("token-https-443", "The access token URL", skill.access_token_url, "accessTokenUrl")


AUDIT = Audit(
    id="access-token-url",
    rules=("token-https-443",),
    title="The access token URL is HTTPS on port 443",
    failed_title="The access token URL cannot be reached with HTTPS on port 443",
    scope="run",
    judge=judge,
)
