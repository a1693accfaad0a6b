"""Walks that end at a guard against robots, and at servers that only have one."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import HTMLResponse

from e2e_linker.browser.login.credentials import Credentials
from e2e_linker.browser.login.driver import LoginDriver
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
        (Rejected, {"server": "awselb/2.0"}),
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


AKAMAI = (
    "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access this on this server."
    "<p>Reference&#32;&#35;18&#46;2d351ab8&#46;1733764400&#46;a4e16ab"
)
RESTRICTED = "<title>Access denied | login.example.com used Cloudflare to restrict access</title><h1>Error 1020</h1>"
LOAD_BALANCER = {"server": "awselb/2.0"}
ACCOUNT = Credentials(SecretStr("alice@example.test"), SecretStr("correct horse 7"))
FORM = "<form method=post action=/login><input name=user><input type=password name=pass><button>Sign in</button></form>"


def signing_in(phone: Any) -> Any:
    return partial(LoginDriver, login="auto", credentials=ACCOUNT, register=phone.registry.register, step_timeout_s=2.0)


LARGE = "<title>ERROR: The request could not be satisfied</title><h1>494 ERROR</h1>Request Header Or Cookie Too Large."


@pytest.mark.parametrize(
    ("page", "headers", "name"),
    [
        (AKAMAI, {}, "Akamai"),
        (RESTRICTED, {}, "Cloudflare"),
        ("<h1>403 Forbidden</h1>", LOAD_BALANCER, "AWS Application Load Balancer"),
    ],
)
@pytest.mark.parametrize("where", ["/authorize", "/login"])
async def test_who_is_turned_away_by_a_rule_of_a_gateway_has_typed_nothing_wrong(
    phone, site, page, headers, name, where
):
    site.page("/authorize", FORM)
    site.page(where, page, status=403, headers=headers)
    made = await phone.walk("/authorize", login=signing_in(phone))
    assert (made.ending.kind, made.ending.fault) == ("login_blocked", Fault.TESTER)
    assert f"{name} answered for login.example.com with status 403" in made.ending.message
    assert f"from through in {name}" in made.ending.hint


@pytest.mark.parametrize(
    ("page", "status", "kind"),
    [
        (
            "<h1>Misdirected Request</h1>The requested host name does not match the Server Name Indication.",
            421,
            "dead_end",
        ),
        (LARGE, 494, "dead_end"),
        (
            "<title>ERROR</title>not configured to allow the HTTP request method. Generated by cloudfront",
            403,
            "dead_end",
        ),
        ("<h1>Forbidden</h1>Wrong password.", 403, "login_rejected"),
    ],
)
async def test_what_is_said_of_the_way_to_the_server_is_said_of_no_password(phone, site, page, status, kind):
    site.page("/authorize", FORM)
    site.page("/login", page, status=status)
    made = await phone.walk("/authorize", login=signing_in(phone))
    assert made.ending.kind == kind
    assert made.ending.fault is (Fault.IDENTITY_PROVIDER if kind == "dead_end" else Fault.TESTER)
