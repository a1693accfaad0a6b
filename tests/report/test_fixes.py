from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault
from e2e_linker.report.fate import fate
from e2e_linker.report.fixes import Blame, Lead, blamed, doubts, leads, obstacles, remedies
from e2e_linker.report.github import github_annotations
from e2e_linker.report.html import html_page
from e2e_linker.report.markdown import markdown
from e2e_linker.report.matrix import matrix
from e2e_linker.report.verdict import headline_of


def fix(text: str, paste: str | None = None, where: str | None = "domains") -> dict[str, Any]:
    return {"text": text, "paste": paste, "where": where}


def test_one_paste_is_one_remedy_whatever_the_words(make: Any) -> None:
    first = make.finding(subject="a", fix=fix("Add a.", "[a, b]"))
    other = make.finding("redir-once", fix=fix("Redirect once.", None, None))
    second = make.finding(subject="b", severity="degrades", fix=fix("Add b.", "[a, b]"))
    elsewhere = make.finding(subject="c", fix=fix("Add a.", "[a, b]", "elsewhere"))
    told = remedies((first, other, second, elsewhere))
    assert [(one.texts, one.paste, one.findings) for one in told] == [
        (("Add a.", "Add b."), "[a, b]", (first, second)),
        (("Redirect once.",), None, (other,)),
        (("Add a.",), "[a, b]", (elsewhere,)),
    ]


def test_what_is_expected_is_nothing_to_do(build: Any, make: Any) -> None:
    assert remedies((make.finding(expected=True),)) == ()
    assert blamed(make.report(build, findings=(make.finding(expected=True),))) == ()


def test_blame_is_counted_in_the_order_of_the_worst(build: Any, make: Any) -> None:
    found = tuple(make.finding(blame=blame) for blame in ("content_host", "skill_configuration", "content_host"))
    told = blamed(make.report(build, findings=found))
    assert told == (Blame(Fault.CONTENT_HOST, 2, 0), Blame(Fault.SKILL_CONFIGURATION, 1, 0))


def test_what_kept_cases_from_being_judged_is_blamed_before_advice(build: Any, make: Any) -> None:
    away = Ending(kind="unreachable", message="no route", fault=Fault.NETWORK)
    cases = [make.case(name, "unreachable").model_copy(update={"ending": away}) for name in ("a-na", "b-na")]
    advice = make.finding("token-html", "recommended", blame="identity_provider")
    findings = (make.finding(blame="content_host"), advice)
    told = blamed(make.report(build, *cases, findings=findings))
    assert told == (
        Blame(Fault.CONTENT_HOST, 1, 0),
        Blame(Fault.NETWORK, 0, 2),
        Blame(Fault.IDENTITY_PROVIDER, 1, 0),
    )
    assert [one.advice for one in remedies(findings)] == [False, True]


def test_the_first_screen_tells_what_kept_cases_from_being_judged_before_advice(
    build: Any, make: Any, tmp_path: Path
) -> None:
    away = Ending(kind="unreachable", message="no route to the host", fault=Fault.NETWORK, hint="try again")
    case = make.case("a-na", "unreachable").model_copy(update={"ending": away})
    advice = make.finding(severity="recommended", cases=(), evidence=(), fix=fix("Turn PKCE on."))
    page = html_page(make.report(build, case, findings=(advice,), verdict="inconclusive"), tmp_path)
    assert "<strong>the network</strong> (1 case not judged)" in page
    todo = page[page.index('id="fixes"') : page.index('id="devices"')]
    assert 0 < todo.index("no route to the host") < todo.index("Turn PKCE on.")


def test_obstacles_join_the_cases_they_kept_from_being_judged(build: Any, make: Any) -> None:
    stopped = Ending(kind="captcha", message="a captcha", hint="switch it off")
    cases = [make.case(name, linked=False).model_copy(update={"ending": stopped}) for name in ("a-na", "b-na")]
    cases += [make.case("c-na"), make.case("d-na", "dead_end"), make.case("e-na", "errored")]
    told = obstacles(make.report(build, *cases))
    assert [(one.message, one.hint, one.cases) for one in told] == [
        ("a captcha", "switch it off", ("a-na", "b-na")),
        ("the walk ended: errored", None, ("e-na",)),
    ]


def ends(case: Any, message: str, hint: str | None) -> Any:
    ending = case.ending.model_copy(update={"message": message, "hint": hint})
    return case.model_copy(update={"ending": ending})


def test_what_no_finding_explains_is_told_with_what_to_try(build: Any, make: Any, tmp_path: Path) -> None:
    cases = [ends(make.case(f"{name}-na", "dead_end"), "the form came back", "look at its cookies") for name in "abc"]
    cases[1] = ends(cases[1], "another form came back", "look at its cookies")
    cases += [ends(make.case("d-na", "dead_end"), "nothing came", None), make.case("e-na")]
    cases += [ends(make.case("f-na", "captcha"), "a captcha", "switch it off")]
    advice = make.finding("token-html", "recommended", cases=("a-na",))
    report = make.report(build, *cases, findings=(make.finding("redir-once", cases=("c-na",)), advice))
    (lead,) = leads(report)
    assert lead == Lead("look at its cookies", ("the form came back", "another form came back"), ("a-na", "b-na"))
    page, told, lines = html_page(report, tmp_path), markdown(report), github_annotations(report)
    assert page[page.index('id="fixes"') : page.index('id="devices"')].count("look at its cookies") == 1
    assert "**Try**, on `a-na`, `b-na`: look at its cookies" in told
    assert "**Try**, on `f-na`: switch it off" in told
    assert "::error title=Does not link%3A a-na%2C b-na::" in lines
    assert "another form came back%0ATry: look at its cookies" in lines


def test_a_list_that_was_not_enforced_leaves_something_to_try(build: Any, make: Any) -> None:
    case = ends(make.case("a-na", "dead_end"), "the form came back", "look at its cookies")
    unlisted = make.finding(cases=("a-na",))
    assert [one.cases for one in leads(make.report(build, case, findings=(unlisted,)))] == [("a-na",)]


def test_nothing_is_to_be_tried_where_the_run_as_a_whole_explains_it(build: Any, make: Any) -> None:
    case = ends(make.case("a-na", "dead_end"), "the form came back", "look at its cookies")
    swapped = make.finding("token-endpoint-not-swapped", cases=())
    assert leads(make.report(build, case, findings=(swapped,))) == ()
    for other in ({"severity": "degrades"}, {"expected": True}):
        milder = make.finding("token-endpoint-not-swapped", **{"cases": (), **other})
        assert [one.cases for one in leads(make.report(build, case, findings=(milder,)))] == [("a-na",)]
    whole = make.finding("token-html", cases=())
    assert len(leads(make.report(build, case, findings=(whole,)))) == 1


def test_a_blank_screen_says_what_a_form_that_was_not_found_does_not(build: Any, make: Any, tmp_path: Path) -> None:
    blank = make.finding("screen-blank", symptom=True, cases=("a-na", "b-na", "c-na"))
    cases = [make.case("a-na", "login_not_found"), make.case("b-na", "captcha"), make.case("d-na", "login_not_found")]
    report = make.report(build, *cases, findings=(blank,))
    assert [one.cases for one in obstacles(report)] == [("b-na",), ("d-na",)]
    assert [fate(case, report.findings) for case in cases] == ["fails", "unknown", "unknown"]
    for milder in ({"symptom": False}, {"severity": "degrades"}):
        found = make.finding("screen-blank", **{"cases": ("a-na",), "symptom": True, **milder})
        assert fate(cases[0], (found,)) == "unknown"
    assert headline_of("failed", cases[:1], (blank,)) == "The one case does not link. 1 problem breaks linking."
    hinted = cases[0].ending.model_copy(update={"hint": "describe the login"})
    pages = [
        html_page(make.report(build, cases[0].model_copy(update={"ending": hinted}), findings=given), tmp_path)
        for given in ((blank,), ())
    ]
    assert ["describe the login" in page for page in pages] == [False, True]
    (row,) = matrix(cases[:1], (blank,)).rows
    assert (row.cells[0][0].sign, row.cells[0][0].words) == (
        "fails",
        "does not link, login form not found, 1 breaking",
    )


def test_what_to_do_says_what_is_wrong_and_shows_code_as_code(build: Any, make: Any, tmp_path: Path) -> None:
    found = make.finding(message="Sent `a<b>` back.", fix=fix("Send `state` and `code` back.", None, None))
    outcome = make.outcome("domains-complete", "failed", "x")
    report = make.report(build, make.case(outcomes=(outcome,)), findings=(found,), verdict="failed")
    page = html_page(report, tmp_path)
    todo = page[page.index('id="fixes"') : page.index('id="devices"')]
    assert "<strong>domains-complete is wrong</strong>" in todo
    assert "Sent <code>a&lt;b&gt;</code> back." in todo
    assert "Send <code>state</code> and <code>code</code> back." in todo
    odd = report.model_copy(update={"findings": (make.finding(message="one ` <i>tick\u202e"),)})
    assert "one ` &lt;i&gt;tick[U+202E]" in html_page(odd, tmp_path)


def test_doubts_name_each_reason_once_and_the_tools_own_failures_first(build: Any, make: Any) -> None:
    unsure, broken = make.outcome("sizes", "inconclusive", "no sizes"), make.outcome("state", "errored", "KeyError")
    jar = make.outcome("jar", "inconclusive", "no sizes")
    cases = [make.case(name, outcomes=(unsure, broken, make.outcome("fine"), jar)) for name in ("a-na", "b-na")]
    report = make.report(build, *cases, outcomes=(make.outcome("whole", "inconclusive", "too few"),))
    assert [(one.audits, one.status, one.reason, one.cases) for one in doubts(report)] == [
        (("state",), "errored", "KeyError", ("a-na", "b-na")),
        (("whole",), "inconclusive", "too few", ()),
        (("sizes", "jar"), "inconclusive", "no sizes", ("a-na", "b-na")),
    ]


def test_the_places_to_look_at_make_up_all_that_was_found(build: Any, make: Any, tmp_path: Path) -> None:
    cause = make.finding("auth-tracks-state")
    seen = make.finding("redir-state-unchanged", symptom=True)
    report = make.report(build, make.case("phone-na", "dead_end"), findings=(cause, seen), verdict="failed")
    told = html_page(report, tmp_path).partition("Where to look:")[2].partition("</p>")[0]
    assert re.sub(r"<[^>]+>", "", told).split("(")[1].strip() == "1 finding); 1 more finding follows from it."
    alone = html_page(make.report(build, make.case(), findings=(cause,), verdict="failed"), tmp_path)
    assert "follow" not in alone.partition("Where to look:")[2].partition("</p>")[0]


def test_nobody_is_sent_where_only_the_consequences_are_seen(build: Any, make: Any) -> None:
    swapped = make.finding("token-endpoint-not-swapped", cases=())
    shown = make.finding("screen-error-page", symptom=True, blame="identity_provider")
    (blame,) = blamed(make.report(build, make.case("phone-na", "dead_end"), findings=(swapped, shown)))
    assert (blame.fault, blame.findings) == (Fault.SKILL_CONFIGURATION, 1)
    (alone,) = blamed(make.report(build, make.case("phone-na", "dead_end"), findings=(shown,)))
    assert (alone.fault, alone.findings) == (Fault.IDENTITY_PROVIDER, 1)


@pytest.mark.parametrize(
    ("depth", "source", "more"),
    [("passive", "browser", True), ("standard", "browser", False), ("passive", "har", False)],
)
def test_a_passive_run_that_trusts_no_certificate_says_which_depth_looks_at_it(
    build: Any, make: Any, depth: str, source: str, more: bool
) -> None:
    case = make.case("phone-na", "tls_failure", source=source)
    case = case.model_copy(update={"ending": case.ending.model_copy(update={"hint": "install a certificate"})})
    (told,) = obstacles(make.report(build, case, options={"depth": depth}))
    tells = "install a certificate; run it with --depth standard, which tells more of its certificate and its TLS"
    assert told.hint == (tells if more else "install a certificate")
    other = make.case("phone-na", "captcha").model_copy(update={"ending": Ending(kind="captcha", message="", hint="x")})
    assert obstacles(make.report(build, other, options={"depth": depth}))[0].hint == "x"


@pytest.mark.parametrize(
    ("other", "depth", "fault", "more"),
    [
        (("tablet-na", "arrived"), "passive", None, True),
        (("tablet-na", "arrived"), "standard", None, False),
        (("tablet-na", "arrived"), "passive", "tester", False),
        (("tablet-na", "timeout"), "passive", None, False),
        (("phone-eu", "arrived"), "passive", None, False),
        (("fox-na", "arrived"), "passive", None, False),
    ],
)
def test_a_browser_that_is_refused_where_others_get_in_is_not_the_testers_alone(
    build: Any, make: Any, other: tuple[str, str], depth: str, fault: str | None, more: bool
) -> None:
    refused = make.case("phone-na", "login_blocked")
    ending = refused.ending.model_copy(update={"hint": "let this machine in", "fault": fault and Fault(fault)})
    engine = "firefox" if other[0] == "fox-na" else "chromium"
    cases = refused.model_copy(update={"ending": ending}), make.case(*other, engine=engine)
    told = next(
        one for one in obstacles(make.report(build, *cases, options={"depth": depth})) if "phone-na" in one.cases
    )
    assert told.hint is not None
    assert told.hint.endswith("let this machine in")
    assert ("other devices got in from this machine" in told.hint) is more
    assert ("run it with --depth standard" in told.hint) is more


def card(page: str) -> str:
    todo = page[page.index('id="fixes"') : page.index('id="devices"')]
    return " ".join(re.sub(r"<[^>]+>", "", todo).split())


@pytest.mark.parametrize(
    ("stopped", "through", "named"),
    [
        (5, 0, "nobody can link On all 5 cases Mend"),
        (2, 1, "stops 2 of the 3 that show it On c0-na, c1-na Mend"),
        (8, 1, "On c0-na, c1-na, c2-na, c3-na, c4-na, c5-na, c6-na, c7-na Mend"),
        (13, 1, "On 13 of 14 casesc0-na, "),
        (0, 2, "can break linking On c0-na, c1-na Mend"),
    ],
)
def test_a_card_names_the_devices_that_it_is_about(
    build: Any, make: Any, tmp_path: Path, stopped: int, through: int, named: str
) -> None:
    url = "https://pitangui.amazon.com/api/skill/link/M1?code=c&state=s"
    cases = [make.case(f"c{n}-na", "dead_end") for n in range(stopped)]
    cases += [make.case(f"c{n + stopped}-na", linked=False, arrival_url=url) for n in range(through)]
    found = make.finding("auth-csp-form-action", cases=tuple(case.id for case in cases))
    assert named in card(html_page(make.report(build, *cases, findings=(found,)), tmp_path))


def test_a_card_names_no_device_where_there_is_one_or_none_is_meant(build: Any, make: Any, tmp_path: Path) -> None:
    one, other = make.case("phone-na", "dead_end"), make.case("tablet-na")
    for cases, shown in (((one,), ("phone-na",)), ((one, other), ())):
        found = make.finding("redir-once", cases=shown)
        told = card(html_page(make.report(build, *cases, findings=(found,)), tmp_path))
        assert "linking Mend" in told or "link Mend" in told


def test_the_page_counts_what_is_not_determined_in_audits_as_the_console_does(
    build: Any, make: Any, tmp_path: Path
) -> None:
    unsure = [make.outcome(name, "inconclusive", "no code arrived") for name in ("token-fields", "token-end")]
    unsure[1] = unsure[1].model_copy(update={"rules": ("token-fields",)})
    page = html_page(make.report(build, make.case("phone-na", "dead_end", outcomes=tuple(unsure))), tmp_path)
    text = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "2 audits were not determined, which leaves 1 requirement unjudged: no link succeeded" in text
    assert "Not determined 2 " in text
    assert "2 audits neither passed nor failed in one place at least" in text
    assert "That leaves 1 requirement of the reference unjudged; what else" in text
    known = make.case("tablet-na", outcomes=(make.outcome("token-fields"),))
    both = html_page(make.report(build, make.case("phone-na", outcomes=tuple(unsure)), known), tmp_path)
    assert "All that they ask for was judged in another case or by another audit." in both
    assert "unjudged" not in both
    assert "audits were not determined" not in both
