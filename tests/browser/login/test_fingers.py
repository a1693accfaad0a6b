"""A device that has touch is used as by a finger; a desktop, and Firefox, which is given no taps, as with a mouse."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from playwright.async_api import Error
from pydantic import SecretStr, TypeAdapter
from starlette.responses import RedirectResponse

from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.login.fingers import press, tick
from e2e_linker.browser.login.hands import ticked
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.config.login import Login

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ANSWER = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA?code=Zx8mWq2LrT5v"
PHONE = {"device": "Pixel 7"}
FRAMED = "https://www.example.com/form"
FORM = (
    "<h1>Sign in</h1><form action=https://login.example.com/login method=post target=_top {form}>"
    "<input name=username autocomplete=username><input name=password type=password>{more}"
    "<button type=button>Sign in</button></form><script>const button = document.querySelector('button');"
    "const send = () => document.forms[0].requestSubmit(); {script}</script>"
)
ENTER_IS_KEPT = "onkeydown=\"if (event.key === 'Enter') event.preventDefault()\""
ON_TOUCH = "button.addEventListener('touchend', send)"
ON_FAST_TAP = "button.addEventListener('ontouchstart' in window ? 'touchend' : 'click', send)"
NOT_ON_TOUCH = "button.addEventListener('touchstart', e => e.preventDefault()); button.onmousedown = send"
ON_CLICK = "button.onclick = send"
UNLESS_BY_MOUSE = (
    "let mouse = false; addEventListener('pointerdown', e => { mouse ||= e.pointerType === 'mouse' }, true);"
    "button.onclick = () => mouse || send();"
)
VIEWPORT = "<meta name=viewport content='width=device-width'>"
STEPS = [
    {"fill": "[name=username]", "with": "username"},
    {"fill": "[name=password]", "with": "password"},
    {"check": "[name=agreed]"},
    {"click": "button"},
]
BOX = "<label><input type=checkbox name=agreed id=agreed> I agree</label>"
BOX_ON_TOUCH = (
    "let touched = false; agreed.ontouchend = () => { touched = true };"
    "agreed.onclick = event => { if (!touched) event.preventDefault() };"
    "button.onclick = () => agreed.checked && send();"
)


async def walked(phone: Any, site: Any, script: str, *, use: Any = PHONE, head: str = VIEWPORT, **how: Any) -> Any:
    """A walk over a login form of which ``script`` says what becomes of a press of its button."""
    site.page("/form", head + FORM.format(form=ENTER_IS_KEPT, more=how.pop("more", ""), script=script))
    site.page("/framed", VIEWPORT + f"<div style='height: 150px'></div><iframe src={FRAMED} height=400></iframe>")

    async def answer(_: Any) -> RedirectResponse:
        return RedirectResponse(ANSWER, 303)

    site.on("/login", answer)
    login = partial(
        LoginDriver,
        login=TypeAdapter(Login).validate_python(how.pop("login", "auto")),
        credentials=Credentials(username=SecretStr("alice@example.test"), password=SecretStr("correct horse 7")),
        register=phone.registry.register,
        step_timeout_s=1.5,
    )
    made = await phone.walk(how.pop("path", "/form"), use, login=login, deadline_s=30, **how)
    return made.ending


@pytest.mark.parametrize("head", [VIEWPORT, "", "<div style='width: 1500px'></div>"], ids=["fit", "scaled", "wide"])
@pytest.mark.parametrize("script", [ON_TOUCH, ON_FAST_TAP, ON_CLICK], ids=["touch", "fast tap", "click"])
async def test_a_button_that_hears_of_fingers_is_tapped(phone: Any, site: Any, script: str, head: str) -> None:
    ending = await walked(phone, site, script, head=head)
    assert ending.kind == "arrived", ending


@pytest.mark.parametrize("script", [ON_TOUCH, ON_CLICK], ids=["touch", "click"])
async def test_so_is_one_in_a_frame_of_another_site(phone: Any, site: Any, script: str) -> None:
    ending = await walked(phone, site, script, path="/framed")
    assert ending.kind == "arrived", ending


async def test_what_a_finger_cannot_press_is_not_pressed_with_a_mouse(phone: Any, site: Any) -> None:
    ending = await walked(phone, site, NOT_ON_TOUCH)
    assert (ending.kind, ending.message.partition(";")[0]) == (
        "dead_end",
        "The page sent nothing after the password was typed",
    )


@pytest.mark.parametrize("script", [NOT_ON_TOUCH, ON_FAST_TAP], ids=["mouse", "fast tap"])
async def test_a_desktop_is_clicked(phone: Any, site: Any, script: str) -> None:
    ending = await walked(phone, site, script, use={"device": "Desktop Chrome"})
    assert ending.kind == "arrived", ending


async def test_firefox_is_clicked_even_with_touch(phones: Any, site: Any) -> None:
    ending = await walked(await phones("firefox"), site, ON_CLICK, use={"has_touch": True})
    assert ending.kind == "arrived", ending


@pytest.mark.parametrize("script", [ON_TOUCH, BOX_ON_TOUCH, UNLESS_BY_MOUSE], ids=["button", "box", "no mouse"])
async def test_steps_of_the_configuration_tap_as_well(phone: Any, site: Any, script: str) -> None:
    ending = await walked(phone, site, script, login=STEPS, more=BOX)
    assert ending.kind == "arrived", ending


async def test_a_box_that_takes_no_tap_is_not_ticked(phone: Any) -> None:
    async with phone.device(**PHONE) as device:
        page = await device.context.new_page()
        await page.set_content("<input type=checkbox ontouchstart='event.preventDefault()'>")
        with pytest.raises(Error, match="Tapping the box did not tick it"):
            await tick(page.locator("input"), 3000)


@pytest.mark.parametrize("page_goes_on", ["", "onchange='remove()'", "onchange=\"location = 'about:blank?on'\""])
async def test_a_box_is_tapped_once(phone: Any, page_goes_on: str) -> None:
    async with phone.device(**PHONE) as device:
        page = await device.context.new_page()
        await page.set_content(f"<input type=checkbox {page_goes_on}>")
        await tick(page.locator("input"), 3000)
        if not page_goes_on:
            await tick(page.locator("input"), 3000)
            assert await page.is_checked("input")


async def test_a_component_that_tells_its_state_late_is_pressed_once(phone: Any) -> None:
    async with phone.device(**PHONE) as device:
        page = await device.context.new_page()
        await page.set_content(
            "<div role=switch aria-checked=false tabindex=0>I agree</div><script>pressed = 0; on = false;"
            "const box = document.querySelector('div'); box.onclick = () => { pressed++; on = !on;"
            "setTimeout(() => box.setAttribute('aria-checked', on), 400); }</script>"
        )
        looker = Looker()
        view = await looker.look(page)
        assert view is not None
        await ticked(looker.locate(view.controls[0]), view.controls[0], 3000)
        view = await looker.look(page, afresh=True)
        assert view is not None
        assert [c.checked for c in view.controls] == [True]
        assert await page.evaluate("pressed") == 1


@pytest.mark.parametrize("force", [True, False], ids=["at once", "looked at"])
async def test_a_tap_is_kept_from_what_came_there_at_the_last_moment(phone: Any, force: bool) -> None:
    async with phone.device(**PHONE) as device:
        page = await device.context.new_page()
        await page.set_content(
            "<button style='width: 300px; height: 300px' onclick=\"hits.push('button')\">Allow</button>"
            "<script>hits = []; trap = document.createElement('div');"
            "trap.style.cssText = 'position: fixed; inset: 0; z-index: 9';"
            "for (const type of 'pointerdown touchstart touchend mousedown mouseup click'.split(' '))"
            "  trap.addEventListener(type, () => hits.push(type));</script>"
        )
        looker = Looker()
        view = await looker.look(page)
        assert view is not None
        aim = looker.aim(view.controls[0])
        await aim.element.element_handle()
        if force:
            await page.evaluate("() => document.body.append(trap)")
        await press(aim.element, 3000, force=force)
        assert await aim.missed() is force
        assert await page.evaluate("hits") == ([] if force else ["button"])
        await page.evaluate("() => trap.remove()")
        await page.tap("button")
        await page.wait_for_function("n => hits.length > n", arg=0 if force else 1)
