"""The whole tool against the practice range: one range and one set of browsers for all tests of a worker."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio

from e2e_linker.browser.engines import Browsers, find_engine
from e2e_linker.browser.pages.digest import install_digest
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.demo import PracticeRange
from e2e_linker.demo.catalogue import faults
from e2e_linker.evidence.store import SavedRun, open_run
from e2e_linker.model import Depth, Grant, Severity
from e2e_linker.report.model import CaseReport, RunReport
from e2e_linker.run import case
from e2e_linker.run.battery import Battery
from e2e_linker.run.engine import run_linking
from e2e_linker.run.events import Event
from e2e_linker.run.options import RunOptions

CLI = (sys.executable, "-c", "from e2e_linker.cli import main; main()")
PHONE = {"device": "Pixel 7", "surface": "custom-tab", "browserName": "chromium"}
Probes = Literal["all", "tokens", "none"]
FIREFOX = {"device": "Desktop Firefox", "surface": "browser", "browserName": "firefox"}


@contextmanager
def _making(probes: Probes) -> Iterator[None]:
    """Of what a run makes once for all cases, only ``probes``: those of the token endpoint, or none."""

    async def walked(*_: Any) -> None:
        return None

    with pytest.MonkeyPatch.context() as patch:
        if probes != "all":
            patch.setattr(case, "probe", walked)
        if probes == "none":
            patch.setattr(Battery, "wanting", property(lambda _: False))
        yield


@dataclass
class Linked:
    """What a run left."""

    report: RunReport
    folder: Path
    events: list[Event]

    def case(self, name: str) -> CaseReport:
        """The case of the project ``name``."""
        return next(case for case in self.report.cases if case.project == name)

    @property
    def endings(self) -> dict[str, str]:
        """How each case ended, by project."""
        return {case.project: case.ending.kind for case in self.report.cases}

    @property
    def advice(self) -> list[str]:
        """Every finding, down to the least."""
        return [f"{found.severity} {found.rule}: {found.message}" for found in self.report.findings]

    def saved(self) -> SavedRun:
        """The run as it is on disk."""
        return open_run(self.folder)


@dataclass
class Bench:
    """A range that runs, browsers that run, and a folder of one's own."""

    range: PracticeRange
    browsers: Browsers
    folder: Path
    projects: dict[str, Mapping[str, Any]] = field(default_factory=lambda: {"Phone": PHONE})

    def arm(self, *variants: str, faults: Sequence[str] = (), grant: Grant = Grant.AUTH_CODE) -> None:
        """Switch the range; its secrets, codes and sessions of before are forgotten."""
        self.range.switch(faults=faults, variants=variants, grant=grant)

    def signed_in(self) -> dict[str, Any]:
        """``use`` of a phone whose browser is signed in already, so that no page is shown to it."""
        path = self.folder / "state.json"
        path.write_text(json.dumps(self.range.storage_state()), "utf-8")
        return {**PHONE, "storageState": str(path)}

    def config(self, *, linker: Mapping[str, Any] | None = None, **more: Any) -> Path:
        """Write a configuration whose dead ends are quick; ``linker`` and ``more`` change keys of it (None: drop)."""
        self.range.write(self.folder / "range")
        block = {**self.range.linker, "limits": {"logins": 50}, **(linker or {})}
        document = {
            "projects": [{"name": name, "use": use} for name, use in self.projects.items()],
            "timeout": 20_000,
            "expect": {"timeout": 1_500},
            "outputDir": str(self.folder / "reports"),
            "linker": {key: value for key, value in block.items() if value is not None},
            **more,
        }
        path = self.folder / "playwright.config.json"
        path.write_text(json.dumps(document, indent=2), "utf-8")
        return path

    async def link(
        self,
        *,
        depth: Depth = Depth.PASSIVE,
        repeat: int = 1,
        only: Sequence[str] = (),
        linker: Mapping[str, Any] | None = None,
        probes: Probes = "all",
        on_event: Callable[[Event], None] = lambda event: None,
        **more: Any,
    ) -> Linked:
        """Run, with the browsers that are there.

        The walks that are made once per run take most of what it costs at depth standard, the probes of the token
        endpoint most of the rest. ``probes`` leaves out those that a test does not look at.
        """
        events: list[Event] = []

        def listen(event: Event) -> None:
            events.append(event)
            on_event(event)

        loaded = load_config(self.config(linker=linker, **more), overrides=Overrides())
        options = RunOptions(depth=depth, repeat=repeat, only=tuple(only), fail_on=Severity.RECOMMENDED)
        with _making(probes):
            report, folder = await run_linking(loaded, options, listen, browsers=self.browsers)
        return Linked(report, folder, events)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    """Browsers of these tests alone: what they leave of a Firefox that tried many things must meet no other test."""
    async with Browsers() as running:
        await install_digest(running.playwright)
        yield running


@pytest.fixture
def bench(practice_range: PracticeRange, browsers: Browsers, tmp_path: Path) -> Bench:
    """A healthy range with nothing remembered."""
    practice_range.switch()
    return Bench(practice_range, browsers, tmp_path)


@pytest.fixture(scope="session")
def cli() -> tuple[str, ...]:
    """The words that start the command line in a process of its own."""
    return CLI


@pytest.fixture(scope="session")
def firefox() -> Mapping[str, Any]:
    """``use`` of the desktop Firefox."""
    return FIREFOX


@pytest.fixture(scope="session")
def phone() -> Mapping[str, Any]:
    """``use`` of the Android phone."""
    return PHONE


@pytest.fixture(scope="session")
def token_faults() -> tuple[str, ...]:
    """The faults of the token endpoint, but for those that only take long."""
    long = {"token-slow", "token-hangs", "token-drips"}
    return tuple(name for name in faults() if name.startswith("token-") and name not in long)


@asynccontextmanager
async def _chromium(folder: Path, *more: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A Chromium with its DevTools on loopback: their address, and its process."""
    command = [find_engine("chromium").executable, "--headless", "--no-sandbox", "--remote-debugging-port=0"]
    process = await asyncio.create_subprocess_exec(
        *command, f"--user-data-dir={folder}", *more, stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        while b"DevTools listening on" not in (line := await process.stderr.readline()):
            assert line
        yield line.split()[-1].decode(), process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


@pytest.fixture(scope="session")
def chromium() -> Callable[..., AbstractAsyncContextManager[tuple[str, asyncio.subprocess.Process]]]:
    """Start a Chromium that somebody else could have started, with a profile folder and further arguments."""
    return _chromium


@pytest_asyncio.fixture(loop_scope="session")
async def running_chromium(tmp_path: Path) -> AsyncIterator[str]:
    """The DevTools address of such a Chromium."""
    async with _chromium(tmp_path / "profile") as (endpoint, _):
        yield endpoint
