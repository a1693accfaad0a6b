"""One case with all evidence and audits against a plain Playwright script: at most 1.3 times as long.

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
from tests.benchmarks.served import practice_range

__all__ = ["measure"]

_TARGET = 1.3
_ROUNDS = 9
_PROCESS_ROUNDS = 3


async def measure(rounds: int = _ROUNDS) -> bool:
    """Whether both ratios, with a warm browser and as whole processes, are within the target."""
    async with practice_range() as config:
        warm = await _warm(config, rounds)
        whole = await _whole(config, min(rounds, _PROCESS_ROUNDS))
    return warm and whole


def passive_case(config: Path, browsers: Browsers, folder: str = "runs") -> Work:
    """One customer who links once, on one phone, with everything that is kept and judged."""
    loaded = load_config(config, overrides=Overrides(devices=(DEVICE,), output=config.parent / folder))

    async def case() -> None:
        report, _ = await run_linking(loaded, RunOptions(depth=Depth.PASSIVE), lambda _: None, browsers=browsers)
        assert report.cases[0].linked, report.headline

    return case


async def _warm(config: Path, rounds: int) -> bool:
    plain: LoadedConfig = load_config(config)
    async with Browsers() as browsers, async_playwright() as playwright:
        script = PlainScript(playwright, await launched(playwright, plain), plain)
        ours, theirs = await alternating(passive_case(config, browsers), script.link, rounds)
        await script.browser.close()
    return _told("one case, warm browser", ours, theirs)


async def _whole(config: Path, rounds: int) -> bool:
    folder = str(config.parent / "whole")
    program = str(Path(sys.executable).with_name("e2e-linker"))
    tool = (program, "run", "--config", str(config), "--device", DEVICE, "--depth", "passive", "--output", folder)

    async def ours() -> None:
        await _process(*tool)

    async def theirs() -> None:
        await _process(sys.executable, "-m", "tests.benchmarks.plain", str(config))

    return _told("one case, whole process", *await alternating(ours, theirs, rounds))


def _told(name: str, ours: list[float], theirs: list[float]) -> bool:
    print(f"  e2e-linker {describe(ours)}\n  plain      {describe(theirs)}")
    return verdict(name, statistics.median(ours) / statistics.median(theirs), _TARGET, "x")


async def _process(*command: str) -> None:
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await child.communicate()
    assert child.returncode == 0, said.decode()


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(*map(int, sys.argv[1:2]))))
