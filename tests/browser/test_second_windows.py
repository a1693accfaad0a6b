"""A second window that leads nowhere, and the window that opened it: which of them a login goes on in."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import HTMLResponse, RedirectResponse

from e2e_linker.browser.login.driver import Credentials, LoginDriver

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ENGINES = pytest.mark.parametrize("engine", ["chromium", "firefox"])
ANSWER = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA?code=Zx8mWq2LrT5v"
FORM = (
    '<h1>Sign in</h1><form action=/login method=post onsubmit="{}"><input name=username autocomplete=username>'
    "<input name=password type=password><button>Sign in</button></form>"
)
CONSENT = (
    "<h1>Amazon Alexa</h1><form action=/allow method=post><button>Allow</button> <button name=no>Deny</button></form>"
)


def login(phone: Any) -> Any:
    account = Credentials(username=SecretStr("alice@example.test"), password=SecretStr("correct horse 7"))
    return partial(LoginDriver, login="auto", credentials=account, register=phone.registry.register, step_timeout_s=4.0)


def serve(site: Any, *, opener: str, second: str) -> None:
    site.page("/authorize", opener)
    site.page("/second", second)
    site.page("/consent", CONSENT)
    site.page("/waiting", "<h1>Please go on in the other window</h1>")

    async def to_consent(_: Any) -> RedirectResponse:
        return RedirectResponse("/consent", 303)

    async def answer(_: Any) -> RedirectResponse:
        return RedirectResponse(ANSWER, 303)

    site.on("/login", to_consent)
    site.on("/allow", answer)


@ENGINES
@pytest.mark.parametrize("opens", ["window.open('/second')", "for (const n of [1, 2]) open('/second', '', 'noopener')"])
async def test_a_window_that_leads_nowhere_is_left_for_the_one_that_went_on(
    phones: Any, site: Any, engine: str, opens: str
) -> None:
    phone = await phones(engine)
    serve(site, opener=FORM.format(opens), second="<title>Tips</title><p>Tips</p>")
    made = await phone.walk("/authorize", login=login(phone), deadline_s=30)
    assert made.ending.kind == "arrived", made.ending
    assert len(made.windows.value) >= 2


@ENGINES
async def test_a_login_in_a_second_window_goes_on_there(phones: Any, site: Any, engine: str) -> None:
    phone = await phones(engine)
    opener = "<h1>Welcome</h1><button onclick=\"window.open('/second'); location = '/waiting'\">Log in</button>"
    serve(site, opener=opener, second=FORM.format(""))
    made = await phone.walk("/authorize", login=login(phone), deadline_s=30)
    assert made.ending.kind == "arrived", made.ending


@pytest.mark.parametrize("moves", ["location = '/waiting'", ""])
async def test_a_login_that_is_stuck_in_both_windows_ends_in_the_second(phone: Any, site: Any, moves: str) -> None:
    opener = f"<h1>Welcome</h1><button onclick=\"window.open('/second'); {moves}\">Log in</button>"
    serve(site, opener=opener, second="<title>Tips</title><p>Tips</p>")
    made = await phone.walk("/authorize", login=login(phone), deadline_s=30)
    assert made.ending.kind == "login_not_found"
    assert "“Tips”" in made.ending.message
    assert made.screens.value[-1].url.endswith("/second")


@ENGINES
async def test_a_window_to_log_in_that_closes_itself_is_followed_back(phones: Any, site: Any, engine: str) -> None:
    phone = await phones(engine)
    follow = "t = setInterval(() => { if (w.closed) { clearInterval(t); location = '/consent' } }, 50)"
    opener = f"<h1>Welcome</h1><button onclick=\"w = window.open('/second'); {follow}\">Log in</button>"
    serve(site, opener=opener, second=FORM.format(""))

    async def done(_: Any) -> HTMLResponse:
        return HTMLResponse("<script>close()</script>")

    site.on("/login", done)
    made = await phone.walk("/authorize", login=login(phone), deadline_s=30)
    assert made.ending.kind == "arrived", made.ending
    assert len(made.windows.value) == 2


@pytest.mark.parametrize("opener", ["location.hash = 'x'", "location = '/again'"])
async def test_a_password_refused_in_a_second_window_is_not_sent_again_from_the_first(
    phone: Any, site: Any, opener: str
) -> None:
    button = "<h1>Welcome</h1><button onclick=\"window.open('/second'); {}\">Log in</button>"
    serve(site, opener=button.format(opener), second=FORM.format(""))
    site.page("/again", button.format(""))
    sent = []

    async def refuse(_: Any) -> HTMLResponse:
        sent.append(1)
        return HTMLResponse("<p role=alert>Incorrect password</p>" + FORM.format(""))

    site.on("/login", refuse)
    made = await phone.walk("/authorize", login=login(phone), deadline_s=30)
    assert made.ending.kind == "login_rejected", made.ending
    assert len(sent) == 1
