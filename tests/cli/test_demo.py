"""The program against the practice range, and what can be done with the run it leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from e2e_linker.browser.engines import find_engine

pytestmark = pytest.mark.browser

README = Path(__file__).parents[2] / "README.md"
ONE = ("demo", "--project", "Desktop Chrome")


def plainly(text: str) -> str:
    """``text`` without what differs between runs: durations, the run's folder."""
    text = re.sub(r"\(\d+\.\d s\)", "(N s)", text)
    return re.sub(r"report: .*report\.html", "report: FOLDER/report.html", text)


def in_columns(text: str) -> list[list[str]]:
    """The columns of every line. Where WebKit is there, nothing stands in for it."""
    lines = text.replace("chromium for webkit", "webkit").strip().splitlines()
    return [re.split(r" {2,}", line.strip()) for line in lines]


def test_the_healthy_range_passes(program, snapshot):
    said = program.alone(*ONE, "--depth", "passive")
    assert plainly(said.shown) == snapshot
    assert said.code == 0
    assert (program.folder / "reports" / "latest" / "report.html").is_file()


@pytest.mark.skipif(find_engine("firefox") is None, reason="without Firefox its case cannot be judged")
def test_the_default_projects_link_as_the_readme_shows(program):
    shown = README.read_text("utf-8").partition("<!-- demo-output -->\n```\n")[2].partition("\n```")[0]
    said = program.alone("demo", "--depth", "passive")
    assert said.code == 0
    assert in_columns(re.sub(r"report: .*/reports/\S+/", "report: …/reports/<run>/", said.out)) == in_columns(shown)


def test_a_broken_range_fails_and_its_run_can_be_judged_again(program, snapshot):
    said = program.alone(*ONE, "--fault", "unlisted-script", "--fault", "token-form-encoded")
    assert plainly(said.shown) == snapshot
    assert said.code == 1
    kept = program.folder / "reports" / "latest" / "report.json"
    before = kept.read_bytes()
    again = program("audit", "reports/latest")
    assert (again.code, plainly(again.out)) == (1, plainly(said.out))
    assert kept.read_bytes() == before
    assert program("report", "reports/latest", "--format", "json").out == before.decode()
    summary = program("report", "reports/latest")
    assert summary.code == 0
    assert "domains-complete" in summary.out
    assert program("report", "reports/latest", "--format", "junit", "--output", "j.xml").out == ""
    assert (program.folder / "j.xml").read_text().startswith("<?xml")


def test_json_stands_alone_on_stdout(program):
    said = program.alone(*ONE, "--fault", "schema-enum", "--json", "--fail-on", "breaks")
    report = json.loads(said.out)
    assert report["exit_code"] == said.code
    assert [case["id"] for case in report["cases"]] == ["desktop-chrome-na"]
    assert plainly(said.err).startswith("desktop-chrome-na: linked (N s)")
