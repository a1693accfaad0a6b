"""How a code is typed into boxes for one character each."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from e2e_linker.browser.login.hands import keyed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def boxes() -> str:
    return "<input id=a maxlength=1><input id=b maxlength=1>"


async def test_a_box_has_moved_on_by_the_time_the_next_is_typed_into(page: Page, boxes: str) -> None:
    await page.set_content(boxes + "<script>a.oninput = () => setTimeout(() => b.focus(), 30)</script>")
    await keyed(page.locator("#a"), "7", 3000, filled=False, again=False)
    assert await page.evaluate("[a.value, document.activeElement.id]") == ["7", "b"]


async def test_what_a_box_held_is_replaced(page: Page, boxes: str) -> None:
    await page.set_content(boxes)
    await page.fill("#a", "3")
    await keyed(page.locator("#a"), "7", 3000, filled=True, again=False)
    assert await page.evaluate("a.value") == "7"


async def test_a_key_that_got_lost_is_written(page: Page, boxes: str) -> None:
    script = "let heard = ''; a.onkeydown = event => event.preventDefault(); a.oninput = () => { heard += a.value };"
    await page.set_content(f"{boxes}<script>{script}</script>")
    await keyed(page.locator("#a"), "7", 3000, filled=False, again=False)
    assert await page.evaluate("[a.value, heard]") == ["", ""]
    await keyed(page.locator("#a"), "7", 3000, filled=False, again=True)
    assert await page.evaluate("[a.value, heard]") == ["7", "7"]
