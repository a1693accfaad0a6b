"""What turned out to be secret only after it was recorded: the records with that hidden as well.

Cases run side by side, and a token of one of them may have stood, unrecognised, on a page of another that has long been
written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from e2e_linker.evidence.models import CaseEvidence, GatheredOnce, NotCollected, RunEvidence
from e2e_linker.evidence.record_texts import rewritten
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["recorded", "renamed", "surroundings"]

E = TypeVar("E", CaseEvidence, RunEvidence)
P = TypeVar("P", CaseEvidence, RunEvidence, GatheredOnce)
_RECORDED = ("walks", "token_calls", "causes", "ending", "probes", "battery", "further")
"""The fields that hold what a server or a browser said; the others are the user's own or this tool's."""


def recorded(registry: SecretRegistry, evidence: E) -> E:
    """``evidence`` with the secrets of ``registry`` hidden in all that was recorded; itself where there were none."""
    changes: dict[str, object] = {}
    for name in _RECORDED:
        old = getattr(evidence, name, None)
        if isinstance(old, tuple):
            walks = tuple(registry.redact_record(walk) for walk in old)
            if any(walk is not before for walk, before in zip(walks, old, strict=True)):
                changes[name] = walks
        elif old is not None and (new := registry.redact_record(old)) is not old:
            changes[name] = new
    return evidence.model_copy(update=changes) if changes else evidence


def renamed(evidence: P, paths: Mapping[str, str]) -> P:
    """``evidence`` with pictures at new places: ``paths`` has the new one by the old one."""
    return rewritten(evidence, paths, {}, {}, {}) if paths else evidence


def surroundings(evidence: CaseEvidence) -> CaseEvidence:
    """``evidence`` less what was recorded: little more than the skill's configuration."""
    nothing = NotCollected(reason="")
    return evidence.model_copy(update={"walks": (), "token_calls": nothing, "ending": None})
