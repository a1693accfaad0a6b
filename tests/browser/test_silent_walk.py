"""Asked without a page: how far redirects lead, what of it is certain, and what is written down.

The client is the driver's own, as a browser's context has it; no browser is needed for it.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright
from starlette.responses import Response

from e2e_linker.alexa.authorization import authorization
from e2e_linker.browser.plan import WalkPlan
from e2e_linker.browser.silent import ask_silently
from e2e_linker.browser.silent_walk import SilentWalk
from e2e_linker.evidence.contents import BODY_LIMIT
from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.evidence.parts import PAGE_PARTS
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import Grant, Region

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALEXA = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
FOREIGN = "https://pitangui.amazon.com.evil.example/api/skill/link/M2AAAAAAAAAAAA"
CODE = "SplxlOBeZQQYbYS6WxSbIA"
ERROR = "<!doctype html><title>Error</title><h1>Unknown redirect URI</h1>"
NOBODY = ("amazon.com", "evil.example")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client():
    """The driver's HTTP client, without a browser."""
    async with async_playwright() as playwright:
        made = await playwright.request.new_context(ignore_https_errors=True)
        yield SimpleNamespace(context=SimpleNamespace(request=made), settings=SimpleNamespace(locale="de-DE"))
        await made.dispose()


@pytest.fixture
def asking(client, site):
    """Ask the site for ``redirect_uri``; the silent walk, gone already unless ``go`` is False."""
    site.answers.clear()
    site.seen.clear()

    async def ask(redirect_uri=FOREIGN, *, grant=Grant.AUTH_CODE, deadline_s=20.0, pkce=False, go=True):
        asked = authorization(
            endpoint=f"https://127.0.0.1:{site.port}/authorize",
            client_id="alexa",
            grant=grant,
            region=Region.NA,
            redirect_uri=redirect_uri,
            pkce=pkce,
        )
        plan = WalkPlan(
            id="unknown-longer-host",
            purpose="unknown_redirect",
            variation={"look_alike": "longer host"},
            authorization=asked,
            redirect_uris=(ALEXA, redirect_uri),
            deadline_s=deadline_s,
        )
        made = SilentWalk(client, plan, refuse=lambda host, port: host.endswith(NOBODY), registry=ask.registry)
        if go:
            await made.go()
        return made

    ask.registry = SecretRegistry()
    return ask


async def test_a_plain_error_page_is_a_refusal(asking, site):
    site.page("/authorize", ERROR, status=400, headers={"set-cookie": "sid=3f9a8b7c6d5e4f3a2b1c; Path=/"})
    asked = await asking()
    assert asked.ending.kind == "dead_end"
    assert f"127.0.0.1:{site.port}/authorize refuses the request with status 400" in asked.ending.message
    walk = await asked.record(asked.ending, "One thing more.")
    (request,) = walk.requests.value
    assert (request.n, request.method, request.status, request.excerpt) == (1, "GET", 400, ERROR)
    assert request.url == walk.authorization.url
    assert (request.navigation, request.window, request.frame, request.sizes) == (True, None, None, None)
    assert ("Accept-Language", "de-DE,de;q=0.8") in request.headers
    (cookie,) = request.set_cookies
    assert (cookie.name, cookie.value) == ("sid", "<cookie#1>")
    assert walk.gaps[1:] == ("One thing more.",)


async def test_nothing_is_claimed_that_needs_a_page(asking, site):
    site.page("/authorize", ERROR, status=404)
    asked = await asking()
    walk = await asked.record(asked.ending)
    parts = {name: getattr(walk, name) for name in type(walk).model_fields}
    unseen = {name for name, part in parts.items() if isinstance(part, NotCollected)}
    assert unseen == {*PAGE_PARTS, "jar"}
    assert walk.login == walk.arrivals == Present(value=())
    assert "without a page" in walk.gaps[0]
    assert walk.requests.value[0].initiator.type == "the tester, without a page"


async def test_a_redirect_to_a_look_alike_is_kept_and_not_followed(asking, site):
    site.redirect("/authorize", f"/continue?code={CODE}x")
    site.redirect("/continue", f"{FOREIGN}?code={CODE}&state=s")
    asked = await asking()
    assert (asked.reply, asked.ending.kind) == ("answer", "arrived")
    walk = await asked.record(asked.ending)
    first, second, last = walk.requests.value
    assert [first.status, second.status, last.status] == [302, 302, None]
    assert [first.redirected_from, second.redirected_from, last.redirected_from] == [None, 1, 2]
    assert last.failure.startswith("not sent")
    (arrival,) = walk.arrivals.value
    assert (arrival.request, arrival.window, arrival.method) == (3, None, "GET")
    assert arrival.url == last.url == f"{FOREIGN}?code={quote('<code#2>')}&state=s"
    assert arrival.url_length == len(f"{FOREIGN}?code={CODE}&state=s")
    assert CODE not in walk.model_dump_json()


async def test_an_error_for_the_registered_uri_is_certain(asking, site):
    site.redirect("/authorize", f"{ALEXA}?error=invalid_request&state=s")
    asked = await asking()
    assert (asked.reply, asked.ending.kind) == (None, "arrived")


async def test_a_token_in_the_fragment_is_an_answer_and_a_secret(asking, site):
    site.redirect("/authorize", f"{ALEXA}#access_token=letmein&token_type=bearer")
    asked = await asking(grant=Grant.IMPLICIT)
    assert asked.reply == "answer"
    assert asking.registry.redact("it was letmein") == "it was <access_token#1>"


async def test_an_error_page_behind_redirects_is_a_refusal(asking, site):
    site.redirect("/authorize", "/error?reason=redirect_uri", status=303)
    site.page("/error", ERROR, status=400)
    asked = await asking()
    assert asked.ending.kind == "dead_end"
    assert [request.status for request in (await asked.record(asked.ending)).requests.value] == [303, 400]


@pytest.mark.parametrize(
    ("status", "html"),
    [
        (200, ERROR),
        (403, ERROR),
        (429, ERROR),
        (503, ERROR),
        (400, "<script>location = '/next'</script>"),
        (400, "<form><input type=password></form>"),
        (400, "x" * (BODY_LIMIT + 1)),
    ],
)
async def test_only_a_page_can_tell_what_comes_of_the_rest(asking, site, status, html):
    site.page("/authorize", html, status=status)
    assert (await asking()).ending is None


@pytest.mark.parametrize(
    "location",
    [
        "/\\evil.example/next",
        "https://www.evil.example/",
        "brightbulb://callback?code=x",
        "/next\tpage",
        "http://127.0.0.1:{port}/plain",
        "https://[half/",
    ],
)
async def test_a_redirect_that_browsers_may_read_otherwise_is_left_to_one(asking, site, location):
    site.redirect("/authorize", location.replace("{port}", str(site.port)))
    asked = await asking()
    assert (asked.ending, asked.reply) == (None, None)


async def test_two_targets_at_once_are_left_to_a_browser(asking, site):
    async def torn(_):
        response = Response(status_code=302, headers={"location": "/error"})
        response.headers.append("location", FOREIGN)
        return response

    site.on("/authorize", torn)
    site.page("/error", ERROR, status=400)
    assert (await asking()).ending is None


async def test_a_circle_of_redirects_is_left_to_a_browser(asking, site):
    site.redirect("/authorize", "/authorize")
    asked = await asking()
    assert (asked.ending, asked.failed) == (None, False)


@pytest.mark.parametrize(("status", "reply"), [(200, "page"), (204, None), (304, None), (400, None), (500, None)])
async def test_what_a_server_that_works_gives(asking, site, status, reply):
    site.page("/authorize", "" if status in {204, 304} else ERROR, status=status)
    assert (await asking(redirect_uri=ALEXA)).reply == reply


async def test_an_arrival_without_a_code_is_not_what_a_server_that_works_gives(asking, site):
    site.redirect("/authorize", f"{ALEXA}?code=&error=server_error")
    assert (await asking(redirect_uri=ALEXA)).reply is None


async def test_a_server_that_does_not_answer_is_not_waited_for_beyond_the_deadline(asking, site):
    forever = asyncio.Event()

    async def hang(_):
        await forever.wait()
        return Response()

    site.on("/authorize", hang)
    async with asyncio.timeout(60):
        asked = await asking(deadline_s=0.3)
    assert (asked.ending, asked.reply, asked.failed, asked.asked) == (None, None, True, True)
    forever.set()


async def test_who_is_stopped_keeps_what_there_is_and_no_secret(asking, site):
    asked_for, forever = asyncio.Event(), asyncio.Event()

    async def hang(_):
        asked_for.set()
        await forever.wait()
        return Response()

    site.redirect("/authorize", f"/slow?code={CODE}")
    site.on("/slow", hang)
    asked = await asking(go=False)
    assert not asked.asked
    task = asyncio.create_task(asked.go())
    await asked_for.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    forever.set()
    assert asked.asked
    walk = asked.interrupted()
    assert walk.ending.kind == "interrupted"
    assert [request.status for request in walk.requests.value] == [302]
    assert CODE not in walk.model_dump_json()


async def test_a_verifier_is_a_secret_before_it_is_asked_for(asking, site):
    site.page("/authorize", ERROR, status=400)
    asked = await asking(pkce=True)
    verifier = asked.plan.authorization.code_verifier
    assert asking.registry.redact(verifier) == "<code_verifier#1>"


async def test_a_code_is_found_without_a_page(client, site):
    site.redirect("/authorize", f"{ALEXA}?code={CODE}")
    url = f"https://127.0.0.1:{site.port}/authorize"
    found = await ask_silently(
        client, url, arrives=lambda at: at.startswith(ALEXA), refuse=lambda host, port: host.endswith(NOBODY)
    )
    assert (found.arrival, found.problem) == (f"{ALEXA}?code={CODE}", "")
    site.page("/authorize", ERROR)
    found = await ask_silently(client, url, arrives=lambda at: False, refuse=lambda host, port: False)
    assert (found.arrival, found.problem) == (None, "a page answers, with status 200")
