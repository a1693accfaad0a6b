"""All benchmarks, one after another: ``python -m tests.benchmarks`` from the repository's folder.

Takes some minutes, and exits with 1 where a target is missed. Meant for a machine that does nothing else meanwhile.
"""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks import bench_case, bench_memory, bench_report, bench_start, bench_together


async def _all() -> bool:
    results = [await bench.measure() for bench in (bench_start, bench_case, bench_together, bench_memory, bench_report)]
    return all(results)


if __name__ == "__main__":
    sys.exit(not asyncio.run(_all()))
