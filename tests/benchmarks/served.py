"""The practice range in a process of its own, so that serving it costs the measured process nothing.

It asks for consent at every link, so that every turn takes the same clicks, unless it is to ask once only.

``python -m tests.benchmarks.served FOLDER often|once ROUND_TRIP_S [FAULT]...`` writes the files of the range into
FOLDER, prints the path of its configuration, and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from e2e_linker.demo.range import PracticeRange
from e2e_linker.run.practice import range_config
from tests.benchmarks.distance import relayed

__all__ = ["AWAY_S", "practice_range", "served"]

AWAY_S = 0.04
"""Seconds of a round trip to a server in the same part of the world."""


@contextlib.asynccontextmanager
async def served(*command: str) -> AsyncIterator[str]:
    """Run ``python -m`` with ``command`` until the block ends; the first line it printed."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        line = (await child.stdout.readline()).decode().strip()
        assert line, "the server did not start; what it said stands above"
        yield line
    finally:
        child.stdin.close()
        await child.wait()


@contextlib.asynccontextmanager
async def practice_range(
    *faults: str, consent: Literal["often", "once"] = "often", round_trip_s: float = 0.0
) -> AsyncIterator[Path]:
    """The configuration file of a running range with ``faults``, ``round_trip_s`` seconds away."""
    with tempfile.TemporaryDirectory(prefix="e2e-linker-bench-") as folder:
        async with served("tests.benchmarks.served", folder, consent, str(round_trip_s), *faults) as config:
            yield Path(config)


async def _serve(folder: Path, consent: str, round_trip_s: str, *faults: str) -> None:
    variants = ("consent-every-time",) if consent == "often" else ()
    async with (
        PracticeRange(faults=faults, variants=variants) as running,
        relayed(running.port, float(round_trip_s)) as port,
    ):
        config = range_config(running, folder)
        if float(round_trip_s):
            config.write_text(config.read_text().replace(running.address, f"127.0.0.1:{port}"))
        print(config, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), *sys.argv[2:]))
