"""Which rules are tested, by what, and what shows it."""

from __future__ import annotations

from e2e_linker.alexa.rules import Rule, rules
from e2e_linker.audits.registry import covering
from e2e_linker.demo.catalogue import faults
from e2e_linker.model import Record, Severity

__all__ = ["RuleCoverage", "rule_coverage"]


class RuleCoverage(Record):
    """One rule of the reference.

    ``reason`` says why it is not automated, where it is not, and why no fault of the range trips it, where none does.
    """

    rule: str
    title: str
    severity: Severity
    confidence: tuple[str, ...]
    automated: bool
    audit: str | None
    audits: tuple[str, ...]
    fault: str | None
    faults: tuple[str, ...]
    reason: str | None


def rule_coverage() -> tuple[RuleCoverage, ...]:
    """Every rule in the order of the reference."""
    tripped: dict[str, list[str]] = {}
    for fault in faults().values():
        for rule in fault.rules:
            tripped.setdefault(rule, []).append(fault.name)
    rows = []
    for known in rules().values():
        audits = tuple(audit.id for audit in covering(known.id))
        shown = tuple(tripped.get(known.id, ()))
        rows.append(
            RuleCoverage(
                rule=known.id,
                title=known.title,
                severity=known.effective_severity,
                confidence=tuple(known.confidence),
                automated=bool(audits),
                audit=audits[0] if audits else None,
                audits=audits,
                fault=shown[0] if shown else None,
                faults=shown,
                reason=_reason(known, bool(audits), bool(shown)),
            )
        )
    return tuple(rows)


def _reason(known: Rule, automated: bool, shown: bool) -> str | None:
    if not automated:
        return known.manual
    return None if shown else f"No fault of the practice range trips it: {known.observe}"
