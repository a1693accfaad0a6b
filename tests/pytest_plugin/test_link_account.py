"""The ``link_account`` fixture, as a suite uses it."""

from __future__ import annotations

import zipfile

import pytest

pytestmark = pytest.mark.browser

SYNC = """
import pytest

def test_links(link_account):
    result = link_account(device="Pixel 7", region="EU")
    assert result.linked
    result.assert_no_findings(at_least="recommended")
    token = result.tokens.access_token
    assert str(token) == token.value and len(token.value) > 8
    assert token.value not in repr(result) + repr(token) + repr(result.tokens)
    assert token.value not in result.evidence.model_dump_json() + result.report.model_dump_json()
    print("TOKEN", token, result.tokens.refresh_token)

@pytest.mark.linker(region="FE", device="Desktop Chrome")
def test_marked(link_account):
    assert link_account().case.region == "FE"
    assert link_account(device="Pixel 7").case.device == "Pixel 7"

async def test_async(link_account):
    import asyncio
    ticks = []
    async def tick():
        while True:
            ticks.append(1)
            await asyncio.sleep(0.01)
    ticking = asyncio.create_task(tick())
    result = await link_account.aio(project="Android web view")
    ticking.cancel()
    assert result.linked and len(ticks) > 3

async def test_blocking_in_async(link_account):
    assert link_account(device="Pixel 7").linked

def test_beside_its_own_page(link_account, page):
    page.set_content("<h1>mine</h1>")
    assert link_account(device="Pixel 7").linked
    assert page.inner_text("h1") == "mine"
"""


def test_a_healthy_skill_links_in_every_kind_of_test(suite):
    suite.own_page()
    suite.write(test_it=SYNC)
    result = suite.run("-rP", "--tracing", "on", "--screenshot", "on")
    result.assert_outcomes(passed=5)
    report = suite.report
    assert [case.id for case in report.cases] == [
        "test-it-test-links-eu",
        "test-it-test-marked-fe",
        "test-it-test-marked-2-fe",
        "test-it-test-async-na",
        "test-it-test-blocking-in-async-na",
        "test-it-test-beside-its-own-page-chromium-na",
    ]
    assert all(case.linked and len(case.attempts) == 1 for case in report.cases)
    assert report.options["depth"] == "passive"
    assert "PASSED  All 6 cases link. Nothing was found.\nreport: reports/<run>/report.html" in suite.said(result)
    _no_secret_is_kept(suite, result)


def _no_secret_is_kept(suite, result):
    (line,) = [line for line in result.outlines if line.startswith("TOKEN")]
    store, user = suite.range._world.store, suite.range.users[0]
    assert line.split()[1] in store.access
    secrets = [*line.split()[1:], *store.access, *store.refresh, *store.codes, *store.sessions]
    secrets += [user.password, user.username, suite.range.client_secret]
    traces = list(suite.pytester.path.glob("test-results/*/linker*trace*.zip"))
    assert len(traces) == 6
    assert list(suite.pytester.path.glob("test-results/*/linker-screenshot-1.jpg"))
    held = [path.read_bytes() for path in suite.folder.rglob("*") if path.is_file()]
    for trace in traces:
        with zipfile.ZipFile(trace) as members:
            assert {"trace.trace", "trace.network"} < set(members.namelist())
            held += [members.read(name) for name in members.namelist()]
    assert not [secret for secret in secrets if any(secret.encode() in data for data in held)]


FAILING = """
import pytest

def test_asked(link_account):
    link_account(device="Pixel 7").assert_no_findings()

def test_ignored(link_account):
    link_account(device="Pixel 7").assert_no_findings(ignore=["auth-tracks-state", "redir-state-unchanged"])

def test_plain(link_account):
    assert link_account(device="Pixel 7").linked

def test_device_of_nobody(link_account):
    link_account(device="Pixel 77")

def test_region_of_nobody(link_account):
    link_account(region="US")

def test_rule_of_nobody(link_account):
    link_account(device="Pixel 7").assert_no_findings(ignore=["auth-tracks-stat"])

def test_rule_as_a_word(link_account):
    link_account(device="Pixel 7", only="redir-state-unchanged").assert_no_findings(ignore="state-parameter")

def test_severity_of_nobody(link_account):
    link_account(device="Pixel 7").assert_no_findings(at_least="degrade")

@pytest.mark.parametrize("sign", ["+", "-"])
def test_told_apart_by_a_sign(link_account, sign):
    link_account(device="Pixel 7", only=["redir-state-unchanged"])

@pytest.mark.linker(devise="Pixel 7")
def test_wish_of_nobody(link_account):
    link_account()
"""


def test_a_failing_test_names_the_finding_the_cause_and_the_report(suite):
    suite.arm("state-truncated")
    suite.write(test_it=FAILING)
    keeping = ("--tracing", "retain-on-failure", "--screenshot", "only-on-failure", "--video", "on")
    result = suite.run(*keeping, "--output", "kept", "--full-page-screenshot")
    result.assert_outcomes(failed=7, passed=4)
    said = suite.said(result)
    cases = [case.id for case in suite.report.cases]
    assert {f"test-it-py-test-told-apart-by-a-sign-no-{n}-na" for n in (1, 2)} <= set(cases)
    for part in (
        "test-it-test-asked-na: 2 findings",
        "BREAKS  redir-state-unchanged",
        "cause: the authorization server",
        "report: reports/<run>/report.html",
        "test-it-test-plain-na: came back to Alexa, but is not linked",
        'Playwright knows no device "Pixel 77"',
        "did you mean auth-tracks-state?",
        "there is no severity 'degrade'",
        "did you mean degrades? there are: breaks, degrades, recommended",
        "there is no 'devise' to ask for",
        "region: there is no region US",
    ):
        assert part in said
    assert "--region" not in said
    assert "During handling" not in said
    assert "linking.py" not in said
    # Each finding is told once a test: by the assertion, or beside a plain one.
    asked = said.partition("_ test_asked _")[2].partition("_ test_plain _")[0]
    assert asked.count("BREAKS  redir-state-unchanged") == 1
    assert "note: --full-page-screenshot is not honoured" in said
    kept = [path for path in suite.pytester.path.glob("kept/*/linker-*") if path.suffix != ".webm"]
    assert {path.parent.name for path in kept} == {
        "test-it-py-test-asked",
        "test-it-py-test-plain",
        "test-it-py-test-rule-of-nobody",
        "test-it-py-test-severity-of-nobody",
    }
    assert {path.suffix for path in kept} == {".zip", ".jpg"}
    videos = {path.parent.name for path in suite.pytester.path.glob("kept/*/linker-video.webm")}
    assert len(videos) == 4 or "note: no video: Playwright's ffmpeg is missing" in said
    assert not (suite.pytester.path / "test-results").exists()


def test_nothing_can_be_said_of_a_server_that_does_not_answer(suite):
    config = suite.pytester.path / "playwright.config.json"
    config.write_text(config.read_text().replace(str(suite.range.port), "1"))
    suite.write(test_it="def test_it(link_account):\n    link_account(device='Pixel 7').assert_no_findings()\n")
    result = suite.run()
    result.assert_outcomes(failed=1)
    assert "test-it-test-it-na: not linked" in suite.said(result)


def test_workers_of_xdist_make_one_report(suite):
    tests = "\n".join(
        f"def test_{n}(link_account):\n    assert link_account(device='Pixel 7').linked" for n in range(4)
    )
    suite.write(test_it=tests)
    result = suite.run("-n", "2")
    result.assert_outcomes(passed=4)
    assert sorted(case.id for case in suite.report.cases) == [f"test-it-test-{n}-na" for n in range(4)]
    assert suite.said(result).count("report: reports/<run>/report.html") == 1


MENDED = """
from pathlib import Path

def test_it(link_account):
    result = link_account(device="Pixel 7")
    seen = Path(__file__).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert result.linked and not first

def test_last():
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_retry_is_another_attempt_at_the_same_case(suite, workers):
    suite.write(test_it=MENDED)
    result = suite.run("--reruns", "1", "--tracing", "on", *workers)
    assert result.parseoutcomes() == {"passed": 2, "rerun": 1}
    (case,) = suite.report.cases
    assert [(attempt.number, attempt.reason) for attempt in case.attempts] == [(1, "first"), (2, "retry")]
    kept = {path.parent.name for path in suite.pytester.path.glob("test-results/*/linker-trace.zip")}
    assert kept == {"test-it-py-test-it", "test-it-py-test-it-retry1"}
