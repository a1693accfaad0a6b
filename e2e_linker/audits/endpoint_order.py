"""The two URLs of the configuration do not stand in each other's place."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, NotApplicable, Outcome, finding, verdict
from e2e_linker.derive.endpoints import look_swapped
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Confidence, Fault

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """The last words of both paths: ``/token`` as authorization URL and ``/authorize`` as token URL."""
    if not skill.access_token_url:
        return NotApplicable(reason="the configuration has no accessTokenUrl")
    if not look_swapped(skill.authorization_url, skill.access_token_url):
        return verdict(())
    paste = f'"authorizationUrl": "{skill.access_token_url}",\n"accessTokenUrl": "{skill.authorization_url}"'
    return verdict(
        [
            finding(
                "token-endpoint-not-swapped",
                "The authorization URL looks like a token endpoint and the access token URL like a login page.",
                subject="endpoints",
                at=EvidenceRef(kind="configuration", ref="authorizationUrl"),
                related=[EvidenceRef(kind="configuration", ref="accessTokenUrl")],
                confidence=Confidence.LIKELY,
                paste=paste,
                where="accountLinkingRequest",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="endpoint-order",
    rules=("token-endpoint-not-swapped",),
    title="The two endpoint URLs stand in their places",
    failed_title="The two endpoint URLs look interchanged",
    scope="run",
    judge=judge,
)
