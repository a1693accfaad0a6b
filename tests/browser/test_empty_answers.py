"""An error status without a body: full Chrome shows a page of its own for it, and calls the request failed."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest
from pydantic import SecretStr
from starlette.responses import Response

from e2e_linker.browser.engines import find_engine
from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.navigations import what_failed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

EMPTY = "net::ERR_HTTP_RESPONSE_CODE_FAILURE"
LOGIN = """<!doctype html><title>Sign in</title><h1>Sign in</h1>
<form method=post action=/login><input name=username autocomplete=username>
<input name=password type=password><button>Sign in</button></form>"""
ACCOUNT = Credentials(username=SecretStr("alice"), password=SecretStr("correct horse 7"))


@pytest.mark.parametrize(
    ("failure", "status", "told"),
    [
        (EMPTY, 400, None),
        (EMPTY, None, EMPTY),
        ("net::ERR_ABORTED", 200, "net::ERR_ABORTED"),
        (None, None, "failed without a reason"),
    ],
)
async def test_an_answer_without_a_body_is_no_failure(failure, status, told):
    assert what_failed(failure, status) == told


@pytest.mark.parametrize("headed", [False, True], ids=["headless shell", "full browser"])
@pytest.mark.parametrize("path", ["/authorize", "/login"])
async def test_an_empty_error_is_an_answer_in_every_chromium(phones, site, headed, path):
    engine = find_engine("chromium", headed=headed)
    if engine is None:
        pytest.skip("no such Chromium here")
    site.page("/authorize", LOGIN)

    async def refused(request):
        return Response(status_code=400)

    site.on(path, refused)
    phone = dataclasses.replace(await phones("chromium"), engine=engine)
    phone.registry.register("correct horse 7", "password")
    auto = partial(LoginDriver, login="auto", credentials=ACCOUNT, register=phone.registry.register, step_timeout_s=1.5)
    made = await phone.walk("/authorize", login=auto)
    assert made.ending.kind == ("dead_end" if path == "/login" else "login_not_found"), made.ending.message
    assert "cannot be reached" not in made.ending.message
    assert "chromewebdata" not in made.ending.message
    last = next(each for each in reversed(made.requests.value) if each.url.endswith(path) or f"{path}?" in each.url)
    assert (last.status, last.failure) == (400, None)


@pytest.mark.parametrize("status", [401, 403])
async def test_what_chrome_says_of_an_empty_refusal_is_not_the_servers_word(phones, site, status):
    endings = []
    site.page("/authorize", LOGIN)

    async def refused(request):
        return Response(status_code=status)

    site.on("/login", refused)
    for headed in (False, True):
        engine = find_engine("chromium", headed=headed)
        if engine is None:
            pytest.skip("no such Chromium here")
        phone = dataclasses.replace(await phones("chromium"), engine=engine)
        phone.registry.register("correct horse 7", "password")
        auto = partial(
            LoginDriver, login="auto", credentials=ACCOUNT, register=phone.registry.register, step_timeout_s=1.5
        )
        endings.append((await phone.walk("/authorize", login=auto)).ending)
    assert {(ending.kind, ending.fault) for ending in endings} == {(endings[0].kind, endings[0].fault)}
    assert "chromewebdata" not in endings[1].message
