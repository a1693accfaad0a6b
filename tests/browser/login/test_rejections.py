"""A server that refuses a login may say so in a dialog only."""

from __future__ import annotations

from functools import partial

import pytest
from pydantic import SecretStr, TypeAdapter

from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.config.login import Login

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
FORM = (
    "<!doctype html><title>Sign in</title><script>alert('Welcome! Old links have expired.')</script>"
    "<form onsubmit=\"event.preventDefault(); setTimeout(() => alert('Wrong password'), 30)\">"
    "<input name=username autocomplete=username><input name=password type=password><button>Sign in</button></form>"
)
STEPS = [{"fill": "[name=username]", "with": "username"}, {"fill": "[name=password]", "with": "password"}]


@pytest.mark.parametrize("login", ["auto", [*STEPS, {"click": "button"}]], ids=["auto", "steps"])
async def test_a_password_that_an_alert_refuses_is_rejected(phone, site, login):
    site.page("/authorize", FORM)
    driver = partial(
        LoginDriver,
        login=TypeAdapter(Login).validate_python(login),
        credentials=Credentials(username=SecretStr("alice@example.test"), password=SecretStr("correct horse 7")),
        register=phone.registry.register,
        step_timeout_s=4,
    )
    made = await phone.walk("/authorize", login=driver)
    assert made.ending.kind == "login_rejected", made.ending
    assert "“Wrong password”" in made.ending.message
    assert "expired" not in made.ending.message
    assert [dialog.message for dialog in made.dialogs.value] == ["Welcome! Old links have expired.", "Wrong password"]
