"""The outcome on a terminal."""

from __future__ import annotations

import pytest

from e2e_linker.cli.summary import print_summary
from e2e_linker.evidence.models import Ending, NotCollected, Present
from e2e_linker.report.build import build_report
from e2e_linker.run.saved import FILES


@pytest.mark.parametrize(
    ("captured", "fate"),
    [(True, "?  phone-na  chromium  came back to Alexa"), (False, "came back to Alexa, but is not linked")],
)
def test_what_a_capture_cannot_show_is_not_called_a_failure(build, capsys, captured, fate):
    source = "har" if captured else "browser"
    evidence = build.case(source=source, token_calls=NotCollected(reason="no phone sees the token request"))
    print_summary(build_report(build.run(), [evidence]), None)
    (line,) = [line.strip() for line in capsys.readouterr().out.splitlines() if "phone-na " in line]
    assert line.endswith(fate)


def test_a_case_that_does_not_link_is_told_with_what_to_try_where_no_finding_says_why(build, capsys):
    ending = Ending(kind="dead_end", message="The same form came back.", hint="look at its cookies")
    walk = build.walk(answer=None, ending=ending)
    cases = [build.case(walk, facts={"id": name}) for name in ("a-na", "b-na", "c-na")]
    print_summary(build_report(build.run(), cases), None)
    told = capsys.readouterr().out
    assert "on all 3 cases\n  try: look at its cookies\n" in told
    assert told.count("look at its cookies") == 1


SUBSTITUTED = {"substitute": True, "asked_engines": ("webkit", "chromium")}
ARRIVED = "came back to Alexa, but is not linked"


def table(report, capsys, monkeypatch, columns):
    """The cells of the table of cases, each put together again from its lines, as they are told in ``columns``."""
    monkeypatch.setenv("COLUMNS", str(columns))
    print_summary(report, None)
    lines = capsys.readouterr().out.partition("\n\n")[2].partition("\n\n")[0].splitlines()
    assert max(map(len, lines)) <= columns
    return lines


@pytest.mark.parametrize("columns", [30, 40, 60])
@pytest.mark.parametrize("facts", [{}, SUBSTITUTED])
@pytest.mark.parametrize("name", ["phone-na", "android-custom-tab-with-a-long-name-na"])
def test_sign_and_outcome_of_a_case_are_told_in_few_columns(build, capsys, monkeypatch, columns, facts, name):
    evidence = build.case(facts={"id": name, **facts})
    lines = table(build_report(build.run(), [evidence]), capsys, monkeypatch, columns)
    assert lines[0][0] in "✓✗?!"
    assert all(line[0] == " " for line in lines[1:])
    start = len(lines[0].rstrip()) - len(lines[0].rstrip().rpartition("  ")[2])
    assert " ".join(line[start:].strip() for line in lines).split() == ARRIVED.split()
    rest = "".join(line[1:start].replace(" ", "") for line in lines)
    assert all(rest.count(letter) >= name.count(letter) for letter in set(name))


@pytest.mark.parametrize(("columns", "whole"), [(80, True), (67, True), (66, False)])
def test_ids_are_folded_only_where_there_is_no_room(build, capsys, monkeypatch, columns, whole):
    evidence = build.case(facts={"id": "android-custom-tab-na", **SUBSTITUTED})
    lines = table(build_report(build.run(), [evidence]), capsys, monkeypatch, columns)
    assert ("android-custom-tab-na  chromium for webkit  came back" in lines[0]) is whole


def test_a_short_outcome_leaves_ids_whole(build, pieces, capsys, monkeypatch):
    calls = Present(value=(pieces.token_call(),))
    evidence = build.case(facts={"id": "android-custom-tab-na", **SUBSTITUTED}, token_calls=calls)
    report = build_report(build.run(), [evidence])
    assert table(report, capsys, monkeypatch, 53) == ["✓  android-custom-tab-na  chromium for webkit  linked"]


def test_a_long_word_of_an_outcome_is_not_cut_off(build, capsys, monkeypatch):
    address = f"https://login.example.com/{'a-long-path/' * 4}end"
    ending = Ending(kind="dead_end", message=f"{address} answered 404")
    evidence = build.case(build.walk(answer=None, ending=ending))
    lines = table(build_report(build.run(), [evidence]), capsys, monkeypatch, 40)
    start = lines[0].index("https:")
    assert "".join(line[start:].replace(" ", "") for line in lines) == f"{address}answered404"


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (("html", "json", "junit", "markdown"), "report.html"),
        (("json", "junit", "markdown"), "summary.md"),
        (("json", "junit"), "report.json"),
        (("json",), "report.json"),
        ((), ""),
    ],
)
def test_the_report_that_is_named_is_there(build, capsys, monkeypatch, tmp_path, there, told):
    monkeypatch.setenv("COLUMNS", "30")
    for shape in there:
        (tmp_path / FILES[shape]).touch()
    print_summary(build_report(build.run(), [build.case()]), tmp_path)
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {tmp_path / told}"


LONG = (
    "After the login, the browser did not come back to Alexa: " + "login.example.com shows “Oops” and much more; " * 9
)


def test_a_long_ending_that_cases_have_in_common_is_told_once(build, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ending = Ending(kind="dead_end", message=LONG.strip(), hint="look at its cookies")
    cases = [build.case(build.walk(answer=None, ending=ending), facts={"id": name}) for name in ("a-na", "b-na")]
    cases.append(build.case(facts={"id": "c-na"}))
    print_summary(build_report(build.run(), cases), None)
    told = capsys.readouterr().out
    assert " ".join(told.split()).count("After the login, the browser did not come back to Alexa") == 1
    assert [line.split()[-2:] for line in told.splitlines() if line.startswith("✗")][:2] == [["dead", "end"]] * 2
    assert "  on a-na, b-na\n  try: look at its cookies\n" in told
    assert told.count("on a-na, b-na") == told.count("look at its cookies") == 1


@pytest.mark.parametrize(("message", "names"), [(LONG.strip(), ("a-na",)), ("The form came back.", ("a-na", "b-na"))])
def test_an_ending_that_is_short_or_of_one_case_stays_beside_it(build, capsys, monkeypatch, message, names):
    monkeypatch.setenv("COLUMNS", "80")
    walk = build.walk(answer=None, ending=Ending(kind="dead_end", message=message))
    print_summary(build_report(build.run(), [build.case(walk, facts={"id": name}) for name in names]), None)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗")]
    assert len(rows) == len(names)
    assert all(message[:15] in row for row in rows)
