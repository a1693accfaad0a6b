"""The size of ``report.html`` for eight cases, healthy and with faults: at most 3 MB.

Run it with ``python -m tests.benchmarks.bench_report`` from the repository's folder. Never part of a test run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from tests.benchmarks.bench_together import EIGHT
from tests.benchmarks.figures import verdict
from tests.benchmarks.served import practice_range

__all__ = ["measure"]

_TARGET_MB = 3.0
_FAULTS = ("too-many-hosts", "cookie-over-4096", "state-truncated")


async def measure() -> bool:
    """Whether both pages are small enough."""
    healthy = await _size()
    broken = await _size(*_FAULTS)
    met = verdict("report.html, healthy", healthy, _TARGET_MB, "MB")
    return verdict("report.html, with faults", broken, _TARGET_MB, "MB") and met


async def _size(*faults: str) -> float:
    with tempfile.TemporaryDirectory(prefix="e2e-linker-bench-") as folder:
        async with practice_range(*faults) as config:
            loaded = load_config(config, overrides=Overrides(devices=EIGHT, output=Path(folder)))
            _, run = await run_linking(loaded, RunOptions(), lambda _: None)
            return (run / "report.html").stat().st_size / 1e6


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure()))
