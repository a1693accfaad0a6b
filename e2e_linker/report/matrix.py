"""Projects against regions: one cell a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.model import Region, Severity
from e2e_linker.report.model import CaseReport, FindingReport

__all__ = ["Cell", "Matrix", "Row", "matrix"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A case and the number of open findings that concern it, by severity, worst first."""

    case: CaseReport
    counts: tuple[tuple[Severity, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A project. A region it was not run in has an empty cell."""

    project: str
    device: str | None
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cases. ``rows`` and ``regions`` are in the order of the run."""

    regions: tuple[Region, ...]
    rows: tuple[Row, ...]


def matrix(cases: Sequence[CaseReport], findings: Sequence[FindingReport]) -> Matrix:
    """The matrix of ``cases``."""
    regions = tuple(region for region in Region if any(case.region is region for case in cases))
    rows = []
    for project in dict.fromkeys(case.project for case in cases):
        own = [case for case in cases if case.project == project]
        cells = tuple(tuple(_cell(case, findings) for case in own if case.region is region) for region in regions)
        rows.append(Row(project, own[0].device, cells))
    return Matrix(regions, tuple(rows))


def _cell(case: CaseReport, findings: Sequence[FindingReport]) -> Cell:
    open_ones = [found.severity for found in findings if case.id in found.cases and not found.expected]
    return Cell(case, tuple((severity, open_ones.count(severity)) for severity in Severity if severity in open_ones))
