"""Findings as the report publishes them: with their rule's words, and whether they were expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Finding
from e2e_linker.audits.domain_list import WHERE, domains_array
from e2e_linker.derive.provider import Recognised
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.report.expectations import Expectation, is_expected
from e2e_linker.report.hints import with_hint
from e2e_linker.report.model import EvidenceLink, FindingReport, FixReport, SourceReport
from e2e_linker.report.sections import Domains

__all__ = ["Found", "finding_reports"]

Found = tuple[Finding, tuple[str, ...], tuple[str, ...]]
"""A finding, the cases that show it, and those of them in which its cause was proven."""


def finding_reports(
    found: Iterable[Found],
    expectations: Sequence[Expectation],
    listed: Domains,
    known: Sequence[Recognised],
    skill: SkillFacts,
) -> tuple[FindingReport, ...]:
    """``found`` in its order, with the Domain List of the whole run to paste and the hints of ``known`` providers.

    A finding of a server that broke down gets no hint.
    """
    reports = ((one[0].breakdown, _whole(_report(*one, expectations), listed)) for one in found)
    return tuple(report if breakdown else with_hint(report, known, skill) for breakdown, report in reports)


def _whole(found: FindingReport, listed: Domains) -> FindingReport:
    """One case may need hosts that another does not: the list to paste is the one that serves them all."""
    if found.fix.paste is None or found.fix.where != WHERE:
        return found
    return found.model_copy(update={"fix": found.fix.model_copy(update={"paste": domains_array(listed.paste)})})


def _report(
    found: Finding, cases: tuple[str, ...], proven_in: tuple[str, ...], expectations: Sequence[Expectation]
) -> FindingReport:
    known = rule(found.rule)
    return FindingReport(
        rule=found.rule,
        title=known.title,
        audit=found.audit,
        severity=found.severity,
        confidence=found.confidence,
        message=found.message,
        why=known.why,
        subject=found.subject,
        blame=found.blame,
        symptom=found.symptom,
        cause=found.cause,
        proven_in=proven_in,
        cases=cases,
        evidence=tuple(
            EvidenceLink(kind=ref.kind, case=ref.case, ref=ref.ref, attempt=ref.attempt)
            for ref in (found.primary, *found.related)
        ),
        fix=FixReport(text=found.fix.text, paste=found.fix.paste, where=found.fix.where),
        sources=tuple(SourceReport(title=source.title, url=source.url) for source in known.sources),
        basis=tuple(known.confidence),
        fingerprint=found.fingerprint,
        expected=is_expected(found, cases, expectations),
    )
