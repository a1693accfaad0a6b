"""From the command ``e2e-linker run`` to the first request that reaches the server: at most 2 seconds.

Run it with ``python -m tests.benchmarks.bench_start [ROUNDS]`` from the repository's folder. Never part of a test run.
To find slow imports: ``python -X importtime -c "import e2e_linker.cli.app, e2e_linker.run.engine"``.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from e2e_linker.demo.names import LOGIN
from e2e_linker.demo.range import PracticeRange
from e2e_linker.run.practice import range_config
from tests.benchmarks.figures import describe, verdict
from tests.benchmarks.plain import DEVICE

__all__ = ["measure"]

_TARGET_S = 2.0
_ROUNDS = 5


async def measure(rounds: int = _ROUNDS) -> bool:
    """Whether the median of ``rounds`` starts, after one that warms the disk, is within the target."""
    with tempfile.TemporaryDirectory(prefix="e2e-linker-bench-") as folder:
        async with PracticeRange() as running:
            config = range_config(running, Path(folder))
            times = [await _first_request(config, Path(folder)) for _ in range(rounds + 1)][1:]
    print(f"  {describe(times)}")
    return verdict("from the command to the first request", statistics.median(times), _TARGET_S, "s")


async def _first_request(config: Path, folder: Path) -> float:
    """Seconds until the browser knocks at the login host, where this benchmark itself hangs up on it."""
    arrived = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    written = json.loads(config.read_text("utf-8"))
    written["linker"]["resolve"][LOGIN] = f"127.0.0.1:{port}"
    config.write_text(json.dumps(written), "utf-8")
    program = str(Path(sys.executable).with_name("e2e-linker"))
    arguments = ("run", "--config", str(config), "--device", DEVICE, "--depth", "passive", "--output", str(folder))
    began = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        program, *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    await arrived.wait()
    spent = time.perf_counter() - began
    await child.wait()
    server.close()
    return spent


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(*map(int, sys.argv[1:2]))))
