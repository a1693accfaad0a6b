"""What became of cases and findings over several runs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from e2e_linker.cli.app import app
from e2e_linker.errors import StoreError
from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.report.build import build_report
from e2e_linker.run.history import history_of, read_history

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def report(build, pieces):
    """The report of the ``n``-th run. Its cases have the given statuses of the token answer; None for no exchange."""

    def make(n: int, skill: str = "alexa", **statuses: int | None):
        facts = build.skill(client_id=skill)
        cases = []
        for name, status in statuses.items():
            calls = Present(value=(pieces.token_call(status=status),)) if status else NotCollected(reason="no code")
            cases.append(build.case(skill=facts, facts={"id": name, "project": name}, token_calls=calls))
        at = START + timedelta(hours=n)
        return build_report(build.run(skill=facts, run_id=f"run-{n}", started_at=at, finished_at=at), cases)

    return make


@pytest.fixture
def saved(tmp_path):
    """A folder with a run folder for each report."""

    def save(*reports):
        for one in reports:
            folder = tmp_path / one.run_id
            folder.mkdir()
            (folder / "report.json").write_text(one.model_dump_json(), encoding="utf-8")
        return tmp_path

    return save


def told(skill, rule="token-status-200"):
    return next(found for found in skill.findings if found.rule == rule)


def test_a_finding_comes_stays_and_goes(report):
    reports = [report(1, phone=200), report(2, phone=201), report(3, phone=201), report(4, phone=200)]
    (skill,) = history_of([reports[2], reports[0], reports[3], reports[1]], last=10)
    assert [run.run_id for run in skill.runs] == ["run-1", "run-2", "run-3", "run-4"]
    found = told(skill)
    assert found.seen == ("absent", "found", "found", "absent")
    assert (found.first, found.last, found.cases) == ("run-2", "run-3", ("phone",))
    (case,) = skill.cases
    assert (case.id, case.standings[0], case.standings[3]) == ("phone", "links", "links")


def test_what_was_not_looked_at_again_is_not_gone(report):
    reports = [
        report(1, phone=201, tablet=201),
        report(2, phone=200),
        report(3, phone=200, tablet=None),
        report(4, tablet=201),
        report(5, phone=200, tablet=200),
    ]
    (skill,) = history_of(reports, last=10)
    assert told(skill).seen == ("found", "unchecked", "unchecked", "found", "absent")
    standings = {case.id: case.standings for case in skill.cases}
    assert standings["tablet"][1] is None
    assert standings["phone"][3] is None


def test_the_latest_runs_of_each_skill_are_told_apart(report):
    reports = [report(n, phone=201 if n == 1 else 200) for n in range(1, 4)]
    skills = history_of([*reports, report(4, skill="beta", phone=201)], last=2)
    assert [(one.client_id, [run.run_id for run in one.runs]) for one in skills] == [
        ("alexa", ["run-2", "run-3"]),
        ("beta", ["run-4"]),
    ]
    assert not any(found.rule == "token-status-200" for found in skills[0].findings)
    assert told(skills[1]).seen == ("found",)


def test_reports_that_cannot_be_read_are_named_and_the_others_told(report, saved):
    folder = saved(report(1, phone=200), report(2, phone=200))
    (folder / "run-1" / "report.json").write_text('{"schema_version": 7}')
    (folder / "killed").mkdir()
    (folder / "killed" / "manifest.json").write_text("{}")
    (folder / "notes").mkdir()
    (folder / "latest").symlink_to("run-2")
    history = read_history(folder, last=5)
    assert [run.run_id for run in history.skills[0].runs] == ["run-2"]
    assert [line.partition(":")[0] for line in history.unread] == ["killed", "run-1"]
    assert "No such file" in history.unread[0]
    assert "another version" in history.unread[1]


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_runs_is_refused(tmp_path, name):
    with pytest.raises(StoreError) as caught:
        read_history(tmp_path / name, last=5)
    assert "e2e-linker run" in str(caught.value)


def test_the_verb_tells_it_in_a_table(report, saved, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    folder = saved(report(1, phone=200, tablet=201), report(2, phone=201), report(3, phone=200, tablet=200))
    done = CliRunner().invoke(app, ["history", str(folder)])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("alexa  https://login.example.com/")
    assert lines[1] == "  3 runs, the latest on the right and last"
    assert any(re.fullmatch(r"  .·✓  tablet  links", line) for line in lines), done.stdout
    assert any(re.fullmatch(r"  ✓.✓  phone   links", line) for line in lines), done.stdout
    at = next(n for n, line in enumerate(lines) if "token-status-200" in line)
    assert lines[at].startswith("  ✗✗✓  ")
    assert "  gone; last in run-2" in lines
    assert [line.split()[0] for line in lines[-3:]] == ["run-1", "run-2", "run-3"]


def test_a_finding_that_came_back_or_was_not_checked_is_said_to(report, saved):
    folder = saved(report(1, phone=201), report(2, phone=200), report(3, phone=201))
    shown = CliRunner().invoke(app, ["history", str(folder)]).stdout
    assert "  back; first in run-1" in shown
    assert "since" in CliRunner().invoke(app, ["history", str(folder), "--last", "1"]).stdout
    saved(report(4, phone=None))
    assert "not checked in the latest run; last in run-3" in CliRunner().invoke(app, ["history", str(folder)]).stdout


def test_json_has_all_of_it_and_nothing_else_is_on_stdout(report, saved):
    folder = saved(report(1, phone=201), report(2, phone=200))
    (folder / "killed").mkdir()
    (folder / "killed" / "manifest.json").write_text("{}")
    done = CliRunner().invoke(app, ["history", str(folder), "--json"])
    (skill,) = json.loads(done.stdout)["skills"]
    assert [run["run_id"] for run in skill["runs"]] == ["run-1", "run-2"]
    found = next(found for found in skill["findings"] if found["rule"] == "token-status-200")
    assert found["seen"] == ["found", "absent"]
    assert done.stderr.startswith("left out: killed: report.json: ")
