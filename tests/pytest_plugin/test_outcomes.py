"""Outcomes of tests, made of what a report says."""

from __future__ import annotations

import pytest
from junitparser import Failure, JUnitXml

from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.model import Severity
from e2e_linker.pytest_plugin.outcomes import case_linked, outcome_of
from e2e_linker.report.build import build_report
from e2e_linker.report.junit import junit_xml


@pytest.fixture
def stuck(build, pieces):
    """The report of a case whose login form was not found, with a finding of ``severity`` that is a symptom."""

    def make(severity: Severity):
        calls = Present(value=(pieces.token_call(status=201),))
        (found,) = build_report(build.run(), [build.case(token_calls=calls)]).findings
        walk = build.walk(answer=None, ending="login_not_found")
        report = build_report(build.run(), [build.case(walk, token_calls=NotCollected(reason="no code"))])
        symptom = found.model_copy(update={"rule": "screen-blank", "symptom": True, "severity": severity})
        (case,) = report.cases
        case = case.model_copy(update={"ending": case.ending.model_copy(update={"hint": "write the steps"})})
        return report.model_copy(update={"cases": (case,), "findings": (symptom,)})

    return make


@pytest.mark.parametrize(("severity", "status"), [(Severity.BREAKS, "failed"), (Severity.DEGRADES, "errored")])
def test_a_blank_screen_fails_and_a_form_that_was_not_found_says_nothing(stuck, severity, status):
    outcome = case_linked(stuck(severity), "phone-na", "report.html")
    assert outcome.status == status
    assert ("screen-blank" in outcome.text) is (status == "failed")
    # What to try is said where no finding tells why.
    assert ("try: write the steps" in outcome.text) is (status == "errored")
    assert outcome.text.endswith("report: report.html")


def test_what_an_audit_of_the_run_finds_in_single_cases_fails_it(build):
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU")}
    skill = build.skill(client_id="https://layla.amazon.com/", redirect_uris=uris)
    stopped = build.case(build.walk(answer=None, ending="dead_end"))
    report = build_report(build.run(skill=skill), [stopped])
    (found,) = [one for one in report.findings if one.audit == "client-id"]
    assert found.cases == ("phone-na",)
    outcome = outcome_of(report, None, "client-id", "report.html")
    assert (outcome.status, found.rule in outcome.text) == ("failed", True)
    whole = next(suite for suite in JUnitXml.fromstring(junit_xml(report).encode()) if suite.name == "run")
    (test,) = [one for one in whole if one.name == "client-id"]
    assert isinstance(test.result[0], Failure)
