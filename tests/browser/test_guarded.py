"""Walks that end at a guard against robots, and at servers that only have one."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import HTMLResponse

from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


class Looking:
    """Looks for what is not there, and says so."""

    kind = "login_not_found"

    def __init__(self, **_: Any) -> None:
        pass

    async def run(self, windows: Any, arrived: Any) -> Ending:
        await windows.current().wait_for_selector("h1")
        return Ending(kind=self.kind, message="No login form was found.")


class Asked(Looking):
    """Finds a captcha."""

    kind = "captcha"


class Rejected(Looking):
    """Was refused."""

    kind = "login_rejected"


CHALLENGE = {"cf-mitigated": "challenge", "server": "cloudflare"}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize(("login", "kind"), [(None, "login_blocked"), (Looking, "login_blocked"), (Asked, "captcha")])
async def test_a_challenge_in_place_of_the_login_is_told_by_its_header(phones, site, engine, login, kind):
    phone = await phones(engine)
    site.page("/authorize", "<h1>Hello</h1>", status=403, headers=CHALLENGE)
    made = await phone.walk("/authorize", login=login)
    assert (made.ending.kind, made.ending.fault) == (kind, Fault.TESTER)
    assert "Cloudflare answers for login.example.com" in made.ending.message
    assert "(cf-mitigated: challenge, status 403)" in made.ending.message
    assert "lower the bot protection for the authorization page" in made.ending.hint


async def test_a_challenge_that_reloads_for_ever_is_no_loop_of_the_server(phone, site):
    site.page("/authorize", "<h1>Hello</h1><script>location.reload()</script>", status=403, headers=CHALLENGE)
    made = await phone.walk("/authorize", login=phone.waiting, deadline_s=20)
    assert made.ending.kind == "login_blocked"


async def test_a_challenge_that_solved_itself_is_none(phone, site):
    async def authorize(request):
        if "passed" in request.cookies:
            return HTMLResponse("<h1>Welcome</h1>")
        page = "<script>document.cookie = 'passed=1'; setTimeout(() => location.reload(), 50)</script>"
        return HTMLResponse(page, status_code=403, headers=CHALLENGE)

    site.on("/authorize", authorize)
    made = await phone.walk("/authorize", login=Looking)
    assert made.ending.message == "No login form was found."


@pytest.mark.parametrize(
    ("login", "headers"),
    [
        (Looking, {"server": "cloudflare", "cf-ray": "8c1"}),
        (Looking, {"x-datadome": "protected"}),
        (Rejected, CHALLENGE),
    ],
)
async def test_a_servers_own_refusal_stays_its_own(phone, site, login, headers):
    site.page("/authorize", "<h1>Forbidden</h1>", status=403, headers=headers)
    made = await phone.walk("/authorize", login=login)
    assert (made.ending.kind, made.ending.message) == (login.kind, "No login form was found.")


async def test_what_a_guard_let_through_is_the_servers_own(phone, site):
    site.page("/authorize", "<h1>Hello</h1>", headers={"x-dd-b": "0"})
    made = await phone.walk("/authorize", login=Looking)
    assert made.ending.kind == "login_not_found"


async def test_a_challenge_to_a_part_of_the_page_is_not_one_to_the_page(phone, site):
    site.page("/authorize", "<h1>Hello</h1><iframe src=/frame></iframe><script src=/part></script>")
    site.page("/frame", "<h1>Hello</h1>", status=403, headers=CHALLENGE)
    site.page("/part", "", status=403, headers=CHALLENGE)
    made = await phone.walk("/authorize", login=Looking)
    assert made.ending.kind == "login_not_found"
