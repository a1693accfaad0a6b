"""A capture of a real phone, judged end to end without a browser or a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from e2e_linker.cli.app import app
from e2e_linker.config.linker import Linker
from e2e_linker.config.smapi import load_skill
from e2e_linker.errors import UsageError
from e2e_linker.report.model import RunReport
from e2e_linker.run.capture import judge_capture
from e2e_linker.run.options import RunOptions
from e2e_linker.run.saved import judge_again

STATE = "A2SAAEAE" + "x1Y2z3" * 50
CODE = "Qm9uZHMtYXJlLWdvb2QtMTIz"
REDIRECT = "https://layla.amazon.com/api/skill/link/MABC123DEF456"
LOGIN = "https://login.shop.test"
AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def entry(n: int, url: str, status: int = 200, *, location: str = "", kind: str = "text/html") -> dict[str, Any]:
    return {
        "startedDateTime": f"2026-11-21T10:00:{n:02}Z",
        "time": 20,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": "User-Agent", "value": AGENT}, {"name": "Accept", "value": "text/html,*/*"}],
        },
        "response": {
            "status": status,
            "headers": [{"name": "Content-Type", "value": kind}, {"name": "Location", "value": location}][
                : 2 if location else 1
            ],
            "content": {"text": ""},
        },
        "timings": {},
    }


@pytest.fixture
def phone(tmp_path: Path) -> dict[str, Path]:
    asked = f"{LOGIN}/authorize?client_id=a&response_type=code&state={STATE}&redirect_uri={REDIRECT}"
    entries = [
        entry(1, asked),
        entry(2, "https://cdn.brand.test/login.js", kind="text/javascript"),
        entry(9, f"{LOGIN}/login", 302, location=f"{REDIRECT}?code={CODE}&state={STATE[:200]}"),
        entry(10, f"{REDIRECT}?code={CODE}&state={STATE[:200]}", 400),
    ]
    har, skill = tmp_path / "phone.har", tmp_path / "skill.json"
    har.write_text(json.dumps({"log": {"creator": {"name": "Charles", "version": "5"}, "entries": entries}}))
    linking = {
        "type": "AUTH_CODE",
        "authorizationUrl": f"{LOGIN}/authorize",
        "clientId": "a",
        "domains": [],
        "accessTokenUrl": "https://token.shop.test/token",
        "accessTokenScheme": "HTTP_BASIC",
    }
    skill.write_text(json.dumps({"accountLinkingResponse": linking}))
    return {"har": har, "skill": skill, "output": tmp_path / "reports"}


@pytest.fixture
def judged(phone: dict[str, Path]) -> tuple[RunReport, Path]:
    return judge_capture(phone["har"], load_skill(phone["skill"]), Linker(), RunOptions(), output=phone["output"])


def test_network_audits_judge_a_capture_unchanged(judged: tuple[RunReport, Path]) -> None:
    report, _ = judged
    rules = {finding.rule for finding in report.findings}
    assert {"domains-complete", "redir-state-unchanged"} <= rules
    assert report.domains.missing == ("cdn.brand.test",)
    (case,) = report.cases
    assert (case.id, case.region, case.surface, case.device) == ("capture-eu", "EU", "webview", "an Android device")
    assert case.ending.kind == "arrived"


def test_what_a_capture_cannot_show_is_inconclusive_and_says_why(judged: tuple[RunReport, Path]) -> None:
    report, _ = judged
    outcomes = {outcome.audit: outcome for case in report.cases for outcome in case.outcomes}
    for audit in ("dialogs", "windows", "mobile-layout", "token-status"):
        assert outcomes[audit].status == "inconclusive"
        assert "capture" in (outcomes[audit].reason or "") or "phone" in (outcomes[audit].reason or "")
    assert not [outcome for outcome in outcomes.values() if outcome.status == "errored"]
    assert any("network capture" in gap for gap in report.cases[0].gaps)


def test_no_code_reaches_a_file_and_the_run_can_be_judged_again(judged: tuple[RunReport, Path]) -> None:
    report, folder = judged
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"report.html", "report.json", "junit.xml", "summary.md"} <= {path.name for path in files}
    assert not [path for path in files if CODE.encode() in path.read_bytes()]
    before = (folder / "report.json").read_bytes()
    again, _ = judge_again(folder)
    assert again == report
    assert (folder / "report.json").read_bytes() == before


def test_a_capture_without_a_link_says_what_to_do(phone: dict[str, Path]) -> None:
    document = json.loads(phone["har"].read_text())
    document["log"]["entries"] = document["log"]["entries"][1:2]
    phone["har"].write_text(json.dumps(document))
    with pytest.raises(UsageError) as refused:
        judge_capture(phone["har"], load_skill(phone["skill"]), Linker(), RunOptions(), output=phone["output"])
    assert "nobody links" in str(refused.value)
    assert not phone["output"].exists()


def test_a_capture_without_a_link_says_what_of_it_could_not_be_read(phone: dict[str, Path]) -> None:
    data = phone["har"].read_text().replace('"url": "https://login', '"url": https://login')
    phone["har"].write_text(data)
    with pytest.raises(UsageError, match="2 entries could not be read"):
        judge_capture(phone["har"], load_skill(phone["skill"]), Linker(), RunOptions(), output=phone["output"])


def test_the_command_judges_a_capture(phone: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(phone["har"].parent)
    words = ["audit", "--har", "phone.har", "--skill", "skill.json", "--output", "reports", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["cases"][0]["id"] == "capture-eu"


def judged_by_command(*more: str) -> str:
    """What the command says of phone.har in the current folder, on both of its outputs."""
    said = CliRunner().invoke(app, ["audit", "--har", *more, "--skill", "skill.json", "--output", "reports"])
    assert said.exit_code == 1
    return said.output.replace("\n", "")


def test_the_report_of_a_capture_is_told_with_its_whole_path(
    phone: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(phone["har"].parent)
    assert f"report: {phone['output']}" in judged_by_command("phone.har")


def test_the_run_that_a_capture_is_from_is_named(phone: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(phone["har"].parent)
    assert "itself made this capture" not in judged_by_command("phone.har")
    phone["har"].write_text(phone["har"].read_text().replace("Charles", "e2e-linker"))
    assert "itself made this capture; `e2e-linker audit RUN` judges the run it is from" in judged_by_command(
        "phone.har"
    )
    own = Path("run/network/phone.har")
    own.parent.mkdir(parents=True)
    phone["har"].rename(own)
    (own.parents[1] / "manifest.json").touch()
    assert f"`e2e-linker audit {phone['har'].parent / 'run'}` judges the run" in judged_by_command(str(own))


@pytest.mark.parametrize("words", [["audit"], ["audit", "reports/latest", "--har", "phone.har"]])
def test_either_a_run_or_a_capture_is_judged(phone: dict[str, Path], words: list[str]) -> None:
    refused = CliRunner().invoke(app, words)
    assert isinstance(refused.exception, UsageError)
    assert "either a run folder or a capture" in str(refused.exception)


@pytest.mark.parametrize(
    ("sent", "kept_out"),
    [
        ("username=mia%40home.example&password=Buttercup", ["mia@home.example", "Buttercup"]),
        ("username=mia.lamp&blob=Known-Pass-9", ["mia.lamp", "Known-Pass-9"]),
        ("login=mia.lamp&xyz=Sommer", ["mia.lamp", "Sommer"]),
        ("otp_code=837261", ["837261"]),
        ('{"user": "mia.lamp", "credential": {"value": "Sommer"}}', ["mia.lamp", "Sommer"]),
    ],
    ids=["names", "configured", "page", "code", "json"],
)
def test_nothing_that_was_typed_reaches_a_file(
    phone: dict[str, Path], monkeypatch: pytest.MonkeyPatch, sent: str, kept_out: list[str]
) -> None:
    monkeypatch.chdir(phone["har"].parent)
    Path("known").write_text("Known-Pass-9\n")
    account = {"username": "env:NEVER_SET_ANYWHERE", "password": "file:known"}
    Path("config.json").write_text(
        json.dumps({"linker": {"skill": "skill.json", "vendorId": "MABC", "account": account}})
    )
    document = json.loads(phone["har"].read_text())
    shown, posted = entry(3, f"{LOGIN}/form"), entry(4, f"{LOGIN}/form", 302, location=f"{LOGIN}/login")
    shown["response"]["content"]["text"] = "<form><input name=login><input type=password name=xyz></form>"
    kind = "application/json" if sent.startswith("{") else "application/x-www-form-urlencoded"
    posted["request"] |= {"method": "POST", "postData": {"mimeType": kind, "text": sent}}
    document["log"]["entries"][2:2] = [shown, posted]
    phone["har"].write_text(json.dumps(document))
    CliRunner().invoke(app, ["audit", "--har", "phone.har", "--config", "config.json", "--output", "reports"])
    (folder,) = (path for path in Path("reports").iterdir() if path.is_dir() and not path.is_symlink())
    texts = {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "capture-eu.json"} <= texts.keys()
    assert not [(name, value) for name, text in texts.items() for value in kept_out if value in text]
