"""The skill file holds no client secret in plain text."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Outcome, finding, verdict
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Fault

__all__ = ["AUDIT"]


def judge(skill: SkillFacts) -> Outcome:
    """Whether reading the file found one; the secret itself is in no evidence."""
    if not skill.literal_secret:
        return verdict(())
    return verdict(
        [
            finding(
                "cfg-secret-not-in-repo",
                "The skill file holds a secret in plain text; whoever can read the file can redeem codes.",
                subject="clientSecret",
                at=EvidenceRef(kind="configuration", ref="clientSecret"),
                paste='"clientSecret": "env:E2E_LINKER_CLIENT_SECRET"',
                where="linker.clientSecret",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="literal-secret",
    rules=("cfg-secret-not-in-repo",),
    title="The skill file holds no secret",
    failed_title="The skill file holds a secret in plain text",
    scope="run",
    judge=judge,
)
