"""What a report says of one audit of one case, as the outcome of a test."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.model import Severity
from e2e_linker.pytest_plugin.told import case_told, findings_told
from e2e_linker.report.fate import fate
from e2e_linker.report.model import CaseReport, RunReport, Status

__all__ = ["CaseNotJudged", "Found", "TestOutcome", "case_fails", "case_linked", "outcome_of"]


class Found(Exception):  # noqa: N818 - what was found, not an error of the program
    """A test that fails with a finding."""


class CaseNotJudged(Exception):  # noqa: N818 - says what could not be done
    """A test of which nothing can be said, for a reason that is not the server's."""


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """The outcome of a test, and what it says to people."""

    __test__ = False

    status: Status
    text: str


def case_linked(report: RunReport, case: str, path: str) -> TestOutcome:
    """Whether ``case`` links. Where nothing can be said of it that is an error: nothing was looked at."""
    found = _case(report, case)
    own = [finding for finding in report.findings if case in finding.cases and finding.severity is Severity.BREAKS]
    text = case_told(found, own, path)
    match fate(found, report.findings):
        case "links":
            return TestOutcome("passed", "")
        case "fails":
            return TestOutcome("failed", text)
        case "unknown" | "errored":
            return TestOutcome("errored", text)


def case_fails(case: CaseReport, report: RunReport) -> bool:
    """Whether ``case`` does not link, or anything found in it degrades linking or worse."""
    bad = [found for found in report.findings if found.severity.at_least(Severity.DEGRADES)]
    return not case.linked or any(case.id in found.cases for found in bad)


def outcome_of(report: RunReport, case: str | None, audit: str, path: str) -> TestOutcome:
    """What ``audit`` said of ``case``, or of the run. Advice alone fails no test; the report has it."""
    outcomes = report.outcomes if case is None else _case(report, case).outcomes
    outcome = next(one for one in outcomes if one.audit == audit)
    found = [one for one in report.findings if one.audit == audit and (case is None or case in one.cases)]
    match outcome.status:
        case "failed":
            bad = [one for one in found if one.severity.at_least(Severity.DEGRADES)]
            return TestOutcome("failed", findings_told(bad, path)) if bad else TestOutcome("passed", "")
        case "inconclusive":
            return TestOutcome("inconclusive", f"inconclusive: {outcome.reason}")
        case "not_applicable":
            return TestOutcome("not_applicable", f"not applicable: {outcome.reason}")
        case "passed" | "errored":
            return TestOutcome(outcome.status, outcome.reason or "")


def _case(report: RunReport, case: str) -> CaseReport:
    return next(one for one in report.cases if one.id == case)
