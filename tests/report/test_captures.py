"""What is said of a capture: no more than it shows."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.evidence.models import CaseEvidence, NotCollected
from e2e_linker.report.build import build_report
from e2e_linker.report.capture_words import CAME_BACK
from e2e_linker.report.junit import junit_xml
from e2e_linker.report.markdown import markdown
from e2e_linker.report.words import ending_words, standing


@pytest.fixture
def captured(build: Any) -> Any:
    def made(walk: Any) -> CaseEvidence:
        calls = NotCollected(reason="no phone sees the token request")
        case: CaseEvidence = build.case(walk, token_calls=calls)
        return case.model_copy(update={"source": "har"})

    return made


def test_a_capture_that_came_back_is_not_said_to_fail(build: Any, captured: Any) -> None:
    report = build_report(build.run(), [captured(build.walk())])
    (case,) = report.cases
    assert (case.source, case.came_back, case.linked) == ("har", True, False)
    assert standing(case) == "unknown"
    assert ending_words(case) == CAME_BACK
    assert report.headline.startswith(f"The capture {CAME_BACK}.")
    assert "does not link" not in report.headline
    assert "whether the code was redeemed" in markdown(report)
    assert 'message="not linked' not in junit_xml(report)


def test_alexas_own_page_that_it_did_not_link_is_said(build: Any, captured: Any) -> None:
    refused = captured(build.walk())
    walk = refused.walks[0]
    ending = walk.ending.model_copy(update={"hint": "look at the token endpoint"})
    refused = refused.model_copy(update={"walks": (walk.model_copy(update={"ending": ending}),)})
    report = build_report(build.run(), [refused])
    assert standing(report.cases[0]) == "unknown"
    assert report.headline.startswith("The capture came back to Alexa, whose own page then says that it did not link.")
    assert "does not show" not in markdown(report)
    assert "look at the token endpoint" in markdown(report)
    other = captured(build.walk())
    other = other.model_copy(update={"case": other.case.model_copy(update={"id": "other"})})
    both = build_report(build.run(), [refused, other])
    assert "All 2 captures" in both.headline
    assert "but of 1 its own page says" in both.headline


def test_a_capture_that_came_back_without_a_code_does_not_link(build: Any, captured: Any) -> None:
    asked = build.authorization()
    answer = f"{asked.redirect_uri}?error=access_denied&state={asked.state}"
    report = build_report(build.run(), [captured(build.walk(asked=asked, answer=answer))])
    assert not report.cases[0].came_back
    assert standing(report.cases[0]) == "fails"


def test_a_capture_whose_answer_went_to_another_address_of_alexa_did_not_come_back(build: Any, captured: Any) -> None:
    asked = build.authorization()
    answer = build.answer(asked).replace("pitangui", "layla")
    report = build_report(build.run(), [captured(build.walk(asked=asked, answer=answer))])
    assert not report.cases[0].came_back
    assert standing(report.cases[0]) == "fails"


def test_a_run_of_our_own_is_never_called_a_capture(build: Any) -> None:
    report = build_report(build.run(), [build.case(build.walk())])
    assert (report.cases[0].source, report.cases[0].came_back) == ("browser", False)
    assert "capture" not in report.headline
