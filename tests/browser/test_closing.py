"""A window that is closed before the answer was sent: by somebody who looks on."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import HTMLResponse

from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.model import Fault

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
FORM = """<!doctype html><title>Sign in</title><form method=post action=/sent>
<input name=username autocomplete=username><input name=password type=password><button>Sign in</button></form>"""
ANSWERS = f"<!doctype html><script>location = '{REDIRECT_URI}?code=SplxlOBeZQQYbYS6WxSbIA'; window.close()</script>"


def auto(phone: Any) -> Any:
    account = Credentials(SecretStr("alice@example.test"), SecretStr("correct horse 7"))
    return partial(LoginDriver, login="auto", credentials=account, register=phone.registry.register, step_timeout_s=2.0)


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("when", ["at the form", "before the page came"])
async def test_a_window_that_somebody_closed_is_nobodys_defect(phones, site, engine, when):
    phone = await phones(engine)
    asked, late = asyncio.Event(), asyncio.Event()

    async def authorize(request):
        asked.set()
        if when == "before the page came":
            await late.wait()
        return HTMLResponse(FORM)

    site.on("/authorize", authorize)

    async with phone.device() as device:

        async def close() -> None:
            await asked.wait()
            await asyncio.sleep(0.3)
            for page in device.context.pages:
                if when == "at the form":
                    await page.wait_for_load_state()
                await page.close()
            late.set()

        closing = asyncio.create_task(close())
        made = await phone.on(device, "/authorize", login=phone.waiting)
        await closing
    assert (made.ending.kind, made.ending.fault) == ("interrupted", Fault.TESTER)
    assert "window was closed while login.example.com was shown" in made.ending.message


async def test_an_answer_that_was_sent_as_the_window_closed_counts(phone, site):
    site.page("/authorize", ANSWERS)
    assert (await phone.walk("/authorize", login=auto(phone))).ending.kind == "arrived"


async def test_a_window_that_gave_way_to_another_is_not_missed(phone, site):
    site.page("/authorize", FORM)
    site.redirect("/sent", f"{REDIRECT_URI}?code=SplxlOBeZQQYbYS6WxSbIA")

    class Moving(LoginDriver):
        async def run(self, windows, arrived):
            first = windows.current()
            # Chromium may forget to close a page that is just being committed, and says nothing of it.
            await first.wait_for_load_state()
            await first.close()
            second = await first.context.new_page()
            await second.goto("https://login.example.com/authorize")
            return await super().run(windows, arrived)

    login = auto(phone)
    made = await phone.walk("/authorize", login=partial(Moving, **login.keywords))
    assert made.ending.kind == "arrived"
    assert [window.closed_at is None for window in made.windows.value] == [False, True]


async def test_a_page_that_closes_its_own_window_is_named(phones, site):
    site.page("/authorize", "<!doctype html><p>Please wait</p><script>setTimeout(() => window.close(), 300)</script>")
    phone = await phones("firefox")
    made = await phone.walk("/authorize", login=auto(phone))
    assert made.ending.kind == "interrupted"
    assert "where nobody closed it, look for window.close() in the scripts of login.example.com" in made.ending.hint
