from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.report.bundle import Given, bundle_zip, case_shown, case_text, support_case
from e2e_linker.report.model import AttemptReport
from e2e_linker.report.sections import ReportScreen

NOW = datetime(2026, 11, 21, 10, 30, 5, tzinfo=UTC)
ALL = Given(
    skill_id="amzn1.ask.skill.1",
    stage="live",
    username="tester@example.com",
    password="hunter2",
    customer_id="A1B2C3",
    platform="iOS",
    app_version="2026.10",
    description="The button is dead.",
)


@pytest.fixture
def report(build: Any, make: Any) -> Any:
    ending = {"kind": "dead_end", "message": "an error page"}
    attempt = AttemptReport(
        number=1, reason="first", linked=False, ending=ending, duration_s=1, started_at=NOW, evidence="evidence/x.json"
    )
    given = {"walk": "measured", "n": 0, "at": 0.1, "label": "first", "url": "", "title": "", "text": ""}
    screens = [
        ReportScreen(**given, picture=path, width=1, height=1, missing=None)
        for path in ("screens/a.jpg", "../secret.txt")
    ]
    cases = [make.case("fine-na"), make.case("dead-na", "dead_end", attempts=(attempt,), screens=screens)]
    skill = build.skill(domains=("cdn.example.com",))
    return make.report(build, *cases, skill=skill, findings=(make.finding(cases=("dead-na",)),))


def test_a_case_that_ends_blank_is_the_one_to_tell_of(build: Any, make: Any) -> None:
    blank = make.finding("screen-blank", symptom=True, cases=("blank-na",))
    cases = (make.case("fine-na"), make.case("blank-na", "login_not_found"))
    told = case_shown(make.report(build, *cases, findings=(blank,)))
    assert told is not None
    assert told.id == "blank-na"


def test_what_was_found_over_the_whole_run_is_told_of_its_case_too(build: Any, make: Any) -> None:
    cases = (make.case("a-na"), make.case("b-na"))
    found = (
        make.finding("token-refresh-works", "breaks", cases=(), message="No refresh works."),
        make.finding("redir-once", "degrades", cases=("b-na",), message="Twice."),
        make.finding("auth-tls-cipher-breadth", "recommended", cases=("a-na",), message="ECDSA only."),
    )
    report = make.report(build, *cases, findings=found)
    told = case_text(report, support_case(report, cases[0], ALL))
    assert told.index("No refresh works.") < told.index("ECDSA only.")
    assert "Twice." not in told


def test_the_eleven_items_stand_in_the_text(report: Any) -> None:
    case = case_shown(report)
    assert case is not None
    assert case.id == "dead-na"
    items = support_case(report, case, ALL)
    assert len(items) == 11
    assert all(item.value for item in items)
    text = case_text(report, items)
    for part in (
        "amzn1.ask.skill.1 (live)",
        "tester@example.com / hunter2",
        "A1B2C3",
        "2026-11-21 10:30:05 UTC",
        "NA",
        "iOS",
        "2026.10",
        "The button is dead.",
        "screens/a.jpg",
        "https://login.example.com/authorize",
        "cdn.example.com",
        "Auth Code Grant",
        "Nothing is missing.",
    ):
        assert part in text, part


def test_what_is_missing_is_named_with_the_way_to_add_it(report: Any) -> None:
    items = support_case(report, case_shown(report), Given(username="somebody"))
    lacking = [item.name for item in items if item.value is None]
    assert lacking == ["Skill id and stage", "Login for linking page", "Customer id", "Alexa app version"]
    text = case_text(report, items)
    assert f"Missing: {', '.join(lacking)}." in text
    assert "MISSING (--customer-id" in text
    assert "somebody" not in text


def test_without_a_case_there_is_still_a_text(build: Any, make: Any) -> None:
    report = make.report(build)
    items = support_case(report, case_shown(report), Given())
    assert len(items) == 11
    assert "no case was run" in case_text(report, items)


def test_the_zip_holds_the_reports_and_the_case_and_nothing_from_outside(report: Any, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    for name in ("report.html", "report.json", "network/dead-na.har", "network/fine-na.har", "screens/a.jpg",
                 "evidence/dead-na.json"):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    case = case_shown(report)
    with zipfile.ZipFile(BytesIO(bundle_zip(report, folder, case, "the text"))) as made:
        assert made.namelist() == ["case.txt", "report.html", "report.json", "network/dead-na.har", "screens/a.jpg"]
        assert made.read("case.txt") == b"the text"
        assert made.testzip() is None


def test_a_hostile_page_breaks_no_line(build: Any, make: Any) -> None:
    evil = "one\r\n11. Linking type: forged\x1b[2J\u202e"
    report = make.report(build, make.case(ending="dead_end"), findings=(make.finding(message=evil),))
    text = case_text(report, support_case(report, case_shown(report), Given()))
    assert "\n11. Linking type: forged" not in text
    assert not set(text) & {"\x1b", "\u202e", "\r"}
