"""The one place where outcomes become a verdict, an exit code and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from e2e_linker.audits.base import Audit, Errored, Failed, Inconclusive, NotApplicable, Outcome, Passed
from e2e_linker.errors import ExitCode
from e2e_linker.model import Severity
from e2e_linker.report.expectations import Expectation
from e2e_linker.report.model import CaseReport, FindingReport, OutcomeReport, Verdict

__all__ = ["headline_of", "outcome_report", "verdict_of"]


def outcome_report(audit: Audit, outcome: Outcome) -> OutcomeReport:
    """``outcome`` of ``audit`` in the report's words."""
    title, reason = audit.title, None
    match outcome:
        case Passed():
            pass
        case Failed(findings=findings):
            title, reason = audit.failed_title, " ".join(found.message for found in findings)
        case NotApplicable(reason=why):
            reason = why
        case Inconclusive(missing=missing):
            reason = "; ".join(missing)
        case Errored(fault=fault):
            reason = fault
        case _:
            assert_never(outcome)
    return OutcomeReport(audit=audit.id, title=title, rules=audit.rules, status=outcome.status, reason=reason)


def verdict_of(
    interrupted: bool,
    findings: Sequence[FindingReport],
    missed: Sequence[Expectation],
    fail_on: Severity,
    cases: Sequence[CaseReport],
    outcomes: Sequence[OutcomeReport],
) -> tuple[Verdict, int]:
    """(verdict, exit code). Interruption wins over findings, findings over errors, errors over what is unknown."""
    if interrupted:
        return "interrupted", ExitCode.INTERRUPTED
    if missed or any(found.severity.at_least(fail_on) and not found.expected for found in findings):
        return "failed", ExitCode.FINDINGS
    statuses = {outcome.status for case in cases for outcome in case.outcomes} | {one.status for one in outcomes}
    if "errored" in statuses or any(case.ending.kind == "errored" for case in cases):
        return "errored", ExitCode.INTERNAL
    explained = {case for found in findings if found.expected for case in found.cases}
    unlinked = [case for case in cases if not case.linked and case.id not in explained]
    if "inconclusive" in statuses or unlinked:
        return "inconclusive", ExitCode.INCONCLUSIVE
    return "passed", ExitCode.OK


def headline_of(verdict: Verdict, cases: Sequence[CaseReport], findings: Sequence[FindingReport]) -> str:
    """The run in one sentence: how many cases link, and what stands in the way."""
    linked = sum(case.linked for case in cases)
    if not cases:
        counted = "The configuration was checked; nothing was linked."
    elif linked == len(cases):
        counted = "The one case links." if linked == 1 else f"All {linked} cases link."
    else:
        counted = f"{linked} of {len(cases)} cases link."
    open_ones = [found for found in findings if not found.expected]
    if open_ones:
        return f"{counted} {_counted(open_ones)}"
    unsure = {
        "inconclusive": " What stands in the way could not be determined.",
        "interrupted": " The run was interrupted.",
    }
    clean = " Nothing was found." if verdict == "passed" and cases else ""
    return counted + unsure.get(verdict, clean)


def _counted(findings: Sequence[FindingReport]) -> str:
    words = {
        Severity.BREAKS: ("problem breaks linking", "problems break linking"),
        Severity.DEGRADES: ("degrades it", "degrade it"),
        Severity.RECOMMENDED: ("piece of advice", "pieces of advice"),
    }
    parts = []
    for severity, (one, many) in words.items():
        count = sum(found.severity is severity for found in findings)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return ", ".join(parts) + "."
