"""Which audits a run asks: those that were chosen, and where no case was to be run those of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from e2e_linker.audits.base import Audit, Failed, Outcome
from e2e_linker.audits.runner import selected
from e2e_linker.derive.base import parameters_of
from e2e_linker.evidence.models import CaseEvidence, RunEvidence

__all__ = ["asked", "idle", "told"]

_OF_CONFIGURATION = frozenset({"skill", "options"})
_STAND_INS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "error-page": ("dead-press", "forgotten-session", "undisplayed-page", "unsent-answer"),
        "screen-blank": ("unsent-answer",),
    }
)
"""By audit, those that tell in its place of what they know better; who asks for it alone is to be told all the same."""


def idle(run: RunEvidence, cases: Sequence[CaseEvidence]) -> bool:
    """Whether ``run`` was a shard that no case fell to."""
    return not cases and not run.options.get("dry_run") and not run.options.get("cases", True)


def asked(run: RunEvidence, *, alone: bool) -> Mapping[str, Audit]:
    """The audits to ask, by id. ``alone`` leaves only those that can say something of the configuration alone."""
    chosen = selected(_with_stand_ins(run.options.get("only", ())), run.options.get("skip", ()))
    if not alone:
        return chosen
    return {name: audit for name, audit in chosen.items() if audit.early or _needs_no_case(audit)}


def told(outcomes: Mapping[str, Outcome], chosen: Mapping[str, Audit], *, alone: bool) -> Mapping[str, Outcome]:
    """``outcomes`` of the run as a whole; of the configuration ``alone`` without what only cases could have told."""
    if not alone:
        return outcomes
    return {name: one for name, one in outcomes.items() if isinstance(one, Failed) or not chosen[name].early}


def _with_stand_ins(only: Iterable[str]) -> list[str]:
    return [name for asked_for in only for name in (asked_for, *_STAND_INS.get(asked_for, ()))]


def _needs_no_case(audit: Audit) -> bool:
    return audit.of_configuration or set(parameters_of(audit.judge)) <= _OF_CONFIGURATION
