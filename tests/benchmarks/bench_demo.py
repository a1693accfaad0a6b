"""How soon the practice range is there and gone, within 3 s, and answers: a page over a kept connection within 30 ms.

What the range delays, the other benchmarks would take for what the tester costs.

Run it with ``python -m tests.benchmarks.bench_demo`` from the repository's folder. Never part of a test run.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
import sys
import time

from e2e_linker.demo import PracticeRange, names
from tests.benchmarks.figures import verdict

__all__ = ["measure"]

_TARGET_MS = 30.0
_TARGET_S = 3.0
_TURNS = 20


async def measure() -> bool:
    """Whether the range is there soon enough, and its quickest answer is quick enough."""
    began = time.perf_counter()
    async with PracticeRange():
        pass
    met = verdict("starting and stopping the range", time.perf_counter() - began, _TARGET_S, "s")
    async with PracticeRange() as practice:
        quickest = await asyncio.to_thread(_quickest, practice)
    return verdict("an answer of the range", quickest, _TARGET_MS, "ms") and met


def _quickest(practice: PracticeRange) -> float:
    context = ssl.create_default_context(cadata=practice.root_pem.decode())
    # The certificate is for the range's names, and the connection goes to loopback.
    context.check_hostname = False
    connection = http.client.HTTPSConnection("127.0.0.1", practice.port, context=context)
    times = []
    for _ in range(_TURNS):
        began = time.perf_counter()
        connection.request("GET", "/privacy", headers={"Host": names.LOGIN})
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"the range answered {answer.status} at /privacy")
    connection.close()
    return min(times) * 1000


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure()))
