"""What can be made of saved runs: annotations, the support case, and what changed between two."""

from __future__ import annotations

import json
import os
import zipfile

import pytest

from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore

pytestmark = pytest.mark.browser

ONE = ("demo", "--project", "Desktop Chrome", "--depth", "passive")


@pytest.mark.timeout(600)
def test_two_runs_are_annotated_bundled_and_compared(program):
    assert program.alone(*ONE, "--output", "before").code == 0
    assert program.alone(*ONE, "--output", "after", "--fault", "unlisted-script").code == 1

    annotated = program("report", "after/latest", "--format", "github")
    assert annotated.code == 0
    assert annotated.out.startswith("::error title=domains-complete%3A ")

    worse = program("diff", "before/latest", "after/latest")
    assert worse.code == 1
    assert worse.out.startswith("WORSE")
    assert "domains-complete" in worse.out
    assert program("diff", "after/latest", "before/latest").code == 0
    page = program("diff", "before/latest", "after/latest", "--format", "html", "--output", "diff.html")
    assert (page.code, page.out) == (1, "")
    assert (program.folder / "diff.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    refused = program("diff", "before/latest", "after/latest", "--output", "after")
    assert (refused.code, refused.out) == (2, "")
    assert "after: cannot be written: " in refused.err

    case = program(
        "bundle", "after/latest", "--username", "tester", "--password", "env:PW", "--output", "c.zip", PW="s3"
    )
    assert case.code == 0
    assert "tester / s3" in case.out
    assert "MISSING (--customer-id" in case.out
    if os.name == "posix":
        assert (program.folder / "c.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(program.folder / "c.zip") as made:
        names = made.namelist()
        assert made.read("case.txt").decode() == case.out
        har = json.loads(made.read("network/desktop-chrome-na.har"))
    assert {"case.txt", "report.html", "report.json"} <= set(names)
    assert har["log"]["entries"]


def test_the_case_of_a_strange_run_is_written_here(program, build):
    with RunStore.create(program.folder / "deep" / "er", "R", SecretRegistry()) as store:
        store.write_case(build.case())
        store.write_run(build.run(run_id="../../elsewhere"))
    said = program("bundle", "deep/er/R")
    assert said.err.endswith("written: elsewhere-case.zip\n")
    assert (program.folder / "elsewhere-case.zip").exists()


def test_what_cannot_be_bundled_is_said(program):
    said = program("bundle", "nowhere")
    assert said.code == 2
    assert "there is no such run" in said.err
    said = program("diff", "nowhere", "elsewhere")
    assert said.code == 2
