"""Outcomes of tests, made of what a report says."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.model import Severity
from e2e_linker.pytest_plugin.outcomes import case_linked
from e2e_linker.report.build import build_report


@pytest.fixture
def stuck(build, pieces):
    """The report of a case whose login form was not found, with a finding of ``severity`` that is a symptom."""

    def make(severity: Severity):
        calls = Present(value=(pieces.token_call(status=201),))
        (found,) = build_report(build.run(), [build.case(token_calls=calls)]).findings
        walk = build.walk(answer=None, ending="login_not_found")
        report = build_report(build.run(), [build.case(walk, token_calls=NotCollected(reason="no code"))])
        symptom = found.model_copy(update={"rule": "screen-blank", "symptom": True, "severity": severity})
        return report.model_copy(update={"findings": (symptom,)})

    return make


@pytest.mark.parametrize(("severity", "status"), [(Severity.BREAKS, "failed"), (Severity.DEGRADES, "errored")])
def test_a_blank_screen_fails_and_a_form_that_was_not_found_says_nothing(stuck, severity, status):
    outcome = case_linked(stuck(severity), "phone-na", "report.html")
    assert outcome.status == status
    assert ("screen-blank" in outcome.text) is (status == "failed")
    assert outcome.text.endswith("report: report.html")
