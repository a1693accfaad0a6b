"""The end of a run: what is judged and shown is what can be read back, without what turned out to be secret late."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from e2e_linker.config.models import REPORT_FORMATS
from e2e_linker.evidence.models import CaseEvidence
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore
from e2e_linker.run.conclusion import concluded, unwritten
from e2e_linker.run.saved import FILES, judge_again

TOKEN = "gho/Spl+xlOBeZQQYbYS6WxSbIA"


def cases_with(build: Any, registry: SecretRegistry) -> Sequence[CaseEvidence]:
    """Two cases: the answer of the first is called wrong in words that hold a token of the second."""
    asked = build.authorization()
    registry.public(asked.state)
    words = f"error=server_error&error_description=No+token+{quote(TOKEN, safe='')}"
    refused = f"{asked.redirect_uri}?{words}&state={asked.state}"
    steps = build.healthy_steps(asked, refused)
    steps[2]["excerpt"] = f"<p>{html.escape(TOKEN)}</p>"
    first = build.case(build.walk(steps, asked=asked, answer=refused), facts={"id": "Phone · NA"})
    return [registry.redact_record(first), registry.redact_record(build.case(facts={"id": "Desk · NA"}))]


def test_a_token_learnt_late_is_in_no_file_and_the_report_can_be_made_again(tmp_path: Path, build: Any) -> None:
    registry = SecretRegistry()
    store = RunStore.create(tmp_path / "reports", "run-1", registry)
    cases = cases_with(build, registry)
    for case in cases:
        store.write_case(case)
    assert registry.find((store.path / "evidence/phone-na.json").read_bytes()) is None
    registry.register(TOKEN, "access_token")
    order = {"cases": [case.case.id for case in cases]}
    report, folder = concluded(build.run(options=order), cases, store, REPORT_FORMATS)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert {*FILES.values(), "evidence/phone-na.json", "network/phone-na.har"} <= set(files)
    assert not [name for name, path in files.items() if registry.find(path.read_bytes())]
    assert any("No token <access_token#1>" in found.message for found in report.findings)
    before = {name: path.read_bytes() for name, path in files.items()}
    again, _ = judge_again(folder)
    assert again == report
    assert json.loads(before["report.json"]) == json.loads(files["report.json"].read_bytes())
    assert {name for name, path in files.items() if path.read_bytes() != before[name]} == set()


def test_what_cannot_be_written_is_told_without_what_was_learnt_late(tmp_path: Path, build: Any) -> None:
    registry = SecretRegistry()
    store = RunStore.create(tmp_path / "reports", "run-1", registry)
    cases = cases_with(build, registry)
    registry.register(TOKEN, "access_token")
    report = unwritten(build.run(), cases, store, registry)
    assert registry.find(report.model_dump_json().encode()) is None
    assert any("No token <access_token#1>" in found.message for found in report.findings)
    assert json.loads((store.path / "manifest.json").read_bytes())["state"] == "interrupted"
