"""The end of a run: what is judged and shown is what can be read back, without what turned out to be secret late."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from e2e_linker.config.models import REPORT_FORMATS
from e2e_linker.evidence.models import CaseEvidence, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore
from e2e_linker.evidence.token_calls import ProbedLink, TokenBattery, TokenCall
from e2e_linker.model import Region
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


TOKENS = '"access_token": "<access_token#1>", "expires_in": 3600, "token_type": '


def battery_with(use: TokenCall) -> Present[TokenBattery]:
    """A refreshed link whose access token was used."""
    link = ProbedLink(
        id="refresh-1", probe="refresh", region=Region.NA, redirect_uri="https://pitangui.amazon.com/x", code="<code#2>"
    )
    about = {"endpoint": "resource", "purpose": "use", "probe": "refresh", "link": link.id}
    return Present(value=TokenBattery(case="Phone", links=(link,), calls=(use.model_copy(update=about),)))


@pytest.mark.parametrize(
    ("at", "status", "body"),
    [
        ("token", 200, f'{{{TOKENS}"Bearer\\ud800"}}'),
        ("token", 200, f'{{"\\udfff": "x", {TOKENS}"Bearer"}}'),
        ("token", 400, '{"error": "invalid_grant\\ud800", "error_description": "Benutzer \\udfff", "\\ud83d": 1}'),
        ("resource", 200, '{"sub": "1", "\\udfff": "x"}'),
        ("resource", 401, '{"error": "invalid_token\\ud83d"}'),
    ],
)
def test_half_a_surrogate_pair_in_an_answer_costs_no_report(
    tmp_path: Path, build: Any, pieces: Any, at: str, status: int, body: str
) -> None:
    call = pieces.token_call(body, status=status)
    case = build.case(token_calls=Present(value=(call,))) if at == "token" else build.case()
    run = build.run(battery=battery_with(call)) if at == "resource" else build.run()
    store = RunStore.create(tmp_path / "reports", "run-1", SecretRegistry())
    store.write_case(case)
    report, folder = concluded(run, [case], store, REPORT_FORMATS)
    before = {name: (folder / name).read_bytes() for name in FILES.values()}
    assert "\ufffd" in before["report.json"].decode()
    assert json.loads((folder / "manifest.json").read_bytes())["state"] == "complete"
    assert judge_again(folder)[0] == report
    assert {name: (folder / name).read_bytes() for name in FILES.values()} == before
