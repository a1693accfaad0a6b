"""A run whose folder takes no more: what it found out is told, and then what stood in the way."""

from __future__ import annotations

import json

import pytest

from e2e_linker.errors import StoreError
from e2e_linker.evidence.models import Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore
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


LOGIN, BACK = "https://login.example.com", "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA"


def capture():
    """A link on a phone, as a HAR file has it."""
    urls = (
        f"{LOGIN}/authorize?client_id=alexa&response_type=code&state=s&redirect_uri={BACK}",
        f"{BACK}?code=c&state=s",
    )
    entries = [
        {
            "startedDateTime": f"2026-11-21T10:00:0{n}Z",
            "time": 20,
            "request": {"method": "GET", "url": url, "headers": []},
            "response": {"status": 200, "headers": [], "content": {"text": ""}},
            "timings": {},
        }
        for n, url in enumerate(urls)
    ]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "phone", "version": "1"}, "entries": entries}})


@pytest.fixture
def filled(configured, build, pieces, monkeypatch):
    """Two saved runs and a capture, and a disk that takes no more once a run folder was made."""
    for name in ("one", "two"):
        case = build.case(token_calls=Present(value=(pieces.token_call(),)))
        with RunStore.create(configured.folder / "reports", name, SecretRegistry()) as store:
            store.write_case(case)
            store.write_run(build.run(run_id=name, options={"cases": ["phone-na"], "depth": "passive"}))
    (configured.folder / "phone.har").write_text(capture())

    def write(*_, **__):
        raise StoreError("cannot write this: No space left on device", where="x.har", hint="free")

    monkeypatch.setattr(RunStore, "_write", write)
    return configured


@pytest.mark.parametrize(
    "arguments",
    [("audit", "--har", "phone.har"), ("audit", "reports/one"), ("merge", "reports/one", "reports/two")],
    ids=["capture", "saved run", "merge"],
)
def test_what_is_judged_without_a_browser_is_told_too(filled, arguments):
    said = filled(*arguments, **SECRETS)
    assert said.code == 2
    assert said.out.startswith(("PASSED", "FAILED", "INCONCLUSIVE"))
    assert "report.html" not in said.out
    assert "error: x.har: cannot write this: No space left on device\n  try: free" in said.err
    as_json = filled(*arguments, "--json", **SECRETS)
    assert as_json.code == 2
    assert json.loads(as_json.out)["cases"]
