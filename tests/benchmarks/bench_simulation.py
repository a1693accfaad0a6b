"""The simulation of the Domain List for eight projects against the measured pass: at most 1.2 times as long.

The Domain List lacks the host of a picture, so that every simulated login gets through, as the measured ones do. The
simulated pass is what a run that simulates takes longer than one that only measures.

Run it with ``python -m tests.benchmarks.bench_simulation [ROUNDS]`` from the repository's folder. Never part of a test
run.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from pathlib import Path

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.evidence.saved import open_run
from e2e_linker.model import Depth
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from e2e_linker.run.watching import Watch
from tests.benchmarks.figures import Work, alternating, describe, verdict
from tests.benchmarks.served import practice_range

__all__ = ["measure"]

_EIGHT = (
    "Pixel 7",
    "Pixel 5",
    "Pixel 4",
    "Pixel 3",
    "Galaxy S24",
    "Galaxy S9+",
    "Galaxy S8",
    "Galaxy Tab S9",
)
"""Phones and tablets: a desktop browser knows nothing of the Domain List."""
_FAULT = "unlisted-image"
_LOGINS = 100
_TARGET = 1.2
_ROUNDS = 3


async def measure(rounds: int = _ROUNDS) -> bool:
    """Whether the ratio is within the target."""
    async with practice_range(_FAULT) as config, Browsers() as browsers:
        document = json.loads(config.read_text("utf-8"))
        document["linker"].setdefault("limits", {})["logins"] = _LOGINS
        config.write_text(json.dumps(document), "utf-8")
        measured, both = _eight(config, browsers, simulate=False), _eight(config, browsers, simulate=True)
        once, twice = await alternating(measured, both, rounds)
    print(f"  measured               {describe(once)}\n  measured and simulated {describe(twice)}")
    ratio = (statistics.median(twice) - statistics.median(once)) / statistics.median(once)
    return verdict("simulation for eight projects", ratio, _TARGET, "x")


def _eight(config: Path, browsers: Browsers, *, simulate: bool) -> Work:
    loaded = load_config(config, overrides=Overrides(devices=_EIGHT, output=config.parent / "runs"))
    watch = Watch(pause=False, purpose="simulated") if simulate else None
    passes = ["measured", "simulated"] if simulate else ["measured"]

    async def run() -> None:
        options = RunOptions(depth=Depth.PASSIVE)
        _, folder = await run_linking(loaded, options, lambda _: None, browsers=browsers, watch=watch)
        for case in open_run(folder).cases:
            assert [walk.purpose for walk in case.walks] == passes, case.walks
            assert all(walk.ending.kind == "arrived" for walk in case.walks), case.walks

    return run


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(*map(int, sys.argv[1:2]))))
