"""WCAG 2.2 A and AA as far as a machine can tell, by axe in a real browser, on every kind of report."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from e2e_linker.browser.engines import Browsers, find_engine
from e2e_linker.report.compare import compare
from e2e_linker.report.compare_text import compare_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNFOLDED = "for (const one of document.querySelectorAll('details')) one.open = true"
# Contrast is what takes axe long: half a minute for thousands of rows that differ in nothing but their words.
THINNED = """() => {
  const looks = new Map();
  const own = one => [one.localName, one.className.baseVal ?? one.className, one.getAttribute('style') ?? '',
                      one.hidden].join(' ');
  const drawn = one => [own(one), ...Array.from(one.children, drawn)].join('|');
  const around = one => one ? around(one.parentElement) + own(one) : '';
  for (const row of document.querySelectorAll('tr, li, details')) {
    const look = around(row.parentElement) + drawn(row), seen = looks.get(look) ?? 0;
    looks.set(look, seen + 1);
    if (seen >= 3 && !row.closest('th')) row.style.setProperty('display', 'none', 'important');
  }
}"""
"""Leaves of rows that are drawn alike, in places that are drawn alike, the first three."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium(browsers: Browsers) -> Browser:
    engine = find_engine("chromium")
    if engine is None:
        pytest.skip("no chromium on this machine")
    return await browsers.get(engine)


async def violations(browser: Browser, file: Path, *, width: int, scheme: Literal["light", "dark"]) -> list[str]:
    """What axe has against the page with everything unfolded, each with its first places."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    try:
        page = await context.new_page()
        await page.goto(file.as_uri())
        await page.evaluate(UNFOLDED)
        whole = {"runOnly": RULES, "rules": {"color-contrast": {"enabled": False}}, "resultTypes": ["violations"]}
        found = (await Axe().run(page, options=whole)).response["violations"]
        await page.evaluate(THINNED)
        contrast = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
        found += (await Axe().run(page, options=contrast)).response["violations"]
        return [f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in found]
    finally:
        await context.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("sick", 1280, "light"),
        ("sick", 390, "dark"),
        ("hostile", 1280, "dark"),
        ("healthy", 390, "light"),
        ("healthy", 1280, "dark"),
        ("empty", 1280, "light"),
    ],
)
async def test_axe_has_nothing_against_the_report(
    chromium: Browser, samples: Any, tmp_path: Path, name: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    file = tmp_path / "report.html"
    file.write_text(samples.page(name), encoding="utf-8")
    assert await violations(chromium, file, width=width, scheme=scheme) == []


async def test_axe_has_nothing_against_two_runs_compared(chromium: Browser, samples: Any, tmp_path: Path) -> None:
    file = tmp_path / "diff.html"
    found = compare(samples.report("healthy"), samples.report("sick"))
    file.write_text(compare_page(found), encoding="utf-8")
    assert await violations(chromium, file, width=1280, scheme="light") == []
    assert await violations(chromium, file, width=390, scheme="dark") == []
