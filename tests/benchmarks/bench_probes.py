"""The probes of the token endpoint: what they add to a run, and how long a run is that waits for them.

At depth standard they add three seconds at most to a run that leaves them out and is the same otherwise. A run at depth
thorough, where they wait half a minute beside everything else, ends within 35 seconds.

Run it with ``python -m tests.benchmarks.bench_probes [ROUNDS]`` from the repository's folder. Never part of a test run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path
from unittest.mock import patch

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.evidence.models import Present
from e2e_linker.evidence.store import open_run
from e2e_linker.model import Depth
from e2e_linker.run.battery import Battery
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from tests.benchmarks.figures import Work, alternating, describe, verdict
from tests.benchmarks.plain import DEVICE
from tests.benchmarks.served import practice_range

__all__ = ["measure"]

_ADDED_S = 3.0
_THOROUGH_S = 35.0
_ROUNDS = 5


async def measure(rounds: int = _ROUNDS) -> bool:
    """Whether both targets are met."""
    async with practice_range(consent="once") as config, Browsers() as browsers:
        probed, spared = await alternating(
            _run(config, browsers, Depth.STANDARD), _run(config, browsers, Depth.STANDARD, probes=False), rounds
        )
        began = time.perf_counter()
        await _run(config, browsers, Depth.THOROUGH)()
        thorough = time.perf_counter() - began
    print(f"  at depth standard\n    with probes    {describe(probed)}\n    without probes {describe(spared)}")
    added = verdict("probes, added", statistics.median(probed) - statistics.median(spared), _ADDED_S, "s")
    return verdict("one device, thorough", thorough, _THOROUGH_S, "s") and added


def _run(config: Path, browsers: Browsers, depth: Depth, *, probes: bool = True) -> Work:
    loaded = load_config(config, overrides=Overrides(devices=(DEVICE,), output=config.parent / "runs"))

    async def run() -> None:
        # Nothing else of a run knows whether its probes are wanted.
        wanting = Battery.wanting if probes else property(lambda _: False)
        with patch.object(Battery, "wanting", wanting):
            report, folder = await run_linking(loaded, RunOptions(depth=depth), lambda _: None, browsers=browsers)
        assert report.cases[0].linked, report.headline
        assert isinstance(open_run(folder).run.battery, Present) is probes

    return run


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(*map(int, sys.argv[1:2]))))
