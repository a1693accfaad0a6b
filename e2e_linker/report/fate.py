"""What became of a case, in the light of what was found."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.evidence.models import EndingKind
from e2e_linker.model import Severity
from e2e_linker.report.model import CaseReport, FindingReport
from e2e_linker.report.words import ENDINGS, Standing, standing

__all__ = ["became", "fate"]

_FOR_WANT_OF_A_PAGE: frozenset[EndingKind] = frozenset({"login_not_found", "timeout"})


def fate(case: CaseReport, findings: Iterable[FindingReport]) -> Standing:
    """The standing of ``case``, where its walk ended for want of a page to go on with: what ``findings`` say of that.

    That no form was found says nothing of the server; that the customer is left with a blank screen does.
    """
    known = standing(case)
    if known != "unknown" or case.ending.kind not in _FOR_WANT_OF_A_PAGE:
        return known
    named = (found for found in findings if found.symptom and case.id in found.cases)
    return "fails" if any(found.severity is Severity.BREAKS for found in named) else known


def became(case: CaseReport, findings: Iterable[FindingReport]) -> str:
    """What became of ``case`` in a few words; a refused exchange ends at Alexa too, yet nothing is linked."""
    flaky = ", flaky" if case.flaky else ""
    if case.linked or case.flaky:
        return f"{'linked' if case.linked else 'not always linked'}{flaky}"
    if case.came_back:
        return "came back to Alexa"
    if case.ending.kind == "arrived":
        return "came back to Alexa, but is not linked"
    # What was looked for where no form was found takes many lines, and a finding tells what is there instead.
    told = fate(case, findings) == "fails" and case.ending.kind not in _FOR_WANT_OF_A_PAGE
    return case.ending.message if told else ENDINGS[case.ending.kind]
