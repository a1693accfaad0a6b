from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.audits.base import Errored, Failed, Inconclusive, NotApplicable, Outcome, Passed
from e2e_linker.audits.registry import audits
from e2e_linker.model import Severity
from e2e_linker.report.effects import Effects
from e2e_linker.report.expectations import Expectation
from e2e_linker.report.verdict import headline_of, outcome_report, verdict_of

MISSED = Expectation(rule="domains-complete", reason="JIRA-12")


def judged(make: Any, **more: Any) -> tuple[str, int]:
    given: dict[str, Any] = {"interrupted": False, "findings": (), "missed": (), "fail_on": Severity.DEGRADES}
    given |= {"cases": (make.case(),), "outcomes": (make.outcome("domain-list"),), **more}
    verdict, code = verdict_of(**given)
    return verdict, int(code)


def test_all_well_is_passed(make: Any) -> None:
    assert judged(make) == ("passed", 0)
    assert judged(make, cases=()) == ("passed", 0)


@pytest.mark.parametrize(
    ("severity", "fail_on", "verdict"),
    [
        ("breaks", "breaks", "failed"),
        ("degrades", "breaks", "passed"),
        ("degrades", "degrades", "failed"),
        ("recommended", "degrades", "passed"),
        ("recommended", "recommended", "failed"),
    ],
)
def test_findings_count_from_fail_on_upwards(make: Any, severity: str, fail_on: str, verdict: str) -> None:
    found = (make.finding(severity=severity),)
    assert judged(make, findings=found, fail_on=Severity(fail_on))[0] == verdict


def test_expected_findings_fail_nothing_even_where_the_case_does_not_link(make: Any) -> None:
    case = make.case(ending="dead_end")
    assert judged(make, findings=(make.finding(expected=True),), cases=(case,)) == ("passed", 0)


def test_what_was_lost_with_the_browser_after_a_link_is_no_pass(make: Any) -> None:
    lost = {"kind": "crashed", "message": "the browser ended"}
    attempt = {"number": 1, "reason": "first", "linked": True, "ending": lost, "duration_s": 1.0}
    attempt |= {"started_at": "2026-11-23T12:00:00Z", "evidence": "evidence/phone-na.json"}
    case = make.case(ending="crashed", linked=True, attempts=(attempt,))
    assert judged(make, cases=(case,)) == ("inconclusive", 3)
    assert judged(make, cases=(case,), findings=(make.finding(),)) == ("failed", 1)
    told = headline_of("inconclusive", (case,), ())
    assert told == "The one case links. Not everything could be determined."


def test_cases_of_shards_that_are_not_there_are_no_pass(make: Any) -> None:
    assert judged(make, not_run=("b-na",)) == ("inconclusive", 3)
    assert judged(make, not_run=("b-na",), findings=(make.finding(),)) == ("failed", 1)
    told = headline_of("inconclusive", (make.case(),), (), not_run=["b-na"])
    assert told == (
        "The one case links. 1 planned case (b-na) is in none of the merged runs: run its shard and merge all of them."
    )
    told = headline_of("inconclusive", (), (), idle=True, not_run=[f"c{n}-na" for n in range(7)])
    assert "7 planned cases (c0-na, c1-na, c2-na, c3-na, c4-na…) are in none of the merged runs: run their" in told


def test_an_expectation_that_is_not_met_fails(make: Any) -> None:
    assert judged(make, missed=(MISSED,)) == ("failed", 1)


@pytest.mark.parametrize("where", ["case", "run"])
@pytest.mark.parametrize(("status", "verdict"), [("inconclusive", ("inconclusive", 3)), ("errored", ("errored", 4))])
def test_what_is_unknown_is_no_pass(make: Any, where: str, status: str, verdict: tuple[str, int]) -> None:
    outcome = (make.outcome("state", status, "why"),)
    more = {"outcomes": outcome} if where == "run" else {"cases": (make.case(outcomes=outcome),)}
    assert judged(make, **more) == verdict


@pytest.mark.parametrize(
    ("ending", "verdict"), [("dead_end", "inconclusive"), ("captcha", "inconclusive"), ("errored", "errored")]
)
def test_a_case_that_does_not_link_is_never_passed_over(make: Any, ending: str, verdict: str) -> None:
    assert judged(make, cases=(make.case(), make.case("other-na", ending)))[0] == verdict


def test_interruption_wins_over_findings_and_findings_over_what_is_unknown(make: Any) -> None:
    found, unsure = (make.finding(),), (make.outcome("state", "errored", "why"),)
    assert judged(make, findings=found, outcomes=unsure) == ("failed", 1)
    assert judged(make, interrupted=True, findings=found) == ("interrupted", 130)


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (Passed(), "passed", None),
        (NotApplicable(reason="another grant"), "not_applicable", "another grant"),
        (Inconclusive(missing=("no jar", "no sizes")), "inconclusive", "no jar; no sizes"),
        (Errored(fault="KeyError: 'x'"), "errored", "KeyError: 'x'"),
    ],
)
def test_outcomes_in_the_reports_words(outcome: Outcome, status: str, reason: str | None) -> None:
    audit = audits()["domain-list"]
    told = outcome_report(audit, outcome)
    assert (told.status, told.reason, told.title, told.rules) == (status, reason, audit.title, audit.rules)


def test_a_failed_outcome_has_the_other_title_and_all_messages(build: Any) -> None:
    outcome = build.judge("domain-list", build.walk([build.sub("https://cdn.example.net/x.js", "script")]))
    assert isinstance(outcome, Failed)
    told = outcome_report(audits()["domain-list"], outcome)
    assert told.title == audits()["domain-list"].failed_title
    assert "cdn.example.net" in (told.reason or "")


@pytest.mark.parametrize(
    ("verdict", "endings", "severities", "headline"),
    [
        ("passed", [], [], "The configuration was checked, no case was run. Nothing was found but 1 expected failure."),
        ("passed", ["arrived"], [], "The one case links. Nothing was found but 1 expected failure."),
        ("passed", ["arrived"] * 3, [], "All 3 cases link. Nothing was found but 1 expected failure."),
        ("failed", ["dead_end"], ["breaks"], "The one case does not link. 1 problem breaks linking."),
        ("failed", ["arrived"] * 2, ["breaks"] * 2, "All 2 cases link, but 2 problems can break linking."),
        (
            "failed",
            ["arrived", "dead_end", "captcha"],
            ["breaks", "breaks", "degrades", "recommended"],
            "1 of 3 cases links, 1 could not be judged. 2 problems break linking, 1 degrades it, 1 piece of advice.",
        ),
        ("failed", ["arrived"], ["degrades"], "The one case links, but 1 problem degrades linking."),
        (
            "failed",
            ["arrived"],
            ["degrades"] * 2 + ["recommended"] * 2,
            "The one case links, but 2 problems degrade linking, 2 pieces of advice.",
        ),
        ("passed", ["arrived"], ["recommended"], "The one case links. 1 piece of advice."),
        ("inconclusive", ["captcha"], [], "The one case could not be judged."),
        ("inconclusive", ["arrived", "captcha"], [], "1 of 2 cases links, 1 could not be judged."),
        ("inconclusive", ["arrived"], [], "The one case links. Not everything could be determined."),
        (
            "inconclusive",
            ["arrived"],
            ["recommended"],
            "The one case links. 1 piece of advice. Not everything could be determined.",
        ),
        ("inconclusive", ["captcha"], ["recommended"], "The one case could not be judged. 1 piece of advice."),
        (
            "errored",
            ["arrived"],
            ["recommended"],
            "The one case links. 1 piece of advice. This tool failed on the way.",
        ),
        ("errored", ["errored"], [], "The one case could not be judged. This tool failed on the way."),
        ("interrupted", ["arrived"], [], "The one case links. The run was interrupted."),
        ("interrupted", [], [], "The run was interrupted before any case was run."),
        (
            "interrupted",
            [],
            ["breaks"],
            "The run was interrupted before any case was run. 1 problem can break linking.",
        ),
    ],
)
def test_headlines(make: Any, verdict: Any, endings: list[str], severities: list[str], headline: str) -> None:
    cases = [make.case(f"case{n}-na", ending) for n, ending in enumerate(endings)]
    shown = tuple(case.id for case in cases)
    found = [make.finding("redir-once", severity=severity, cases=shown) for severity in severities]
    assert headline_of(verdict, cases, [*found, make.finding(expected=True)]) == headline


def test_what_was_expected_is_no_nothing(make: Any) -> None:
    known = [make.finding(rule, expected=True, cases=("a-na",)) for rule in ("auth-tracks-state", "redir-once")]
    stopped = make.case("a-na", "dead_end")
    told = headline_of("passed", [stopped], known)
    assert told == "The one case does not link. Nothing was found but 2 expected failures."
    assert headline_of("passed", [make.case("a-na")], []) == "The one case links. Nothing was found."


@pytest.mark.parametrize(
    ("severities", "headline"),
    [
        ([], "The one case links. What was expected to fail did not."),
        (["recommended"], "The one case links. 1 piece of advice. What was expected to fail did not."),
        (["breaks"], "The one case links, but 1 problem can break linking. What was expected to fail did not."),
    ],
)
def test_the_headline_tells_of_an_expectation_that_was_not_met(make: Any, severities: list[str], headline: str) -> None:
    case = make.case()
    found = [make.finding("redir-once", severity=severity) for severity in severities]
    assert headline_of("failed", [case], found, missed=True) == headline


def test_the_headline_and_the_findings_use_one_word(make: Any) -> None:
    cases = [make.case("phone-na", "tls_failure"), make.case("tablet-na", "dead_end")]
    unsure = make.finding("auth-cert-trusted-ca", cases=("phone-na",))
    of_run = make.finding("auth-https-443", cases=())
    seen = make.finding("auth-csp-form-action", cases=("tablet-na",))
    effects = Effects(cases, (unsure, of_run, seen))
    assert [effects.of(one).word for one in (unsure, of_run, seen)] == [*["can break linking"] * 2, "stops 1 of 2"]
    for found, told in (
        ((unsure,), "1 problem can break linking."),
        ((unsure, of_run), "2 problems can break linking."),
        ((unsure, of_run, seen), "1 problem breaks linking, 2 more can."),
    ):
        assert headline_of("failed", cases, found).endswith(f" {told}")
