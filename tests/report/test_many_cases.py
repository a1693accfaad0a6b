"""Fifty cases in one file: small enough to send, quick enough to open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e_linker.browser.engines import Browsers, find_engine
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page

MOST_BYTES = 8_000_000
MOST_NODES = 300_000
MOST_LAID_OUT = 8_000
"""What is closed at first is not laid out, and that is what would take long. ``bench_report`` measures how long."""


def fifty(samples: Any) -> str:
    build = samples.build
    cases = []
    for n in range(50):
        about = {"project": f"device-{n}", "device": "Pixel 7"}
        screens = samples.drawn.screens(f"many-{n}", colour=f"#1f4f{n + 100:02x}")
        walk = samples.sick_walk("NA", screens)
        asked = build.authorization()
        pictures = [build.sub(f"https://cdn.example.com/{n}/{m}.png", "image") for m in range(150)]
        warm = build.walk([*build.healthy_steps(asked, build.answer(asked)), *pictures], asked=asked)
        cases.append(samples.case(about, walk, warm.model_copy(update={"id": "warm", "purpose": "warm"})))
    return html_page(build_report(samples.run(), cases), samples.folder)


@pytest.mark.browser
async def test_fifty_cases_stay_one_page(samples: Any, tmp_path: Path) -> None:
    text = fifty(samples)
    assert len(text.encode()) < MOST_BYTES
    engine = find_engine("chromium")
    if engine is None:
        pytest.skip("no chromium on this machine")
    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    async with Browsers() as browsers:
        page = await (await browsers.get(engine)).new_page()
        meter = await page.context.new_cdp_session(page)
        await meter.send("Performance.enable")
        await page.goto(file.as_uri())
        await page.evaluate("document.body.offsetHeight")
        told = {one["name"]: one["value"] for one in (await meter.send("Performance.getMetrics"))["metrics"]}
        assert 1_000 < told["LayoutObjects"] < MOST_LAID_OUT
        assert told["Nodes"] < MOST_NODES
        assert await page.locator("details.case").count() == 50
        assert await page.locator("details.case[open]").count() == 1
        await page.close()
