"""Projects against regions: one cell a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from e2e_linker.model import Region, Severity
from e2e_linker.report.fate import fate
from e2e_linker.report.model import CaseReport, FindingReport
from e2e_linker.report.words import ENDINGS, SEVERITY_ADJECTIVES, STANDINGS, Standing

__all__ = ["SIGN_WORDS", "Cell", "Matrix", "OfRun", "Row", "Sign", "matrix"]

Sign = Literal["links", "degrades", "fails", "unknown", "errored"]
"""The glyph of a cell: what became of the case, and ``degrades`` where it links although something is wrong."""

SIGN_WORDS: Final[Mapping[Sign, str]] = MappingProxyType(
    {
        "links": "links, nothing found in the case",
        "degrades": "links, but with findings",
        "fails": "does not link",
        "unknown": "not determined",
        "errored": "tool error",
    }
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A case, what became of it, and the number of open findings that concern it, by severity, worst first."""

    case: CaseReport
    fate: Standing
    counts: tuple[tuple[Severity, int], ...]

    @property
    def sign(self) -> Sign:
        """The glyph that stands for the case."""
        grave = any(severity.at_least(Severity.DEGRADES) for severity, _ in self.counts)
        return "degrades" if self.fate == "links" and grave else self.fate

    @property
    def words(self) -> str:
        """The cell in words: ``does not link, dead end, 2 breaking``."""
        parts = [STANDINGS[self.fate]]
        if self.fate != "links":
            parts.append(ENDINGS[self.case.ending.kind])
        if self.case.flaky:
            parts.append("flaky")
        return ", ".join([*parts, *(f"{number} {SEVERITY_ADJECTIVES[severity]}" for severity, number in self.counts)])


@dataclass(frozen=True, slots=True)
class Row:
    """A project. A region it was not run in has an empty cell."""

    project: str
    device: str | None
    engine: str
    """``chromium``, ``chromium in place of webkit`` where it stands in for another, ``no engine``."""
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class OfRun:
    """The open findings that concern the whole run and no single case, worst first; never empty."""

    findings: tuple[FindingReport, ...]

    @property
    def sign(self) -> Severity:
        """The glyph of all of them."""
        return min((found.severity for found in self.findings), key=lambda severity: severity.rank)

    @property
    def words(self) -> str:
        """``1 finding that belongs to no single case``."""
        many = len(self.findings)
        return f"{many} {'finding that belongs' if many == 1 else 'findings that belong'} to no single case"


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cases. ``rows`` and ``regions`` are in the order of the run."""

    regions: tuple[Region, ...]
    rows: tuple[Row, ...]
    of_run: OfRun | None = None

    @property
    def by_case(self) -> dict[str, Sign]:
        """The glyph of each case, by its id: the same wherever the case is shown."""
        return {cell.case.id: cell.sign for row in self.rows for cells in row.cells for cell in cells}

    @property
    def signs(self) -> tuple[tuple[Sign, int], ...]:
        """(glyph, cells) of the glyphs that occur."""
        all_ = [cell.sign for row in self.rows for cells in row.cells for cell in cells]
        return tuple((sign, all_.count(sign)) for sign in SIGN_WORDS if sign in all_)


def matrix(cases: Sequence[CaseReport], findings: Sequence[FindingReport]) -> Matrix:
    """The matrix of ``cases``."""
    regions = tuple(region for region in Region if any(case.region is region for case in cases))
    rows = []
    for project in dict.fromkeys(case.project for case in cases):
        own = [case for case in cases if case.project == project]
        cells = tuple(tuple(_cell(case, findings) for case in own if case.region is region) for region in regions)
        rows.append(Row(project, own[0].device, _engine(own[0]), cells))
    of_run = tuple(found for found in findings if not found.cases and not found.expected)
    return Matrix(regions, tuple(rows), OfRun(of_run) if of_run else None)


def _engine(case: CaseReport) -> str:
    if case.source == "har":
        return "capture"
    if not case.engine:
        return "no engine"
    return f"{case.engine} in place of {case.asked_engines[0]}" if case.substitute else case.engine


def _cell(case: CaseReport, findings: Sequence[FindingReport]) -> Cell:
    open_ones = [found.severity for found in findings if case.id in found.cases and not found.expected]
    return Cell(
        case,
        fate(case, findings),
        tuple((severity, open_ones.count(severity)) for severity in Severity if severity in open_ones),
    )
