"""The report as JUnit XML: one suite a case, one test an audit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from e2e_linker.model import Severity
from e2e_linker.report.fate import fate
from e2e_linker.report.model import CaseReport, FindingReport, OutcomeReport, RunReport, UnmetExpectation
from e2e_linker.report.texts import BODY, shown, terse
from e2e_linker.report.words import ending_words, standing

__all__ = ["junit_xml"]

# Of what is left after control characters were made visible, XML 1.0 refuses these.
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_REFUSED = re.compile(r"[\ufffe\uffff]")


def junit_xml(report: RunReport) -> str:
    """The XML text. A failed audit fails its test where a finding reaches the run's ``fail_on``; the rest is shown."""
    fail_on = Severity(str(report.options.get("fail_on", Severity.DEGRADES)))
    document = JUnitXml("e2e-linker")
    for case in report.cases:
        own = [found for found in report.findings if case.id in found.cases]
        suite = TestSuite(case.id)
        # Strict readers want the properties before the tests.
        suite.add_property("project", _clean(case.project))
        suite.add_property("engine", _clean(f"{case.engine or 'none'} {case.engine_version or ''}".strip()))
        suite.add_property("region", case.region)
        _fill(suite, [_linked(case, own)], case.outcomes, own, fail_on)
        suite.time = case.duration_s
        document.add_testsuite(suite)
    for suite in _not_run(report):
        document.add_testsuite(suite)
    missed = [_unmet(known) for known in report.unmet_expectations]
    whole = TestSuite("run")
    # What the run shows as a whole may show in single cases, and is no test of theirs.
    _fill(whole, missed, report.outcomes, report.findings, fail_on)
    document.add_testsuite(whole)
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return f"{_DECLARATION}\n{text.decode('utf-8')}\n"


def _fill(
    suite: TestSuite,
    first: Sequence[TestCase],
    outcomes: Sequence[OutcomeReport],
    findings: Sequence[FindingReport],
    fail_on: Severity,
) -> None:
    tests = list(first)
    for outcome in outcomes:
        own = [one for one in findings if one.audit == outcome.audit]
        tests.append(_test(suite.name, outcome, own, fail_on))
    # All at once: the library counts the whole suite anew after every call.
    suite.add_testcases(tests)


def _linked(case: CaseReport, findings: Sequence[FindingReport]) -> TestCase:
    test = TestCase("linked", f"e2e-linker.{case.id}", case.duration_s)
    became = fate(case, findings)
    # What to try says a finding where one tells why.
    message, hint = ending_words(case), (case.ending.hint or "") if became == standing(case) else ""
    match became:
        case "links":
            pass
        case "errored":
            test.result = [_result(Error, message, hint, kind="InternalError")]
        case _ if any(found.expected for found in findings):
            test.result = [_result(Skipped, f"expected: {message}", hint)]
        case "fails":
            test.result = [_result(Failure, f"not linked: {message}", hint)]
        case "unknown":
            test.result = [_result(Skipped, f"inconclusive: {message}", hint)]
    return test


def _not_run(report: RunReport) -> Iterator[TestSuite]:
    """A suite for every case that was planned for a shard that is not here."""
    names = report.options.get("not_run")
    for name in map(str, names if isinstance(names, list) else ()):
        suite, test = TestSuite(_clean(name)), TestCase("linked", f"e2e-linker.{_clean(name)}", 0.0)
        test.result = [_result(Skipped, "inconclusive: planned, but in none of the merged runs", "")]
        suite.add_testcase(test)
        yield suite


def _unmet(known: UnmetExpectation) -> TestCase:
    test = TestCase(_clean(f"expected {known.rule} on {known.cases}"), "e2e-linker.run", 0.0)
    message = f"{known.rule} was expected to fail on {known.cases}, but did not"
    test.result = [_result(Failure, message, f"Reason given: {known.reason}", kind=known.rule)]
    return test


def _test(suite: str, outcome: OutcomeReport, findings: Sequence[FindingReport], fail_on: Severity) -> TestCase:
    test = TestCase(outcome.audit, f"e2e-linker.{suite}", 0.0)
    match outcome.status:
        case "passed":
            pass
        case "failed":
            bad = [one for one in findings if one.severity.at_least(fail_on) and not one.expected]
            text = "\n\n".join(map(_told, findings))
            if bad:
                test.result = [_result(Failure, terse(bad[0].message), text, kind=bad[0].rule)]
            else:
                test.system_out = _clean(text)
        case "inconclusive":
            test.result = [_result(Skipped, f"inconclusive: {outcome.reason}", "")]
        case "not_applicable":
            test.result = [_result(Skipped, f"not applicable: {outcome.reason}", "")]
        case "errored":
            test.result = [_result(Error, outcome.reason or "the audit failed", "", kind="InternalError")]
        case _:
            assert_never(outcome.status)
    return test


def _told(found: FindingReport) -> str:
    paste = f"\n{found.fix.paste}" if found.fix.paste else ""
    return f"{found.rule} ({found.severity}): {found.message}\nWhy: {found.why}\nFix: {found.fix.text}{paste}"


def _result(
    result: type[Failure] | type[Error] | type[Skipped], message: str, text: str, *, kind: str | None = None
) -> Failure | Error | Skipped:
    made: Failure | Error | Skipped = result(_clean(message), kind)
    made.text = _clean(text)
    return made


def _clean(text: str) -> str:
    return _REFUSED.sub("\ufffd", shown(text, BODY))
