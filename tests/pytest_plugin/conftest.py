"""pytest inside pytest, against a practice range of this process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e_linker.browser.engines import find_engine
from e2e_linker.demo.range import PracticeRange
from e2e_linker.evidence.store import open_run
from e2e_linker.report.model import RunReport
from e2e_linker.run.practice import range_config

_INI = """
[pytest]
addopts = --strict-markers -p no:cacheprovider
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = default
"""
_BROWSER = """
import pytest

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {{**browser_type_launch_args, "executable_path": {path!r}}}
"""


@dataclass
class Suite:
    """A folder with tests and a configuration for the range."""

    pytester: pytest.Pytester
    range: PracticeRange

    def arm(self, *faults: str, variants: tuple[str, ...] = ()) -> None:
        """Switch the range and write the configuration for it."""
        self.range.switch(faults=faults, variants=variants)
        range_config(self.range, self.pytester.path)

    def write(self, **files: str) -> None:
        """Write test modules."""
        self.pytester.makepyfile(**files)

    def own_page(self) -> None:
        """Let pytest-playwright use the browser that is on this machine."""
        path = find_engine("chromium").executable
        self.pytester.makeconftest(_BROWSER.format(path=str(path)))

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in a process of its own."""
        return self.pytester.runpytest_subprocess(*arguments, timeout=200)

    @property
    def report(self) -> RunReport:
        """The one report of the last session."""
        return RunReport.model_validate_json((self.folder / "report.json").read_text("utf-8"))

    @property
    def folder(self) -> Path:
        """Its run folder; nothing else is left beside it."""
        folders = [path for path in (self.pytester.path / "reports").iterdir() if not path.is_symlink()]
        assert len(folders) == 1, folders
        assert open_run(folders[0]).changed == ()
        return folders[0]

    def said(self, result: pytest.RunResult) -> str:
        """What the session printed, the name of the run left out."""
        return re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{4}", "<run>", result.stdout.str())


@pytest.fixture(scope="session")
def served() -> Iterator[PracticeRange]:
    """A range that runs in threads of its own."""
    practice_range = PracticeRange()
    practice_range._start()
    yield practice_range
    practice_range._listener.stop()


@pytest.fixture
def suite(pytester: pytest.Pytester, served: PracticeRange, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """An empty suite beside a healthy range."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini(_INI)
    made = Suite(pytester, served)
    made.arm()
    return made
