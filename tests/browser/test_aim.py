"""A press without another look hits what it is meant for, or nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from e2e_linker.browser.pages.digest import Looker

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
PAGE = """
<button onclick="hits.push('button')">Sign in</button>
<script>
  hits = [];
  trap = document.createElement('div');
  trap.style.cssText = 'position: fixed; inset: 0';
  for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click'])
    trap.addEventListener(type, () => hits.push('trap'));
  button = document.querySelector('button');
</script>"""


@pytest.mark.parametrize(
    ("turn", "missed", "hits"),
    [
        ("() => {}", False, ["button"]),
        ("() => document.body.append(trap)", True, []),
        ("() => { button.disabled = true; }", True, []),
        ("() => button.replaceWith(button.cloneNode(true))", True, []),
    ],
    ids=["as it was", "covered", "disabled", "made anew"],
)
@pytest.mark.parametrize("force", [True, False], ids=["at once", "looked at"])
async def test_what_came_there_at_the_last_moment_is_not_pressed(
    page: Page, turn: str, missed: bool, hits: list[str], force: bool
) -> None:
    await page.set_content(PAGE)
    # Playwright has a guard of its own from its first look on, and tells of what it does only where it waits.
    await page.click("button", trial=True)
    looker = Looker()
    view = await looker.look(page)
    assert view is not None
    aim = looker.aim(view.controls[0])
    await page.mouse.move(390, 590)
    await page.evaluate(
        """turn => {
        turn = eval(turn);
        addEventListener('mousemove', () => turn(), {once: true});
    }""",
        turn,
    )
    await aim.element.click(force=force, timeout=3000, no_wait_after=True)
    assert await aim.missed() is missed
    assert await page.evaluate("hits") == hits
    # It was about that one press: the next one is the page's again.
    await page.evaluate("() => { trap.remove(); document.querySelector('button').disabled = false; }")
    await page.click("button")
    assert await page.evaluate("hits") == [*hits, "button"]


async def test_a_press_that_leads_to_another_page_hit(page: Page) -> None:
    await page.set_content('<a href="about:blank?there">Go on</a>')
    looker = Looker()
    view = await looker.look(page)
    assert view is not None
    aim = looker.aim(view.controls[0])
    await aim.element.click(timeout=3000)
    await page.wait_for_url("about:blank?there")
    assert await aim.missed() is False
