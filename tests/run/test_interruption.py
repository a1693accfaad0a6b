"""Stopped in the middle: what was gathered is on disk, in order, and said to be incomplete."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from e2e_linker.evidence.store import open_run
from e2e_linker.run.saved import judge_again

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals"),
]


GUARD_S = 60
"""Far more than what is waited for takes on a busy machine; without it a test that fails would hang."""
CAME_BACK = ("signed-in-na: linked", "signed-in-na: came back to Alexa")
"""How the end of a case is told; on a busy machine its tokens may come later than Alexa waits for them."""
STOPPING = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None)]
IDS = ["ctrl-c", "sigterm", "sighup"]


class Stoppable:
    """A run in a process (and process group) of its own: one case has ended, another never settles."""

    def __init__(self, process: Process, reports: Path) -> None:
        self.process = process
        self.reports = reports
        self.said = ""

    @property
    def folder(self) -> Path:
        """The run folder."""
        return (self.reports / "latest").resolve()

    async def until_in_the_middle(self) -> None:
        """Wait until the case that can end has ended."""
        assert self.process.stderr is not None
        async with asyncio.timeout(GUARD_S):
            while not any(words in self.said for words in CAME_BACK):
                line = await self.process.stderr.readline()
                assert line, f"the run ended early:\n{self.said}"
                self.said += line.decode()

    async def ended(self) -> int:
        """The exit code; everything that was said is in :attr:`said`."""
        async with asyncio.timeout(GUARD_S):
            out, err = await self.process.communicate()
        self.said += err.decode() + out.decode()
        assert "Traceback" not in self.said, self.said
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def in_the_middle(bench, cli) -> AsyncIterator[Stoppable]:
    bench.arm("never-settles")
    bench.projects = {"Signed in": bench.signed_in(), "Waiting": bench.projects["Phone"]}
    config = bench.config(timeout=120_000, expect={"timeout": 100_000})
    words = [*cli, "run", "--config", str(config), "--depth", "passive"]
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=PIPE, start_new_session=True)
    try:
        run = Stoppable(process, bench.folder / "reports")
        await run.until_in_the_middle()
        yield run
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def cases_of(folder: Path) -> dict[str, str]:
    report = json.loads((folder / "report.json").read_bytes())
    assert (report["verdict"], report["exit_code"]) == ("interrupted", 130)
    return {case["project"]: case["ending"]["kind"] for case in report["cases"]}


@pytest.mark.parametrize("number", STOPPING, ids=IDS)
async def test_a_stopped_run_keeps_everything_up_to_then(bench, cli, number):
    async with in_the_middle(bench, cli) as run:
        # A terminal sends Ctrl-C, and its end, to everything that was started from it, a supervisor SIGTERM likewise.
        os.killpg(run.process.pid, number)
        assert await run.ended() == 130
    assert "INTERRUPTED" in run.said
    assert cases_of(run.folder) == {"Signed in": "arrived", "Waiting": "interrupted"}
    saved = open_run(run.folder)
    assert saved.interrupted
    assert not saved.changed
    waiting = next(case for case in saved.cases if case.case.project == "Waiting")
    assert waiting.walks[0].requests.value, "the page's own requests belong to what was gathered"
    before = {name: (run.folder / name).read_bytes() for name in ("report.json", "report.html", "summary.md")}
    judge_again(run.folder)
    assert {name: (run.folder / name).read_bytes() for name in before} == before


async def test_a_second_ctrl_c_ends_it_without_a_traceback(bench, cli):
    async with in_the_middle(bench, cli) as run:
        os.killpg(run.process.pid, signal.SIGINT)
        os.killpg(run.process.pid, signal.SIGINT)
        assert await run.ended() == 130
    assert open_run(run.folder).interrupted


async def test_a_killed_run_can_be_read_as_far_as_it_came(bench, cli):
    async with in_the_middle(bench, cli) as run:
        os.kill(run.process.pid, signal.SIGKILL)
        assert await run.ended() == -signal.SIGKILL
    report, folder = judge_again(run.folder)
    assert (report.verdict, report.exit_code) == ("interrupted", 130)
    assert {case.project: case.ending.kind for case in report.cases}["Signed in"] == "arrived"
    assert open_run(folder).interrupted


async def test_a_terminal_that_goes_away_more_than_once_costs_no_report(bench, cli):
    async with in_the_middle(bench, cli) as run:
        for _ in range(5):
            os.killpg(run.process.pid, signal.SIGHUP)
            await asyncio.sleep(0.05)
        await run.ended()
    assert cases_of(run.folder) == {"Signed in": "arrived", "Waiting": "interrupted"}


async def test_a_closed_terminal_costs_no_report(bench, cli):
    """Whatever is written to it fails from then on."""
    bench.arm("never-settles")
    config = bench.config(timeout=120_000, expect={"timeout": 100_000})
    words = [*cli, "run", "--config", str(config), "--depth", "passive"]
    terminal, theirs = os.openpty()
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    process = await asyncio.create_subprocess_exec(*words, **streams, start_new_session=True)
    os.close(theirs)
    os.set_blocking(terminal, False)
    try:
        async with asyncio.timeout(GUARD_S):
            while not list((bench.folder / "reports").glob("*/evidence/run.json")):
                with suppress(BlockingIOError):
                    os.read(terminal, 65_536)
                await asyncio.sleep(0.01)
            os.close(terminal)
            os.killpg(process.pid, signal.SIGHUP)
            await process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert set(cases_of((bench.folder / "reports" / "latest").resolve()).values()) <= {"interrupted"}


@pytest.mark.parametrize("number", STOPPING, ids=IDS)
async def test_the_demo_can_be_stopped_at_any_moment(cli, tmp_path, number):
    words = [*cli, "demo", "--project", "Desktop Chrome", "--output", str(tmp_path), "--variant", "hang"]
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=PIPE, start_new_session=True)
    run = Stoppable(process, tmp_path)
    try:
        async with asyncio.timeout(GUARD_S):
            while not list(tmp_path.glob("*/evidence/run.json")):
                await asyncio.sleep(0.01)
        os.kill(process.pid, number)
        assert await run.ended() == 130
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert set(cases_of(run.folder).values()) <= {"interrupted"}
    assert open_run(run.folder).interrupted
