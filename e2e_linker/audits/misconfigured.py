"""What the audits share that judge one field of the skill configuration."""

from __future__ import annotations

from e2e_linker.audits.base import EvidenceRef, Outcome, finding, verdict
from e2e_linker.model import Fault

__all__ = ["misconfigured"]


def misconfigured(rule: str, message: str, field: str, *, paste: str | None = None) -> Outcome:
    """The failure of ``rule`` by ``field`` of ``accountLinkingRequest``, to be mended there."""
    return verdict(
        [
            finding(
                rule,
                message,
                subject=field,
                at=EvidenceRef(kind="configuration", ref=field),
                paste=paste,
                where=f"accountLinkingRequest.{field}",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )
