"""The size of ``report.html`` for eight cases, healthy and with faults: at most 3 MB; and what more cases cost to open.

Fifty-six cases may cost the browser at most five times what eight do; what it waits for other programs is not counted.

Run it with ``python -m tests.benchmarks.bench_report`` from the repository's folder. Never part of a test run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from e2e_linker.browser.engines import Browsers
from e2e_linker.config.load import load_config
from e2e_linker.config.overrides import Overrides
from e2e_linker.evidence.saved import open_run
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page
from e2e_linker.run.engine import run_linking
from e2e_linker.run.options import RunOptions
from tests.benchmarks.bench_together import EIGHT
from tests.benchmarks.figures import verdict
from tests.benchmarks.plain import chromium
from tests.benchmarks.served import practice_range

__all__ = ["measure"]

_TARGET_MB = 3.0
_TARGET_RATIO = 5.0
_TIMES = 7
_FAULTS = ("too-many-hosts", "cookie-over-4096", "state-truncated")


async def measure() -> bool:
    """Whether both pages are small enough, and many cases are opened soon enough."""
    healthy, _ = await _page()
    broken, ratio = await _page(*_FAULTS)
    met = verdict("report.html, healthy", healthy, _TARGET_MB, "MB")
    met = verdict("report.html, with faults", broken, _TARGET_MB, "MB") and met
    return verdict("opening fifty-six cases instead of eight", ratio, _TARGET_RATIO, "x") and met


async def _page(*faults: str) -> tuple[float, float]:
    """(size of the page of eight cases in MB, how many times as much the page of fifty-six costs to open)."""
    with tempfile.TemporaryDirectory(prefix="e2e-linker-bench-") as folder:
        async with practice_range(*faults) as config:
            loaded = load_config(config, overrides=Overrides(devices=EIGHT, output=Path(folder)))
            _, run = await run_linking(loaded, RunOptions(), lambda _: None)
        many, few = Path(folder) / "many.html", run / "report.html"
        many.write_text(_many(run), encoding="utf-8")
        return few.stat().st_size / 1e6, await _opening(many) / await _opening(few)


def _many(folder: Path) -> str:
    """The page that the run in ``folder`` would have with every case seven times."""
    saved = open_run(folder)
    cases = [
        one.model_copy(update={"case": one.case.model_copy(update={"id": f"{one.case.id}-{n}"})})
        for n in range(_TIMES)
        for one in saved.cases
    ]
    return html_page(build_report(saved.run, cases), folder)


async def _opening(file: Path) -> float:
    """Seconds of a processor that the page in ``file`` costs until it stands."""
    engine = chromium()
    async with Browsers() as browsers:
        page = await (await browsers.get(engine)).new_page()
        meter = await page.context.new_cdp_session(page)
        await meter.send("Performance.enable", {"timeDomain": "threadTicks"})
        await page.goto(file.as_uri())
        told = await meter.send("Performance.getMetrics")
    return next(float(one["value"]) for one in told["metrics"] if one["name"] == "TaskDuration")


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure()))
