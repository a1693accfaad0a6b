from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml
from syrupy.assertion import SnapshotAssertion

from e2e_linker.evidence.models import Ending
from e2e_linker.report.junit import junit_xml


@pytest.fixture
def mixed(build: Any, make: Any) -> Any:
    """One case of every kind, one outcome of every kind, one finding of every severity."""
    outcomes = (
        make.outcome("code-size"),
        make.outcome("domains-complete", "failed", "missing"),
        make.outcome("domains-unused", "failed", "unused"),
        make.outcome("redir-once", "not_applicable", "another grant"),
        make.outcome("size-own-hops", "inconclusive", "no sizes"),
        make.outcome("auth-tracks-state", "errored", "KeyError: 'state'"),
    )
    cases = [
        make.case("phone-na", outcomes=outcomes),
        make.case("blocked-na", "captcha"),
        make.case("dead-eu", "dead_end"),
    ]
    cases += [make.case("broken-na", "errored"), make.case("known-na", "dead_end")]
    findings = (
        make.finding(fix={"text": "Add it.", "paste": '"domains": ["cdn.example.com"]', "where": "domains"}),
        make.finding("domains-unused", "recommended"),
        make.finding("domains-syntax", "breaks", cases=(), audit="domain-list-syntax"),
        make.finding("redir-once", "breaks", cases=("known-na",), expected=True),
    )
    return make.report(
        build,
        *cases,
        findings=findings,
        outcomes=(make.outcome("domain-list-syntax", "failed", "a scheme"),),
        unmet_expectations=({"rule": "token-html", "cases": "iphone-*", "reason": "JIRA-12"},),
        verdict="failed",
        exit_code=1,
    )


def test_every_kind_of_outcome_has_its_place(mixed: Any, snapshot: SnapshotAssertion) -> None:
    assert junit_xml(mixed).replace("><", ">\n<") == snapshot


def test_a_case_of_a_shard_that_is_not_there_is_skipped(build: Any, make: Any) -> None:
    report = make.report(build, make.case("a-na"), options={"not_run": ["b-na"]})
    (suite,) = [one for one in JUnitXml.fromstring(junit_xml(report).encode()) if one.name == "b-na"]
    assert (suite.tests, suite.skipped) == (1, 1)


def test_counts_are_right_for_readers(mixed: Any) -> None:
    suites = {suite.name: suite for suite in JUnitXml.fromstring(junit_xml(mixed).encode())}
    counts = {name: (s.tests, s.failures, s.errors, s.skipped) for name, s in suites.items()}
    assert counts == {
        "phone-na": (7, 1, 1, 2),
        "blocked-na": (1, 0, 0, 1),
        "dead-eu": (1, 1, 0, 0),
        "broken-na": (1, 0, 1, 0),
        "known-na": (1, 0, 0, 1),
        "run": (2, 2, 0, 0),
    }


@pytest.mark.parametrize(("fail_on", "failures"), [("breaks", 1), ("degrades", 1), ("recommended", 2)])
def test_fail_on_decides_what_fails(mixed: Any, fail_on: str, failures: int) -> None:
    report = mixed.model_copy(update={"options": {"fail_on": fail_on}})
    suite = next(iter(JUnitXml.fromstring(junit_xml(report).encode())))
    assert suite.failures == failures


def test_strange_characters_do_not_break_the_file(samples: Any) -> None:
    text = junit_xml(samples.report("hostile"))
    ElementTree.fromstring(text)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
    assert "\u202e" not in text
    assert "[U+202E]gnp.exe" in text


def test_characters_that_xml_refuses_are_replaced(build: Any, make: Any) -> None:
    outcome = make.outcome("code-size", "inconclusive", "a\uffffb\x00c\ufffed")
    text = junit_xml(make.report(build, make.case(outcomes=(outcome,))))
    ElementTree.fromstring(text)
    assert "a\ufffdb␀c\ufffdd" in text


def test_signs_of_a_terminal_in_a_version_are_shown(build: Any, make: Any) -> None:
    text = junit_xml(make.report(build, make.case(engine_version="1\x1b[31m\x07\x00")))
    assert ElementTree.fromstring(text).find(".//property[@name='engine']") is not None
    assert "1␛[31m␇␀" in text


def test_endless_texts_are_cut(build: Any, make: Any) -> None:
    text = junit_xml(make.report(build, make.case(outcomes=(make.outcome("x", "inconclusive", "A" * 5_000_000),))))
    assert "5,000,014 characters in all" in text
    assert len(text) < 20_000


def test_a_blank_screen_fails_the_case_as_it_does_on_the_page(build: Any, make: Any) -> None:
    blank = make.finding("screen-blank", symptom=True, cases=("a-na",))
    report = make.report(
        build, make.case("a-na", "login_not_found"), make.case("b-na", "login_not_found"), findings=(blank,)
    )
    told = {
        suite.name: [(type(result).__name__, result.message) for test in suite for result in test.result]
        for suite in JUnitXml.fromstring(junit_xml(report).encode())
    }
    assert told["a-na"] == [("Failure", "not linked: the walk ended: login_not_found")]
    assert told["b-na"] == [("Skipped", "inconclusive: the walk ended: login_not_found")]


def test_the_line_that_lists_show_leaves_a_page_s_words_to_the_text_below(build: Any, make: Any) -> None:
    page = "shows words, " * 20
    case = make.case(outcomes=(make.outcome("domains-complete", "failed", "x"),))
    xml = junit_xml(make.report(build, case, findings=(make.finding(message=f"It stops ({page}) here."),)))
    assert '<failure message="It stops here."' in xml
    assert f"It stops ({page}) here." in xml


@pytest.mark.parametrize(("proven", "tried"), [((), True), (("phone-na",), False)])
def test_what_to_try_is_left_to_the_finding_where_its_cause_is_proven(
    build: Any, make: Any, proven: tuple[str, ...], tried: bool
) -> None:
    ending = {"kind": "login_blocked", "message": "The server refuses this browser.", "hint": "let this machine in"}
    case = make.case("phone-na").model_copy(
        update={"ending": Ending.model_validate(ending), "linked": False, "arrival_url": None}
    )
    refused = make.finding("screen-unsupported-browser", symptom=True, proven_in=proven)
    told = junit_xml(make.report(build, case, findings=(refused,), verdict="failed", exit_code=1))
    assert ("let this machine in" in told) is tried
    assert ("inconclusive: The server refuses" in told) is tried
