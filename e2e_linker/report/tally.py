"""How many requirements a run judged, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.alexa.rules import rules
from e2e_linker.report.model import RunReport

__all__ = ["Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of requirements, each counted once."""

    met: int
    broken: int
    """Broken in a case or for the whole run, also where that was expected."""
    unsure: int
    """Judged nowhere, because something was missing or this tool failed."""
    inapplicable: int
    """What they ask for does not occur with this skill and these devices."""
    untried: int
    """Left out of this run: by its depth, or because only some were asked for."""
    by_hand: int
    """No audit covers them."""

    @property
    def judged(self) -> int:
        """Those that were held against what happened."""
        return self.met + self.broken


def tally(report: RunReport) -> Tally:
    """Every requirement of the reference under one heading: broken before met, met before what is not known."""
    statuses: dict[str, set[str]] = {}
    for outcome in (*report.outcomes, *(one for case in report.cases for one in case.outcomes)):
        # Of an audit's rules those that no finding names are met.
        for covered in outcome.rules:
            statuses.setdefault(covered, set()).add("passed" if outcome.status == "failed" else outcome.status)
    broken = {found.rule for found in report.findings}
    counts = dict.fromkeys(("broken", "met", "unsure", "inapplicable", "untried", "by_hand"), 0)
    for name, rule in rules().items():
        seen = statuses.get(name, set())
        if name in broken:
            counts["broken"] += 1
        elif "passed" in seen:
            counts["met"] += 1
        elif seen & {"inconclusive", "errored"}:
            counts["unsure"] += 1
        elif seen:
            counts["inapplicable"] += 1
        else:
            counts["untried" if rule.manual is None else "by_hand"] += 1
    return Tally(**counts)
