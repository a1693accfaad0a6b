"""What the tests of one process share: the engine, and the places where runs are left until they become one report."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from e2e_linker.config.load import LoadedConfig
from e2e_linker.errors import LinkerError
from e2e_linker.model import fingerprint
from e2e_linker.pytest_plugin.again import again_by_pytest
from e2e_linker.pytest_plugin.recordings import Recordings
from e2e_linker.run.again import again_by_reproduce
from e2e_linker.run.engine_thread import EngineThread
from e2e_linker.run.merge import merge_folders

__all__ = ["LinkerSession", "Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a session leaves of one configuration."""

    root: Path
    """The folder of the run folders."""
    name: str
    """The run folder that will hold the report."""

    @property
    def folder(self) -> Path:
        """Where single runs are kept until the end of the session."""
        return self.root / f"{self.name}.parts"

    @property
    def report(self) -> Path:
        """Where the report will be."""
        return self.root / self.name / "report.html"


@dataclass(slots=True)
class LinkerSession:
    """One process of a test session: all of it, or an xdist worker, or the controller that only gathers."""

    config: pytest.Config
    name: str
    engine: EngineThread = field(default_factory=EngineThread)
    recordings: Recordings = field(init=False)
    notices: dict[str, None] = field(default_factory=dict)
    """What runs had to say besides, each thing once."""
    _parts: dict[Path, Part] = field(default_factory=dict)
    _summary: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.recordings = Recordings(self.config)
        if self.config.getoption("full_page_screenshot", False):
            self.notices["--full-page-screenshot is not honoured: a picture shows what the customer sees"] = None

    @property
    def config_path(self) -> Path:
        """The configuration that ``link_account`` uses: below the working directory, else below the root directory."""
        named = Path(self.config.getoption("--linker-config"))
        here = self.config.invocation_params.dir / named
        return here if here.exists() else self.config.rootpath / named

    @property
    def report_root(self) -> Path | None:
        """``--linker-report``."""
        named = self.config.getoption("--linker-report")
        return self.config.invocation_params.dir / named if named else None

    def part(self, path: Path, loaded: LoadedConfig) -> Part:
        """Where runs of the configuration at ``path``, which is ``loaded``, are left."""
        path = path.resolve()
        if path not in self._parts:
            more = "" if path == self.config_path.resolve() else f"-{fingerprint(str(path))[:4]}"
            root = self.report_root or loaded.config.output_dir
            self._parts[path] = Part(root, f"{self.name}{more}")
        return self._parts[path]

    def shown(self, path: Path) -> str:
        """``path`` as it is told to people: below the working directory where it is."""
        here = self.config.invocation_params.dir
        return str(path.relative_to(here) if path.is_relative_to(here) else path)

    def again(self, path: Path) -> tuple[str, ...]:
        """The words that run a case of the configuration at ``path`` once more."""
        if self.config.getoption("browser", None):  # its projects go by names of their own
            return again_by_pytest(self.config, f"{path.resolve()}::{{case}}")
        skill = self.config.getoption("--linker-skill")
        return again_by_reproduce(Path(self.shown(path)), Path(skill) if skill else None, self.report_root)

    def note(self, notice: str) -> None:
        """Keep what a run said besides."""
        self.notices[notice] = None

    def take_over(self, parts: Iterable[tuple[str, str, str]], notices: Iterable[str]) -> None:
        """Answer for the runs that a worker has left: configuration, folder of the run folders, and name of each."""
        for path, root, name in parts:
            self._parts[Path(path)] = Part(Path(root), name)
        self.notices |= dict.fromkeys(notices)

    def finish(self) -> None:
        """End the engine, keep what was recorded, and make the reports or leave that to the controller."""
        self.engine.close()
        self.recordings.keep_held()
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            parts = [[str(path), str(part.root), part.name] for path, part in self._parts.items()]
            output["e2e_linker"] = (parts, list(self.notices))
            return
        for part in self._parts.values():
            if part.folder.is_dir():
                self._summary += self._merged(part)

    def summary(self) -> list[str]:
        """Lines for the end of the session; none where nothing was linked."""
        return [*self._summary, *(f"note: {notice}" for notice in self.notices)] if self._summary else []

    def _merged(self, part: Part) -> list[str]:
        runs = list(_runs(part.folder))
        if not runs:
            shutil.rmtree(part.folder, ignore_errors=True)
            return []
        try:
            report, folder = merge_folders(runs, part.root, run_id=part.name, again="retry")
        except LinkerError as error:
            return [f"no report: {error}", f"the single runs are in {self.shown(part.folder)}"]
        shutil.rmtree(part.folder, ignore_errors=True)
        return [
            f"{report.verdict.upper()}  {report.headline}",
            f"report: {self.shown(folder / 'report.html')}",
        ]


def _runs(folder: Path) -> Iterable[Path]:
    """The run folders in ``folder`` that hold anything; a run that was stopped early holds nothing yet."""
    found = (path.parent for path in folder.glob("*/manifest.json"))
    return (path for path in found if not path.is_symlink() and any(path.glob("evidence/*.json")))
