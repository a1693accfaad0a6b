from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.report.compare import compare, side_by_side
from e2e_linker.report.compare_text import compare_page, compare_text
from e2e_linker.report.sections import LadderHop


def hop(n: int, host: str, status: int = 302) -> LadderHop:
    given: dict[str, Any] = dict.fromkeys(("target", "failure", "window", "head_bytes", "time_ms"))
    given |= {
        "n": n,
        "request": n,
        "at": 0.1,
        "method": "GET",
        "url": f"https://{host}/p?code=<code#{n}>",
        "host": host,
    }
    return LadderHop(**given, status=status, how="redirect", main_frame=True, arrival=False)


def test_findings_are_new_gone_or_still_there_by_fingerprint(build: Any, make: Any) -> None:
    passed = (make.outcome("old-rule", "passed"),)
    cases = (make.case("a-na", outcomes=passed), make.case("b-na"))
    same = make.finding("state-a", cases=("a-na",))
    before = make.report(build, *cases, findings=(same, make.finding("old-rule", cases=("a-na",))))
    after = make.report(
        build, *cases, findings=(make.finding("state-a", cases=("a-na", "b-na")), make.finding("new-rule", "degrades"))
    )
    found = compare(before, after)
    assert [one.rule for one in found.new] == ["new-rule"]
    assert [one.rule for one in found.gone] == ["old-rule"]
    assert [(one.after.rule, one.joined, one.left) for one in found.kept] == [("state-a", ("b-na",), ())]
    assert found.worse
    assert not compare(after, after).worse


@pytest.mark.parametrize("status", [None, "inconclusive", "not_applicable", "errored"])
def test_what_the_later_run_did_not_look_for_is_not_gone(build: Any, make: Any, status: str | None) -> None:
    old = make.finding("old-rule", cases=("a-na", "b-na"))
    before = make.report(build, make.case("a-na"), make.case("b-na"), findings=(old,))
    unlooked = (make.outcome("old-rule", status),) if status else ()
    looked = make.case("a-na", outcomes=(make.outcome("old-rule", "passed"),))
    for cases in ((looked,), (looked, make.case("b-na", outcomes=unlooked))):
        found = compare(before, make.report(build, *cases))
        assert (found.gone, found.unchecked) == ((), (old,))
        assert "gone findings: none\n\nneither found again nor ruled out: 1\n" in compare_text(found)
        assert "0 gone, 1 neither found again nor ruled out, 0 still there" in compare_page(found)
    assert "cases not run again: 1 (b-na)" in compare_text(compare(before, make.report(build, looked)))


def test_a_case_in_which_nobody_looked_again_is_not_called_well(build: Any, make: Any) -> None:
    passed = (make.outcome("state-a", "passed"),)
    unsure = (make.outcome("state-a", "inconclusive"),)
    names = ("a-na", "b-na", "c-na", "d-na")
    old = make.finding("state-a", cases=names)
    before = make.report(build, *map(make.case, names), findings=(old,))
    cases = (make.case("a-na"), make.case("b-na", outcomes=passed), make.case("c-na", outcomes=unsure))
    found = compare(before, make.report(build, *cases, findings=(make.finding("state-a", cases=("a-na",)),)))
    (change,) = found.kept
    assert (change.joined, change.left, change.unchecked) == ((), ("b-na",), ("c-na", "d-na"))
    assert "state-a: no longer in b-na; not looked for again in c-na, d-na\n" in compare_text(found)
    assert "No longer in b-na. Not looked for again in c-na, d-na." in compare_page(found)


def test_what_is_judged_once_for_a_run_is_gone_where_the_later_run_judged_it(build: Any, make: Any) -> None:
    before = make.report(build, make.case("a-na"), findings=(make.finding("old-rule", cases=("a-na",)),))
    after = make.report(build, make.case("b-na"), outcomes=(make.outcome("old-rule", "passed"),))
    assert [one.rule for one in compare(before, after).gone] == ["old-rule"]


def test_only_what_fails_a_run_makes_it_worse(build: Any, make: Any) -> None:
    before = make.report(build, make.case())
    for more, worse in (
        ({"severity": "recommended"}, False),
        ({"severity": "degrades"}, True),
        ({"severity": "breaks", "expected": True}, False),
    ):
        after = make.report(build, make.case(), findings=(make.finding("new-rule", **more),))
        assert compare(before, after).worse is worse, more
    graver = make.report(build, make.case(), findings=(make.finding("rule", "breaks"),))
    assert compare(make.report(build, make.case(), findings=(make.finding("rule", "degrades"),)), graver).worse


def test_a_case_that_linked_and_no_longer_does_is_worse(build: Any, make: Any) -> None:
    links, fails = make.report(build, make.case()), make.report(build, make.case(ending="dead_end"))
    worse, better = compare(links, fails), compare(fails, links)
    assert (worse.worse, [case.fate for case in worse.cases]) == (True, ["worse"])
    assert (better.worse, [case.fate for case in better.cases]) == (False, ["better"])
    other = compare(links, make.report(build, make.case("new-eu")))
    assert {case.id: case.fate for case in other.cases} == {"new-eu": "new", "phone-na": "gone"}
    assert not other.worse


def test_a_blank_screen_makes_a_case_worse_as_it_does_on_the_page(build: Any, make: Any) -> None:
    lost = make.case(ending="login_not_found")
    blank = make.finding("screen-blank", symptom=True, cases=("phone-na",))
    before, after = make.report(build, lost), make.report(build, lost, findings=(blank,))
    found = compare(before, after)
    (case,) = found.cases
    assert (case.fate, case.was, case.now) == ("worse", "unknown", "fails")
    assert [(side.label, side.before, side.after) for side in case.differing] == [
        ("result", "not determined", "does not link")
    ]
    assert "phone-na: not determined -> does not link" in compare_text(found)


def test_the_first_difference_stands_on_top(make: Any) -> None:
    before = make.case(ladder=(hop(1, "a"), hop(2, "b"), hop(3, "c")))
    after = make.case(ladder=(hop(1, "a"), hop(2, "x"), hop(3, "c", 500)))
    sides = side_by_side(before, after)
    assert [side.label for side in sides if not side.same] == ["hop 2", "hop 3"]
    assert sides[0].before == "GET https://b/p → 302"
    assert all(side.same for side in sides[2:])


def test_values_that_change_from_run_to_run_are_no_difference(make: Any) -> None:
    one, other = hop(1, "a"), hop(1, "a").model_copy(update={"url": "https://a/p?code=<code#99>", "at": 9.0})
    assert all(side.same for side in side_by_side(make.case(ladder=(one,)), make.case(ladder=(other,))))
    there, elsewhere = (one.model_copy(update={"url": f"https://a/interaction/<cookie#{n}>"}) for n in (4, 1))
    assert all(side.same for side in side_by_side(make.case(ladder=(there,)), make.case(ladder=(elsewhere,))))


def test_the_number_of_a_secret_in_a_title_is_no_difference(samples: Any) -> None:
    case = next(one for one in samples.report("healthy").cases if one.screens)
    shown = [
        case.model_copy(
            update={"screens": tuple(one.model_copy(update={"title": f"Success {label}"}) for one in case.screens)}
        )
        for label in ("code=<code#5>", "code=<code#2>", "id=<token#2>")
    ]
    assert all(side.same for side in side_by_side(shown[0], shown[1]))
    assert [side.same for side in side_by_side(shown[0], shown[2])].count(False) == len(case.screens)


def test_changed_domains_are_told(build: Any, samples: Any) -> None:
    found = compare(samples.report("healthy"), samples.report("sick"))
    names = {change.name: change for change in found.lists}
    assert "idp.example.org" in names["Hosts contacted"].came
    text = compare_text(found)
    assert text.startswith("WORSE")
    assert "  + idp.example.org" in text


def test_the_page_says_what_is_wrong_and_what_to_paste_once(build: Any, make: Any) -> None:
    fix = {"text": "Add it.", "paste": "the list", "where": "domains"}
    findings = tuple(
        make.finding(subject=host, fix=fix, message=f"{host} lacks.") for host in ("a.example", "b.example")
    )
    case = make.case(outcomes=(make.outcome("domains-complete", "failed", "x"),))
    page = compare_page(compare(make.report(build, make.case()), make.report(build, case, findings=findings)))
    new = page[page.index('id="new"') : page.index('id="gone"')]
    assert new.count("<h3>domains-complete is wrong</h3>") == 2
    assert (new.count("<bdi>the list</bdi>"), new.count("The text to paste stands above.")) == (1, 1)
    back = compare_page(compare(make.report(build, case, findings=findings[:1]), make.report(build, make.case())))
    assert "<h3>domains-complete is wrong</h3>" in back


def test_the_page_escapes_what_sites_say(samples: Any) -> None:
    page = compare_page(compare(samples.report("healthy"), samples.report("hostile")))
    assert "<script>window.owned" not in page
    assert page.count("<script>") == 1
    assert "\u202e" not in page


def test_the_text_tells_findings_as_the_page_does(build: Any, make: Any) -> None:
    found = make.finding("redir-once")
    links, fails = make.report(build, make.case(), findings=(found,)), make.report(build, make.case(ending="dead_end"))
    assert "  can break linking  redir-once: " in compare_text(compare(fails, links))
    after = fails.model_copy(update={"findings": (found,)})
    assert "  nobody can link  redir-once: " in compare_text(compare(fails, after))
    assert "  redir-once: can break linking -> nobody can link\n" in compare_text(compare(links, after))
    assert "It was “can break linking”." in compare_page(compare(links, after))
