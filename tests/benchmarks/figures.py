"""What the benchmarks share: sampling in turn, and one way to print a result."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Awaitable, Callable

__all__ = ["Work", "alternating", "describe", "verdict"]

Work = Callable[[], Awaitable[object]]


async def alternating(first: Work, second: Work, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds each of ``rounds`` turns took, in the order A B A B, after one turn of each that does not count.

    What a turn leaves behind is collected before the next, so that it is not the other's.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for work, taken in zip((first, second), times, strict=True):
            gc.collect()
            began = time.perf_counter()
            await work()
            if turn:
                taken.append(time.perf_counter() - began)
    return times


def describe(times: list[float]) -> str:
    """Median and range of ``times`` (seconds)."""
    return f"{statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f}, n={len(times)})"


def verdict(name: str, measured: float, target: float, unit: str) -> bool:
    """Print one line and tell whether ``measured`` is within ``target``. The load says how far to trust it."""
    met = measured <= target
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else ""
    word = "met   " if met else "MISSED"
    print(f"{word} {name}: {measured:.2f} {unit}, target {target:g} {unit}  [{load}]", flush=True)
    return met
