"""All benchmarks, one after another: ``python -m tests.benchmarks`` from the repository's folder.

Takes some minutes, and exits with 1 where a target is missed. Meant for a machine that does nothing else meanwhile.
"""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks import (
    bench_capture,
    bench_case,
    bench_demo,
    bench_look,
    bench_memory,
    bench_probes,
    bench_report,
    bench_simulation,
    bench_start,
    bench_together,
)

_BENCHES = (
    bench_start,
    bench_case,
    bench_together,
    bench_probes,
    bench_simulation,
    bench_memory,
    bench_report,
    bench_capture,
    bench_look,
    bench_demo,
)


async def _all() -> bool:
    results = [await bench.measure() for bench in _BENCHES]
    return all(results)


if __name__ == "__main__":
    sys.exit(not asyncio.run(_all()))
