"""Eight Chromium projects together against the same eight one after another: at most half as long on four cores.

The server is a step away first, then as far as servers are: from one on the next port nothing is waited for, and the
cores are all that eight can share. Beside each is told how far the machine itself goes: the same for eight plain
Playwright scripts.

Run it with ``python -m tests.benchmarks.bench_together [ROUNDS]`` from the repository's folder. Never part of a
test run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.model import Depth
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from tests.benchmarks.figures import Work, alternating, describe, verdict
from tests.benchmarks.plain import PlainScript, launched
from tests.benchmarks.served import AWAY_S, practice_range

__all__ = ["EIGHT", "measure"]

EIGHT = (
    "Pixel 7",
    "Pixel 5",
    "Galaxy S24",
    "Galaxy S9+",
    "Galaxy Tab S9",
    "Desktop Chrome",
    "Desktop Edge",
    "Desktop Chrome HiDPI",
)
_TARGET = 0.5
_ROUNDS = 3


async def measure(rounds: int = _ROUNDS) -> bool:
    """Whether both ratios are within the target."""
    near = await _measured("eight projects together", rounds, 0.0)
    return await _measured(f"eight together, server {AWAY_S * 1000:.0f} ms away", rounds, AWAY_S) and near


async def _measured(what: str, rounds: int, round_trip_s: float) -> bool:
    async with practice_range(round_trip_s=round_trip_s) as config, Browsers() as browsers:
        apart = _eight(config, browsers, workers=1)
        together = _eight(config, browsers, workers=None)
        ratio = _told(*await alternating(apart, together, rounds))
        bare = _told(*await _plain(config, rounds))
    print(f"note   eight plain scripts, which gather nothing: {bare:.2f} x; no target")
    return verdict(what, ratio, _TARGET, "x")


def _told(alone: list[float], side_by_side: list[float]) -> float:
    print(f"  one after another {describe(alone)}\n  together          {describe(side_by_side)}")
    return statistics.median(side_by_side) / statistics.median(alone)


async def _plain(config: Path, rounds: int) -> tuple[list[float], list[float]]:
    """What this machine makes of eight logins at once that do nothing but log in."""
    loaded = load_config(config)
    async with async_playwright() as playwright:
        script = PlainScript(playwright, await launched(playwright, loaded), loaded)

        async def apart() -> None:
            for _ in EIGHT:
                await script.link()

        async def together() -> None:
            await asyncio.gather(*(script.link() for _ in EIGHT))

        times = await alternating(apart, together, rounds)
        await script.browser.close()
    return times


def _eight(config: Path, browsers: Browsers, *, workers: int | None) -> Work:
    overrides = Overrides(devices=EIGHT, workers=workers, output=config.parent / "runs")
    loaded = load_config(config, overrides=overrides)

    async def run() -> None:
        report, _ = await run_linking(loaded, RunOptions(depth=Depth.PASSIVE), lambda _: None, browsers=browsers)
        assert all(case.linked for case in report.cases), report.headline

    return run


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(*map(int, sys.argv[1:2]))))
