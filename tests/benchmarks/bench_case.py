"""One case with all evidence and audits against a plain Playwright script: at most 1.3 times as long.

That is a case gathered, kept and judged, its outcome in ``report.json``, with a server on the next port, and with one
as far as servers are. What the other three reports cost on top, and what whole processes cost, is told beside it.

Run it with ``python -m tests.benchmarks.bench_case [ROUNDS]`` from the repository's folder. Never part of a test
run: the figure is a ratio taken in turns in one process, but a busy machine still blurs it.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import LoadedConfig, load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.model import Depth
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from tests.benchmarks.figures import Work, alternating, describe, verdict
from tests.benchmarks.plain import DEVICE, PlainScript, launched
from tests.benchmarks.served import AWAY_S, practice_range

__all__ = ["measure"]

_TARGET = 1.3
_ROUNDS = 9
_PROCESS_ROUNDS = 3


async def measure(rounds: int = _ROUNDS) -> bool:
    """Whether a case gathered and judged in a warm browser is within the target."""
    async with practice_range() as config:
        ratio = _told("with all evidence and audits", *await _warm(config, rounds, formats=("json",)))
        whole = _told("with all four reports", *await _warm(config, rounds, formats=()))
        process = _told("as a whole process", *await _whole(config, min(rounds, _PROCESS_ROUNDS)))
    async with practice_range(round_trip_s=AWAY_S) as config:
        away = _told(f"with a server {AWAY_S * 1000:.0f} ms away", *await _warm(config, rounds, formats=("json",)))
    print(f"note   with all four reports {whole:.2f} x, as a whole process {process:.2f} x; no target")
    met = verdict("one case, warm browser", ratio, _TARGET, "x")
    return verdict(f"one case, server {AWAY_S * 1000:.0f} ms away", away, _TARGET, "x") and met


def passive_case(config: Path, browsers: Browsers, folder: str = "runs", formats: tuple[str, ...] = ()) -> Work:
    """One customer who links once, on one phone, with everything that is kept and judged."""
    overrides = Overrides(devices=(DEVICE,), output=config.parent / folder, formats=formats)
    loaded = load_config(config, overrides=overrides)

    async def case() -> None:
        report, _ = await run_linking(loaded, RunOptions(depth=Depth.PASSIVE), lambda _: None, browsers=browsers)
        assert report.cases[0].linked, report.headline

    return case


Times = tuple[list[float], list[float]]
"""Seconds of our runs and of the plain script's, taken in turns."""


async def _warm(config: Path, rounds: int, *, formats: tuple[str, ...]) -> Times:
    plain: LoadedConfig = load_config(config)
    async with Browsers() as browsers, async_playwright() as playwright:
        script = PlainScript(playwright, await launched(playwright, plain), plain)
        times = await alternating(passive_case(config, browsers, formats=formats), script.link, rounds)
        await script.browser.close()
    return times


async def _whole(config: Path, rounds: int) -> Times:
    folder = str(config.parent / "whole")
    program = str(Path(sys.executable).with_name("e2e-linker"))
    tool = (program, "run", "--config", str(config), "--device", DEVICE, "--depth", "passive", "--output", folder)

    async def ours() -> None:
        await _process(*tool)

    async def theirs() -> None:
        await _process(sys.executable, "-m", "tests.benchmarks.plain", str(config))

    return await alternating(ours, theirs, rounds)


def _told(how: str, ours: list[float], theirs: list[float]) -> float:
    print(f"  one case {how}\n    e2e-linker {describe(ours)}\n    plain      {describe(theirs)}")
    return statistics.median(ours) / statistics.median(theirs)


async def _process(*command: str) -> None:
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await child.communicate()
    assert child.returncode == 0, said.decode()


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(*map(int, sys.argv[1:2]))))
