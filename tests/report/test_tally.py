from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.alexa.rules import rules
from e2e_linker.report.html import html_page
from e2e_linker.report.tally import tally

HAND = sum(rule.manual is not None for rule in rules().values())
ALL = len(rules())


def test_every_requirement_is_counted_once(build: Any, make: Any) -> None:
    names = [name for name, rule in rules().items() if rule.manual is None][:5]
    met, broken, unsure, idle, partly = names
    cases = [
        make.case(
            "a-na", outcomes=[make.outcome(met), make.outcome(broken, "failed"), make.outcome(idle, "not_applicable")]
        ),
        make.case(
            "b-na",
            outcomes=[make.outcome(met, "not_applicable"), make.outcome(unsure, "inconclusive"), make.outcome(partly)],
        ),
        make.case("c-na", outcomes=[make.outcome(partly, "errored")]),
    ]
    told = tally(make.report(build, *cases, findings=(make.finding(broken),)))
    assert (told.met, told.broken, told.unsure, told.inapplicable) == (2, 1, 1, 1)
    assert told.judged == 3
    assert (told.untried, told.by_hand) == (ALL - HAND - 5, HAND)


def test_rules_of_a_failed_audit_that_no_finding_names_are_met(build: Any, make: Any) -> None:
    outcome = make.outcome("domains-complete", "failed").model_copy(
        update={"rules": ("domains-complete", "domains-exact-host")}
    )
    report = make.report(build, make.case(outcomes=[outcome]), findings=(make.finding("domains-complete"),))
    assert (tally(report).met, tally(report).broken) == (1, 1)


@pytest.mark.parametrize(
    ("outcome", "expected", "words"),
    [
        ("passed", False, "1 requirement was judged: every one is met."),
        ("failed", True, "1 requirement was judged: 1 fails as expected and 0 are met."),
    ],
)
def test_the_page_says_how_much_was_judged(
    build: Any, make: Any, tmp_path: Any, outcome: str, expected: bool, words: str
) -> None:
    findings = (make.finding("domains-complete", expected=True),) if expected else ()
    case = make.case(outcomes=[make.outcome("domains-complete", outcome)])
    page = html_page(make.report(build, case, findings=findings, verdict="passed"), tmp_path)
    assert words in page
    assert f"{HAND:,} that can only be checked by hand" in page
