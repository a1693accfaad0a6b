"""Bad input: each ends by name, with the right exit code and without a traceback, and harms no other case."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
from asyncio.subprocess import PIPE

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.demo import names
from e2e_linker.errors import ConfigurationError
from e2e_linker.evidence import store
from e2e_linker.evidence.files import storage_error, write_whole
from e2e_linker.model import Depth
from e2e_linker.run.engine import check_configuration
from e2e_linker.run.events import CaseFinished, CaseStarted, Notice
from e2e_linker.run.late import Unwritten
from e2e_linker.run.options import RunOptions

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def closed_port():
    """A port on loopback at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def said(cli, *words: str) -> tuple[int, str]:
    """(exit code, everything said) of a command line in a process of its own."""
    process = await asyncio.create_subprocess_exec(*cli, *words, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    text = err.decode() + out.decode()
    assert "Traceback" not in text, text
    assert process.returncode is not None
    return process.returncode, text


def resolving(bench, host: str, address: str) -> dict:
    return {"resolve": {**bench.range.linker["resolve"], host: address}}


async def test_a_host_that_does_not_answer_is_unreachable(bench, closed_port):
    run = await bench.link(linker=resolving(bench, names.LOGIN, f"127.0.0.1:{closed_port}"))
    assert run.endings == {"Phone": "unreachable"}
    assert run.report.exit_code == 3, run.advice
    assert run.saved().cases[0].walks[0].requests.value


async def test_a_host_without_an_address_is_unreachable(bench):
    resolve = {host: at for host, at in bench.range.linker["resolve"].items() if host != names.LOGIN}
    run = await bench.link(linker={"resolve": resolve})
    assert run.endings == {"Phone": "unreachable"}
    assert run.report.exit_code == 3, run.advice


async def test_a_certificate_nobody_trusts_is_a_tls_failure(bench):
    run = await bench.link(linker={"trust": []})
    assert run.endings == {"Phone": "tls_failure"}
    assert run.report.exit_code in {1, 3}, run.advice
    assert run.saved().cases[0].ending is None


async def test_a_private_root_vouches_for_nobody_else(bench):
    bench.arm(faults=["login-without-intermediate"])
    phone = bench.projects["Phone"]
    bench.projects = {"Phone": phone, "Careless": {**phone, "ignoreHTTPSErrors": True}}
    run = await bench.link()
    assert run.endings == {"Phone": "tls_failure", "Careless": "arrived"}
    assert "an intermediate is missing" in run.report.cases[0].ending.message
    bench.range.requests_seen.clear()
    bench.projects = {"Phone": phone}
    assert (await bench.link()).endings == {"Phone": "tls_failure"}
    assert not bench.range.requests_seen


async def test_a_missing_engine_harms_no_other_case(bench):
    bench.projects = {
        "Phone": bench.projects["Phone"],
        "Mac": {"device": "Desktop Safari", "browserName": "webkit", "launchOptions": {"executablePath": "/no/webkit"}},
    }
    run = await bench.link()
    assert run.endings == {"Phone": "arrived", "Mac": "engine_missing"}
    assert run.case("Phone").linked
    assert (run.report.verdict, run.report.exit_code) == ("inconclusive", 3)
    assert [case.case.project for case in run.saved().cases] == ["Mac", "Phone"]


async def test_a_wrong_password_is_never_tried_twice(bench):
    bench.range.write(bench.folder / "range")
    (bench.folder / "wrong").write_text("not-the-password")
    account = {**bench.range.linker["account"], "password": f"file:{bench.folder / 'wrong'}"}
    run = await bench.link(linker={"account": account}, retries=2, depth=Depth.STANDARD)
    assert run.endings == {"Phone": "login_rejected"}
    assert run.report.exit_code == 3, run.advice
    posted = [seen for seen in bench.range.requests_seen if seen.method == "POST" and seen.host == names.LOGIN]
    assert len(posted) == 1
    assert len(run.case("Phone").attempts) == 1


async def test_a_command_for_codes_that_outlasts_the_deadline_is_the_testers(bench):
    bench.arm("otp-by-command")
    bench.range.write(bench.folder / "range")
    (bench.folder / "command").write_text("sleep 60.5000")
    account = {**bench.range.linker["account"], "otpCommand": f"file:{bench.folder / 'command'}"}
    run = await bench.link(linker={"account": account}, timeout=12_000)
    ending = run.case("Phone").ending
    assert (ending.kind, ending.fault) == ("login_blocked", "tester"), ending
    assert "The OTP command sleep is too slow" in ending.message
    assert "the case's deadline of 12 s" in ending.message
    assert "60.5" not in ending.message
    assert run.report.exit_code == 3, run.advice


async def test_codes_that_a_command_fetches_from_a_mailbox_go_to_the_login_they_were_sent_for(bench):
    bench.projects = dict.fromkeys(("Phone", "Second phone", "Third phone"), bench.projects["Phone"])
    bench.arm("otp-by-command")
    run = await bench.link(depth=Depth.STANDARD)
    assert set(run.endings.values()) == {"arrived"}
    outcomes = [*run.report.outcomes, *(one for case in run.report.cases for one in case.outcomes)]
    assert [(one.audit, one.reason) for one in outcomes if one.status in {"inconclusive", "errored"}] == []
    assert (run.report.verdict, run.advice) == ("passed", [])
    made = {one.audit: one for one in run.report.outcomes}
    assert made["parallel-states"].status == "not_applicable"


async def test_logins_that_are_used_up_leave_a_case_not_started(bench):
    bench.projects = {"Phone": bench.projects["Phone"], "Tablet": bench.projects["Phone"]}
    run = await bench.link(linker={"limits": {"logins": 1}}, workers=1)
    assert run.endings == {"Phone": "arrived", "Tablet": "not_started"}
    assert (run.report.verdict, run.report.exit_code) == ("inconclusive", 3)
    assert "limits.logins" in run.case("Tablet").ending.message
    told = [event.text for event in run.events if isinstance(event, Notice)]
    assert "linker.limits.logins is 1: 1 of 2 cases get no login; raise it, or run fewer" in told


async def test_an_accident_is_tried_again_and_called_flaky(bench):
    bench.arm("hang")

    def mend(event):
        if isinstance(event, CaseStarted) and event.attempt == 2:
            bench.arm()

    run = await bench.link(retries=2, timeout=6_000, on_event=mend)
    case = run.case("Phone")
    assert [(one.number, one.reason, one.linked) for one in case.attempts] == [(1, "first", False), (2, "retry", True)]
    assert case.flaky
    assert case.linked
    assert [event.attempts for event in run.events if isinstance(event, CaseFinished)] == [2]
    assert run.report.exit_code == 0, run.advice


async def test_every_repeat_is_an_attempt_of_its_own(bench):
    run = await bench.link(repeat=3)
    case = run.case("Phone")
    assert [(one.number, one.reason, one.linked) for one in case.attempts] == [
        (1, "first", True),
        (2, "repeat", True),
        (3, "repeat", True),
    ]
    assert not case.flaky
    assert run.report.exit_code == 0, run.advice
    assert len(run.saved().cases) == 3


HOSTILE = {
    "no json": "{",
    "deep": "[" * 100_000,
    "a list": "[]",
    "nan": '{"accountLinkingResponse": {"type": NaN}}',
    "wrong types": json.dumps({"accountLinkingResponse": {"type": [], "domains": 7, "scopes": {"a": None}}}),
    "half a character": '{"accountLinkingResponse": {"clientId": "\\ud800"}}',
    "binary": "\x00\x01\x02",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_skill_file_is_refused_in_words(bench, name):
    config = bench.config()
    (bench.folder / "range" / "skill.json").write_text(HOSTILE[name])
    with pytest.raises(ConfigurationError, match=r"skill\.json") as refused:
        check_configuration(load_config(config), RunOptions())
    assert refused.value.exit_code == 2
    assert bench.range.requests_seen == []


async def test_urls_of_a_skill_that_lead_nowhere_end_the_case_by_name(bench):
    document = bench.range.skill
    linking = document["accountLinkingResponse"] | {"authorizationUrl": "https://login.brightbulb.test:99999/a b\u202e"}
    run = await bench.link(linker={"skill": {"accountLinkingResponse": linking}})
    assert run.endings["Phone"] in {"unreachable", "errored"}
    assert run.report.exit_code == 1
    assert run.saved().cases


async def test_an_output_folder_that_cannot_be_written_is_said_before_anything_starts(bench, cli):
    (bench.folder / "taken").write_text("a file")
    bench.range.requests_seen.clear()
    code, words = await said(
        cli, "run", "--config", str(bench.config()), "--output", str(bench.folder / "taken/reports")
    )
    assert code == 2
    assert "try:" in words
    assert bench.range.requests_seen == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
async def test_a_forbidden_output_folder_is_said_before_anything_starts(bench, cli):
    (bench.folder / "closed").mkdir(mode=0o500)
    code, words = await said(cli, "run", "--config", str(bench.config()), "--output", str(bench.folder / "closed"))
    assert code == 2
    assert "try:" in words


async def test_an_unknown_device_is_a_usage_error(bench, cli):
    code, words = await said(cli, "run", "--config", str(bench.config()), "--device", "Pixle 7")
    assert code == 2
    assert "Pixel 7" in words


def full_for(monkeypatch, ending):
    """A disk that takes no file whose name ends so."""

    def write(path, data, *, durable=False):
        if path.name.endswith(ending):
            raise storage_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), path)
        write_whole(path, data, durable=durable)

    monkeypatch.setattr(store, "write_whole", write)


async def unwritten(bench):
    with pytest.raises(Unwritten, match="No space left") as caught:
        await bench.link()
    (folder,) = (path for path in (bench.folder / "reports").iterdir() if path.name != "latest")
    return caught.value.report, json.loads((folder / "manifest.json").read_bytes())["state"]


async def test_a_disk_that_fills_up_during_a_case_takes_no_verdict_away(bench, monkeypatch):
    full_for(monkeypatch, ".har")
    report, state = await unwritten(bench)
    assert [case.linked for case in report.cases] == [True]
    assert (report.verdict, state) == ("interrupted", "interrupted")
    assert report.headline == "The one case links. Nothing more could be written: the run was cut short."


async def test_a_disk_that_fills_up_at_the_reports_takes_no_verdict_away(bench, monkeypatch):
    full_for(monkeypatch, "report.html")
    report, state = await unwritten(bench)
    assert [case.linked for case in report.cases] == [True]
    assert (report.verdict, state) == ("passed", "interrupted")


async def test_a_disk_that_takes_nothing_more_at_all_takes_no_verdict_away(bench, monkeypatch):
    full_for(monkeypatch, ".har")
    finish = store.RunStore.finish

    def refuse(self, **how):
        full_for(monkeypatch, "")
        finish(self, **how)

    monkeypatch.setattr(store.RunStore, "finish", refuse)
    report, state = await unwritten(bench)
    assert [case.linked for case in report.cases] == [True]
    assert state == "running"
