from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e_linker.report.effects import Effects, consequences, why_failed
from e2e_linker.report.fixes import remedies
from e2e_linker.report.html import html_page
from e2e_linker.report.verdict import headline_of


def cases_of(make: Any, *endings: str) -> list[Any]:
    return [make.case(f"c{n}-na", ending) for n, ending in enumerate(endings)]


@pytest.mark.parametrize(
    ("endings", "shown", "word", "sentence"),
    [
        (["dead_end"] * 3, 3, "nobody can link", "None of the 3 cases links."),
        (["dead_end"], 1, "nobody can link", "The one case does not link."),
        (["dead_end", "arrived", "arrived"], 1, "stops 1 of 3", "1 of 3 cases shows it, and does not link."),
        (["dead_end", "dead_end", "arrived"], 2, "stops 2 of 3", "2 of 3 cases show it, and none of these links."),
        (
            ["dead_end", "arrived"],
            2,
            "stops 1 of the 2 that show it",
            "Of the 2 cases that show it 1 does not link and 1 links all the same.",
        ),
        (
            ["dead_end", "dead_end", "arrived", "arrived", "captcha", "arrived"],
            5,
            "stops 2 of the 5 that show it",
            "Of the 5 cases that show it 2 do not link, 2 link all the same and 1 could not be judged.",
        ),
        (
            ["arrived"] * 3,
            3,
            "can break linking",
            "All 3 cases show it and link all the same; some customers may not.",
        ),
        (
            ["arrived"],
            1,
            "can break linking",
            "The one case shows it and links all the same; some customers may not.",
        ),
        (["captcha"] * 2, 2, "can break linking", "Seen in 2 of 2 cases; not all of these could be judged."),
        (
            ["arrived"] * 2,
            0,
            "can break linking",
            "Found over the whole run, in no single case. Every case links all the same; some customers may not.",
        ),
        (["dead_end"] * 2, 0, "can break linking", "Found over the whole run, in no single case."),
    ],
)
def test_what_breaks_is_told_by_whom_it_stopped(
    make: Any, endings: list[str], shown: int, word: str, sentence: str
) -> None:
    cases = cases_of(make, *endings)
    found = make.finding(cases=tuple(case.id for case in cases[:shown]))
    does = Effects(cases, (found,)).of(found)
    assert (does.word, does.sentence, does.security, does.follows) == (word, sentence, False, False)


def test_what_is_milder_than_the_failure_beside_it_says_so(make: Any) -> None:
    fails, links = cases_of(make, "dead_end", "arrived")
    for ids, word in (((fails.id,), "Milder"), ((links.id,), "Linking works only partly"), ((), "Linking works only")):
        found = make.finding(severity="degrades", cases=ids)
        does = Effects([fails, links], (found,)).of(found)
        assert does.word == "degrades"
        assert does.sentence.startswith(word)
    advice = make.finding(severity="recommended", cases=(fails.id,))
    assert Effects([fails], (advice,)).of(advice).word == "advice"


def test_a_threat_to_others_is_no_failure_to_link(make: Any) -> None:
    cases = cases_of(make, "arrived", "arrived")
    threat = make.finding("token-identifies-user", cases=())
    does = Effects(cases, (threat,)).of(threat)
    assert (does.word, does.security) == ("security", True)
    assert does.sentence == "Nobody is stopped, but a customer may reach somebody else's account."
    assert headline_of("failed", cases, (threat,)) == (
        "All 2 cases link, but a customer may reach somebody else's account."
    )
    broken = cases_of(make, "dead_end", "arrived")
    assert Effects(broken, (threat,)).of(threat).sentence == "A customer may reach somebody else's account."
    assert headline_of("failed", broken, (threat, make.finding())) == (
        "1 of 2 cases links. A customer may reach somebody else's account, 1 problem breaks linking."
    )


def test_what_the_customer_sees_of_a_problem_is_no_second_problem(make: Any) -> None:
    (case,) = cases_of(make, "dead_end")
    cause = make.finding("auth-tracks-state", cases=(case.id,))
    seen = make.finding("redir-state-unchanged", symptom=True, cases=(case.id,))
    assert consequences((cause, seen)) == {(seen.audit, seen.fingerprint)}
    assert [Effects([case], (cause, seen)).of(one).follows for one in (cause, seen)] == [False, True]
    assert [one.follows for one in remedies((cause, seen))] == [False, True]
    assert headline_of("failed", [case], (cause, seen)) == (
        "The one case does not link. 1 problem breaks linking; 1 more finding follows from it."
    )
    more = make.finding("screen-blank", symptom=True, cases=(case.id,))
    assert headline_of("failed", [case], (cause, make.finding(cases=(case.id,)), seen, more)).endswith(
        "2 problems break linking; 2 more findings follow from these."
    )


@pytest.mark.parametrize("cause", [{"severity": "degrades"}, {"cases": ("other-na",)}, {"expected": True}, None])
def test_without_a_cause_as_grave_in_its_cases_what_is_seen_stands_for_itself(make: Any, cause: Any) -> None:
    seen = make.finding("screen-blank", symptom=True, cases=("phone-na",))
    others = () if cause is None else (make.finding(**cause),)
    assert consequences((*others, seen)) == frozenset()


def test_what_the_token_endpoint_says_does_not_follow_from_what_a_page_does(make: Any) -> None:
    seen = make.finding("token-status-200", symptom=True, cases=("phone-na",))
    page = make.finding("screen-dialogs", cases=("phone-na",))
    scheme = make.finding("token-client-auth-scheme", cases=("phone-na",))
    assert consequences((page, seen)) == frozenset()
    assert consequences((page, scheme, seen)) == {(seen.audit, seen.fingerprint)}


def test_only_a_run_that_fails_although_all_link_needs_a_word_why(build: Any, make: Any) -> None:
    found = (make.finding(severity="recommended"), make.finding(expected=True), make.finding(cases=()))
    more = {"findings": found, "verdict": "failed"}
    assert why_failed(make.report(build, make.case(), **more)) is found[2]
    assert why_failed(make.report(build, make.case(ending="dead_end"), **more)) is None
    assert why_failed(make.report(build, **more)) is None
    assert why_failed(make.report(build, make.case(), findings=found)) is None


def test_the_first_screen_tells_why_and_how_much_is_not_known(build: Any, make: Any, tmp_path: Path) -> None:
    found = make.finding("token-identifies-user", cases=(), evidence=())
    page = html_page(make.report(build, make.case(), findings=(found,), verdict="failed"), tmp_path)
    head = page[page.index("<header") : page.index("</header>")]
    assert "It failed although every case links" in head
    assert "belongs to no single case" in head
    assert "not determined" not in head
    unsure = tuple(
        {"audit": rule, "title": rule, "rules": (rule,), "status": "inconclusive", "reason": "no code arrived"}
        for rule in ("token-html", "token-post-form")
    )
    lost = html_page(make.report(build, make.case(ending="dead_end", outcomes=unsure), verdict="failed"), tmp_path)
    head = lost[lost.index("<header") : lost.index("</header>")]
    assert '<a href="#undetermined">' in head
    assert "no link succeeded, so what comes after linking could not be tried" in head
    assert "It failed although" not in head


def test_a_consequence_is_tagged_and_stands_behind_its_cause(build: Any, make: Any, tmp_path: Path) -> None:
    seen = make.finding("screen-blank", symptom=True, fix={"text": "Show a page."})
    other = make.finding("redir-once", fix={"text": "Redirect once."})
    report = make.report(build, make.case(ending="dead_end"), findings=(seen, other), verdict="failed")
    page = html_page(report, tmp_path)
    todo = page[page.index('id="fixes"') : page.index('id="devices"')]
    assert todo.count("what the customer sees of it") == 1
    assert todo.index("Redirect once.") < todo.index("what the customer sees of it") < todo.index("Show a page.")
    # The advice comes before its cause.
    assert todo.index("Redirect once.") < todo.index("<strong>what redir-once demands</strong>")


def test_interchanged_endpoints_stop_every_login_and_what_is_seen_of_it_follows(make: Any) -> None:
    cases = cases_of(make, "login_not_found", "login_not_found")
    swapped = make.finding("token-endpoint-not-swapped", cases=())
    shown = make.finding("screen-error-page", symptom=True, cases=tuple(case.id for case in cases))
    effects = Effects(cases, (swapped, shown))
    assert effects.of(swapped).word == "nobody can link"
    assert effects.of(shown).follows
    assert "1 problem breaks linking; 1 more finding follows from it." in headline_of("failed", cases, (swapped, shown))
