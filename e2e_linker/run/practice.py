"""A run against the practice range."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.demo.catalogue import faults
from e2e_linker.demo.range import PracticeRange
from e2e_linker.errors import UsageError
from e2e_linker.evidence.saved import RUNS
from e2e_linker.model import Depth, Grant, Severity
from e2e_linker.report.model import RunReport
from e2e_linker.run.engine import run_linking
from e2e_linker.run.events import Listener
from e2e_linker.run.options import RunOptions

__all__ = ["Practice", "practise", "range_config", "serve_range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What to practise. ``depth``, ``repeat`` and regions that are left out are those the faults need to show."""

    faults: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    output: Path = RUNS
    formats: tuple[str, ...] = ()
    depth: Depth | None = None
    repeat: int | None = None
    workers: int | None = None
    fail_on: Severity = Severity.DEGRADES
    headed: bool = False

    def range(self) -> PracticeRange:
        """The range, not yet started. Raises :class:`UsageError` where two faults need different grants."""
        needed = [faults()[name].needs for name in self.faults if name in faults()]
        grants = {need.grant for need in needed}
        if len(grants) > 1:
            raise UsageError("one fault needs the code grant, another the implicit one", hint="try them one at a time")
        return PracticeRange(
            faults=self.faults,
            variants=self.variants,
            grant=next(iter(grants), Grant.AUTH_CODE),
            pkce=any(need.pkce for need in needed),
        )

    def options(self) -> RunOptions:
        """The run's options, deep enough for every fault to show."""
        needed = [faults()[name].needs for name in self.faults if name in faults()]
        order = list(Depth)
        deepest = max((order.index(need.depth) for need in needed), default=0)
        return RunOptions(
            depth=self.depth or order[max(deepest, order.index(Depth.STANDARD))],
            repeat=self.repeat or max((need.repeat for need in needed), default=1),
            fail_on=self.fail_on,
            again=self.again(),
        )

    def again(self) -> tuple[str, ...]:
        """The words that practise one project once more: this range is gone by then, and so is its configuration."""
        given = (("--fault", self.faults), ("--variant", self.variants), ("--region", self.regions))
        words = [word for option, values in given for value in values for word in (option, value)]
        words += ("--depth", str(self.depth)) if self.depth else ()
        words += ("--output", str(self.output)) if self.output != RUNS else ()
        return ("e2e-linker", "demo", *words, "--project", "{project}")

    def overrides(self) -> Overrides:
        """The part of the command line that changes the configuration."""
        needed = [region for name in self.faults if name in faults() for region in faults()[name].needs.regions]
        return Overrides(
            projects=self.projects,
            regions=self.regions or tuple(dict.fromkeys(needed)),
            output=self.output,
            formats=self.formats,
            workers=self.workers,
            headed=self.headed,
        )


def range_config(practice_range: PracticeRange, folder: Path) -> Path:
    """Write the range's files and a ``playwright.config.json`` for it into ``folder``; the configuration's path."""
    practice_range.write(folder)
    path = folder / "playwright.config.json"
    path.write_text(json.dumps({"linker": practice_range.linker}, indent=2) + "\n", encoding="utf-8")
    return path


async def practise(wanted: Practice, listener: Listener) -> tuple[RunReport, Path]:
    """Run the full linking test against a fresh range; the report and its folder."""
    with tempfile.TemporaryDirectory(prefix="e2e-linker-range-") as folder:
        async with wanted.range() as practice_range:
            config = range_config(practice_range, Path(folder))
            loaded = load_config(config, overrides=wanted.overrides())
            return await run_linking(loaded, wanted.options(), listener)


async def serve_range(wanted: Practice, say: Callable[[str], None]) -> None:
    """Serve the range until it is cancelled, after telling how to reach it."""
    with tempfile.TemporaryDirectory(prefix="e2e-linker-range-") as folder:
        async with wanted.range() as practice_range:
            config = range_config(practice_range, Path(folder))
            for line in _told(practice_range, config):
                say(line)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return


def _told(practice_range: PracticeRange, config: Path) -> list[str]:
    user = practice_range.users[0]
    return [
        f"The practice range serves {len(practice_range.hosts)} host names at {practice_range.address}:",
        *(f"  {host}" for host in practice_range.hosts),
        "",
        f"user      {user.username}",
        f"password  {user.password}",
        f"files     {config.parent} (skill.json, ca.pem, playwright.config.json)",
        "",
        f"try       e2e-linker run --config {config}",
        "",
        json.dumps(practice_range.skill, indent=2),
        "",
        "Ctrl-C stops it.",
    ]
