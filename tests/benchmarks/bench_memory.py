"""Memory that a case takes in our own process where the page makes 2,000 requests: at most 150 MB.

Run it with ``python -m tests.benchmarks.bench_memory`` from the repository's folder (Linux). Never part of a test run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from pathlib import Path

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.evidence.models import Present
from e2e_linker.evidence.saved import open_run
from e2e_linker.model import Depth
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from tests.benchmarks.bench_case import passive_case
from tests.benchmarks.busy_page import REQUESTS
from tests.benchmarks.figures import verdict
from tests.benchmarks.plain import DEVICE
from tests.benchmarks.served import practice_range, served

__all__ = ["measure"]

_TARGET_MB = 150.0
_PATIENCE_MS = 120_000


async def measure() -> bool:
    """Whether the highest memory during the case, above that before it, is within the target."""
    async with practice_range() as config, Browsers() as browsers:
        await passive_case(config, browsers)()  # everything is loaded now
        async with served("tests.benchmarks.busy_page") as port:
            before = _resident_mb()
            sampling = asyncio.create_task(_highest())
            await _busy_case(int(port), browsers)
            sampling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sampling
    return verdict(f"memory of {REQUESTS} requests", _peak[0] - before, _TARGET_MB, "MB")


_peak = [0.0]


async def _highest() -> None:
    while True:
        _peak[0] = max(_peak[0], _resident_mb())
        await asyncio.sleep(0.02)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6


async def _busy_case(port: int, browsers: Browsers) -> None:
    with tempfile.TemporaryDirectory(prefix="e2e-linker-bench-") as name:
        folder = Path(name)
        skill = {"type": "AUTH_CODE", "authorizationUrl": f"http://127.0.0.1:{port}/authorize", "clientId": "busy"}
        (folder / "skill.json").write_text(json.dumps({"accountLinkingRequest": skill}), "utf-8")
        config = folder / "playwright.config.json"
        document = {
            "timeout": _PATIENCE_MS,
            "expect": {"timeout": _PATIENCE_MS},
            "linker": {"skill": "skill.json", "vendorId": "M2AAAAAAAAAAAA", "login": "auto"},
        }
        config.write_text(json.dumps(document), "utf-8")
        loaded = load_config(config, overrides=Overrides(devices=(DEVICE,), output=folder / "runs"))
        options = RunOptions(depth=Depth.PASSIVE)
        _, run = await run_linking(loaded, options, lambda _: None, browsers=browsers)
        walk = open_run(run).cases[0].walks[0]
        assert walk.ending.kind == "arrived", walk.ending
        assert isinstance(walk.requests, Present)
        assert len(walk.requests.value) > REQUESTS, len(walk.requests.value)


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure()))
