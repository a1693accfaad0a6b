"""The configured access token URL can be reached with HTTPS on port 443."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, NotApplicable, Outcome
from e2e_linker.audits.exchanges import unreachable
from e2e_linker.audits.misconfigured import misaddressed
from e2e_linker.audits.runner import CaseTable
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant

__all__ = ["AUDIT"]


def judge(skill: SkillFacts, cases: CaseTable) -> Outcome:
    """Scheme, port and host as they are written, whatever the name resolves to here; and who could not reach it."""
    if skill.grant is Grant.IMPLICIT:
        return NotApplicable(reason="the implicit grant has no token endpoint")
    if not skill.access_token_url:
        return Inconclusive(missing=("the configuration has no accessTokenUrl",))
    unreached = {case.id: why for case, made in cases.collect("exchange") if made and (why := unreachable(made))}
    name, field = "The access token URL", "accessTokenUrl"
    return misaddressed("token-https-443", name, skill.access_token_url, field, unreached=unreached)


AUDIT = Audit(
    id="access-token-url",
    rules=("token-https-443",),
    title="The access token URL is HTTPS on port 443",
    failed_title="The access token URL cannot be reached with HTTPS on port 443",
    scope="run",
    judge=judge,
    of_configuration=True,
)
