"""A run whose folder takes no more: what it found out is told, and then what stood in the way."""

from __future__ import annotations

import json

import pytest

from e2e_linker.errors import StoreError
from e2e_linker.run import engine
from e2e_linker.run.conclusion import judged
from e2e_linker.run.late import Unwritten
from tests.cli.conftest import SECRETS


@pytest.fixture
def full(program, build, monkeypatch):
    """A configuration whose run ends at a full disk."""
    assert program("init", "--yes").code == 0
    report = judged(build.run())

    async def run_linking(*_, **__):
        raise Unwritten(StoreError("cannot write this: No space left on device", where="x.har", hint="free"), report)

    monkeypatch.setattr(engine, "run_linking", run_linking)
    return report


def test_the_summary_stands_before_the_error(program, full):
    said = program("run", **SECRETS)
    assert said.code == 2
    assert said.out.startswith(full.verdict.upper())
    assert full.headline in " ".join(said.out.split())
    assert "report.html" not in said.out
    assert "error: x.har: cannot write this: No space left on device\n  try: free" in said.err


def test_the_report_is_on_stdout_alone(program, full):
    said = program("run", "--json", **SECRETS)
    assert said.code == 2
    assert json.loads(said.out)["verdict"] == full.verdict
    assert "No space left" in said.err
