"""The configured authorization URL can be reached with HTTPS on port 443."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Outcome
from e2e_linker.audits.misconfigured import misaddressed
from e2e_linker.evidence.models import SkillFacts

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """Scheme, port and host as they are written, whatever the name resolves to here."""
    return misaddressed("auth-https-443", "The authorization URL", skill.authorization_url, "authorizationUrl")


AUDIT = Audit(
    id="authorization-url",
    rules=("auth-https-443",),
    title="The authorization URL is HTTPS on port 443",
    failed_title="The authorization URL cannot be reached with HTTPS on port 443",
    scope="run",
    judge=judge,
)
