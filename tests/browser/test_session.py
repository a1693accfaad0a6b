"""Walks on real browsers: what ends them, and what is kept of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import Response, StreamingResponse

from e2e_linker.browser import requests
from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.plan import Settle
from e2e_linker.browser.session import walk
from e2e_linker.evidence.models import Ending, Failed, Present, Walk
from e2e_linker.evidence.page import LoginStep
from e2e_linker.model import Fault

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
CODE = "SplxlOBeZQQYbYS6WxSbIA"
PASSWORD = "correct horse 7"

LOGIN = """<!doctype html><title>Sign in</title><h1>Sign in</h1>
<form method=post action=/consent><input name=username><input name=password type=password><button>Go</button></form>"""
CONSENT = "<!doctype html><title>Allow?</title><form method=post action=/answer><button>Allow</button></form>"


class TypingLogin:
    """Logs in on the two pages above."""

    def __init__(self, *, on_screen: Any, record: Any, clock: Any, until: str) -> None:
        self.on_screen, self.record, self.clock, self.until = on_screen, record, clock, until

    async def run(self, windows: Any, arrived: asyncio.Event) -> None:
        page = windows.current()
        await self.on_screen(page, "authorization page")
        if self.until == "login_form":
            return
        await page.fill("[name=username]", "alice@example.test")
        await page.fill("[name=password]", PASSWORD)
        self.record(LoginStep(at=self.clock(), action="fill", target="password", what="password", outcome="done"))
        await page.click("text=Go")
        await page.wait_for_selector("text=Allow")
        await self.on_screen(page, "consent")
        await page.click("text=Allow")
        await arrived.wait()


def answering(site, state_path="/authorize"):
    """The site that shows both pages and then answers with the state it was asked with."""

    async def authorize(request):
        response = Response(LOGIN, media_type="text/html")
        response.headers.append("set-cookie", "session=Wq8vJ2mXr5nTz1Kd0aPf; Path=/; HttpOnly; Secure; SameSite=Lax")
        response.headers.append("set-cookie", f"state={request.query_params['state']}; Path=/")
        return response

    async def answer(request):
        target = f"{REDIRECT_URI}?code={CODE}&state={request.cookies['state']}"
        return Response(status_code=302, headers={"location": target})

    site.on(state_path, authorize)
    site.page("/consent", CONSENT)
    site.on("/answer", answer)


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_login_ends_at_alexa_and_nothing_reaches_amazon(phones, site, engine):
    phone = await phones(engine)
    answering(site)
    phone.registry.register(PASSWORD, "password")
    made = await phone.walk("/authorize", login=TypingLogin)
    assert made.ending.kind == "arrived"
    (arrival,) = made.arrivals.value
    assert phone.amazon.visits == 0
    assert [(param.name, param.length) for param in arrival.params] == [("code", len(CODE)), ("state", 352)]
    assert arrival.params[1].value == made.authorization.state
    assert (arrival.main_frame, arrival.resource_type, arrival.window) == (True, "document", 0)
    requests = {request.n: request for request in made.requests.value}
    redirected = requests[arrival.request]
    assert requests[redirected.redirected_from].url == "https://login.example.com/answer"
    assert requests[redirected.redirected_from].status == 302
    # The line Amazon would have been sent, byte for byte.
    state = made.authorization.state
    assert arrival.request_line == len(f"GET /api/skill/link/M2AAAAAAAAAAAA?code={CODE}&state={state} HTTP/1.1")


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_no_secret_is_in_the_evidence_and_the_password_in_no_picture(phones, site, engine):
    phone = await phones(engine)
    answering(site)
    phone.registry.register(PASSWORD, "password")
    made = await phone.walk("/authorize", login=TypingLogin)
    dumped = made.model_dump_json()
    for secret in (CODE, PASSWORD, "correct+horse", "Wq8vJ2mXr5nTz1Kd0aPf"):
        assert secret not in dumped
    assert made.authorization.state in dumped
    first, second = requests_to(made, "/authorize")[0], requests_to(made, "/consent")[0]
    assert [(cookie.name, cookie.size) for cookie in first.set_cookies] == [("session", 27), ("state", 357)]
    assert first.set_cookies[0].http_only
    assert first.set_cookies[0].same_site == "Lax"
    assert second.sizes.cookies[0].bytes == len("session=Wq8vJ2mXr5nTz1Kd0aPf")
    assert second.body.size == second.sizes.body == len("username=alice%40example.test&password=correct+horse+7")
    if engine == "chromium":
        fields = [(field.name, field.value, field.length) for field in second.body.fields]
        assert fields == [("username", "alice@example.test", 18), ("password", "<password#1>", len(PASSWORD))]
    assert {cookie.name for cookie in made.jar.value} == {"session", "state"}
    assert "Sign in" in first.excerpt
    assert [screen.picture for screen in made.screens.value if not isinstance(screen.picture, Present)] == []
    assert [screen.label for screen in made.screens.value] == ["authorization page", "consent"]
    assert Walk.model_validate_json(dumped) == made


async def test_a_picture_is_withheld_where_the_page_shows_a_secret(phone, site):
    phone.registry.register(PASSWORD, "password")
    site.page("/authorize", f"<p>Your password is {PASSWORD}</p>")
    made = await phone.walk("/authorize")
    (screen,) = made.screens.value
    assert screen.picture == Failed(error="withheld: the page shows a secret")
    assert not phone.pictures
    assert PASSWORD not in made.model_dump_json()


async def test_the_user_name_on_a_page_is_covered_in_its_picture(phone, site):
    phone.registry.register("alice@example.test", "username")
    style, frame = "margin: 0; font: 20px monospace", "<p style=&quot;font: 20px monospace&quot;>{}</p>"
    page = f"<body style='{style}'><p>Signed in as</p><p>{{}}</p><iframe srcdoc='{frame}'></iframe>"
    site.page("/alice", page.format("alice@example.test", "alice@example.test"))
    site.page("/other", page.format("alice@example.test", "ALICE@example.test"))
    site.page("/nobody", page.format("xxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxx"))
    made = [await phone.walk(path, id=path[1:]) for path in ("/alice", "/other", "/nobody")]
    assert all(isinstance(each.screens.value[0].picture, Present) for each in made)
    alice, other, nobody = (phone.pictures[f"{name}-00-last-screen.jpg"] for name in ("alice", "other", "nobody"))
    assert alice == other
    assert alice != nobody


async def test_a_picture_that_cannot_be_kept_does_not_fail_the_walk(phone, site):
    def full(picture, name):
        raise OSError("no space left on device")

    site.page("/authorize", "<p>Thank you</p>")
    async with phone.device() as device:
        made = await walk(device, phone.plan("/authorize"), registry=phone.registry, sink=full)
    (screen,) = made.screens.value
    assert screen.picture == Failed(error="the picture could not be kept: no space left on device")
    assert made.ending.kind == "dead_end"


async def test_what_is_typed_is_not_in_the_picture(phone, site):
    site.page("/empty", "<body style='margin:0'><input name=a size=60>")
    site.page("/typed", "<body style='margin:0'><input name=a size=60>")

    def typing(text):
        class Typing(TypingLogin):
            async def run(self, windows, arrived):
                page = windows.current()
                await page.fill("input", text)
                await page.evaluate("document.activeElement.blur()")
                await self.on_screen(page, text or "nothing")

        return Typing

    async with phone.device() as device:
        await phone.on(device, "/empty", login=typing(""), id="empty")
        await phone.on(device, "/typed", login=typing("WWWWWWWW"), id="typed")
    assert phone.pictures["empty-00-nothing.jpg"] == phone.pictures["typed-00-wwwwwwww.jpg"]


BOXES = "<div id=all>" + "<input maxlength=1 style='width:30px'>" * 6 + "</div>"
MIRROR = (
    "<p id=shown></p><script>all.oninput = () => {{ shown.innerHTML = ''; for (const box of all.children)"
    " shown.append(Object.assign(document.createElement('{}'), {{ textContent: box.value }})) }}</script>"
)


def typing_code(phone: Any, code: str) -> Any:
    """Logs in with a password and then ``code``."""
    account = Credentials(SecretStr("alice@example.test"), SecretStr(PASSWORD), otp_command=f"echo {code}")
    return partial(LoginDriver, login="auto", credentials=account, register=phone.registry.register, step_timeout_s=1.5)


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_code_that_was_typed_into_boxes_is_not_in_the_picture(phones, site, engine):
    phone = await phones(engine)
    site.page("/authorize", LOGIN)
    site.page("/consent", BOXES)
    async with phone.device() as device:
        made = [
            await phone.on(device, "/authorize", login=typing_code(phone, code), id=name)
            for name, code in (("ones", "111111"), ("eights", "888888"))
        ]
    for walked in made:
        assert [step.what for step in walked.login.value if step.action == "fill"][2:] == ["otp"] * 6
        assert walked.screens.value[-1].label == "last screen"
    ones, eights = (
        phone.pictures[f"{name}-{len(walked.screens.value) - 1:02}-last-screen.jpg"]
        for name, walked in zip(("ones", "eights"), made, strict=True)
    )
    assert ones == eights


@pytest.mark.parametrize("tag", ["span", "div"])
async def test_a_code_that_is_drawn_beside_its_boxes_is_in_no_picture_and_no_text(phone, site, tag):
    site.page("/authorize", LOGIN)
    site.page("/consent", BOXES + MIRROR.format(tag))
    made = await phone.walk("/authorize", login=typing_code(phone, "482913"))
    assert made.screens.value[-1].picture == Failed(error="withheld: the page shows a secret")
    dumped = made.model_dump_json()
    for spelled in ("482913", "4 8 2 9 1 3", "4\\n8\\n2\\n9"):
        assert spelled not in dumped


async def test_an_answer_that_needs_no_login_arrives_at_once(phone, site):
    site.redirect("/authorize", f"{REDIRECT_URI}?code={CODE}&state=x")
    made = await phone.walk("/authorize", login=TypingLogin)
    assert made.ending.kind == "arrived"
    assert not made.login.value


async def test_a_posted_answer_arrives_with_its_body_and_the_password_hidden(phone, site):
    async def answer(_):
        return Response(status_code=307, headers={"location": f"{REDIRECT_URI}?code={CODE}&state=x"})

    site.page("/authorize", LOGIN.replace("/consent", "/login"))
    site.on("/login", answer)

    class Once(TypingLogin):
        async def run(self, windows, arrived):
            page = windows.current()
            await page.fill("[name=password]", "unregistered pass 9")
            await page.click("text=Go")
            await arrived.wait()

    made = await phone.walk("/authorize", login=Once)
    (arrival,) = made.arrivals.value
    assert arrival.method == "POST"
    assert ("password", "body") in [(param.name, param.place) for param in arrival.params]
    assert "unregistered" not in made.model_dump_json()
    assert phone.amazon.visits == 0


async def test_an_answer_sent_twice_is_seen_twice(phone, site):
    target = f"{REDIRECT_URI}?code={CODE}&state=x"
    site.page("/authorize", f"<script>location.href='{target}'; setTimeout(() => location.href='{target}', 4)</script>")
    made = await phone.walk("/authorize")
    assert made.ending.kind == "arrived"
    assert len(made.arrivals.value) == 2


async def test_an_answer_that_goes_to_a_frame_is_recorded_as_such(phone, site):
    site.page("/authorize", f"<p>wait</p><iframe src='{REDIRECT_URI}?code={CODE}&state=x'></iframe>")
    made = await phone.walk("/authorize")
    (arrival,) = made.arrivals.value
    assert (arrival.main_frame, arrival.resource_type) == (False, "document")
    assert phone.amazon.visits == 0


async def test_an_answer_that_a_script_fetches_is_recorded_as_such(phone, site):
    site.page("/authorize", f"<script>fetch('{REDIRECT_URI}?code={CODE}', {{mode: 'no-cors'}})</script>")
    made = await phone.walk("/authorize")
    assert [arrival.resource_type for arrival in made.arrivals.value] == ["fetch"]
    assert phone.amazon.visits == 0


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_what_a_page_asks_alexas_host_for_beside_the_answer_is_no_arrival(phones, site, engine):
    phone = await phones(engine)
    host, target = "https://pitangui.amazon.com", f"{REDIRECT_URI}?code={CODE}&state=x"
    asking = (
        f"fetch('{host}/api/notifications?cached=true', {{mode: 'no-cors'}}).catch(() => location.href = '/answer')"
    )
    site.page("/authorize", f"<p>wait</p><img src='{host}/logo.png'><script>{asking}</script>")
    site.redirect("/answer", target)
    made = await phone.walk("/authorize", redirect_uris=(REDIRECT_URI, f"{host}/"))
    assert [arrival.url.partition("?")[0] for arrival in made.arrivals.value] == [REDIRECT_URI]
    assert made.ending.kind == "arrived"
    assert phone.amazon.visits == 0


@pytest.mark.parametrize(
    "script",
    ["location.href = '{}/wrong'", "fetch('/answer')", "fetch('{}/wrong?code=c&state=x', {{mode: 'no-cors'}})"],
)
async def test_an_answer_to_a_wrong_path_of_alexas_host_arrives(phone, site, script):
    host = "https://pitangui.amazon.com"
    site.page("/authorize", f"<p>wait</p><script>{script.format(host)}</script>")
    site.redirect("/answer", f"{host}/wrong")
    made = await phone.walk("/authorize", redirect_uris=(REDIRECT_URI, f"{host}/"))
    assert [arrival.url.partition("?")[0] for arrival in made.arrivals.value] == [f"{host}/wrong"]


async def test_a_script_whose_request_was_redirected_may_send_the_browser_there_all_the_same(phone, site):
    target = f"{REDIRECT_URI}?code={CODE}&state=x"
    going_on = f"fetch('/answer').catch(() => setTimeout(() => {{ location.href = '{target}' }}, 30))"
    site.page("/authorize", f"<p>wait</p><script>{going_on}</script>")
    site.redirect("/answer", target)
    made = await phone.walk("/authorize")
    assert [arrival.resource_type for arrival in made.arrivals.value] == ["fetch", "document"]


async def test_a_form_that_a_script_sends_beside_the_browser_arrives_by_both(phone, site, monkeypatch):
    # How long a busy machine needs is another matter.
    monkeypatch.setattr("e2e_linker.browser.session._REFUSAL_S", 60)
    by_script = asyncio.Event()

    async def answer(request):
        own = request.headers["sec-fetch-mode"] == "navigate"
        if own:
            await by_script.wait()
            await asyncio.sleep(0.5)
        by_script.set()
        target = f"{REDIRECT_URI}?code={'own' * own}{CODE}&state=x"
        return Response(status_code=302, headers={"location": target})

    sending = "fetch('/answer', {method: 'POST', mode: 'no-cors'}); document.forms[0].submit()"
    site.page("/authorize", f"<form method=post action=/answer></form><script>{sending}</script>")
    site.on("/answer", answer)
    made = await phone.walk("/authorize")
    assert [arrival.resource_type for arrival in made.arrivals.value] == ["fetch", "document"]


async def test_a_dead_end_keeps_the_last_screen(phone, site):
    site.page("/authorize", "<h1>Thank you</h1>")
    made = await phone.walk("/authorize")
    assert (made.ending.kind, made.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert "login.example.com" in made.ending.message
    assert made.screens.value[-1].label == "last screen"
    assert "Thank you" in made.screens.value[-1].digest.value.text


async def test_a_walk_can_end_at_the_login_form(phone, site):
    site.page("/authorize", LOGIN)
    made = await phone.walk("/authorize", login=TypingLogin, until="login_form")
    assert made.ending.kind == "stopped"
    assert made.ending.message == "login.example.com shows the login form; the walk was to end there"
    assert [screen.label for screen in made.screens.value] == ["authorization page"]


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_hosts_that_cannot_be_reached_are_named(phones, site, engine):
    phone = await phones(engine)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        phone.elsewhere["closed.example.com"] = f"127.0.0.1:{taken.getsockname()[1]}"
    made = await phone.walk("https://closed.example.com/authorize")
    assert (made.ending.kind, made.ending.fault) == ("unreachable", Fault.NETWORK)
    assert "closed.example.com cannot be reached" in made.ending.message
    assert "refused" in made.ending.message
    site.redirect("/authorize", "https://nowhere.invalid/login")
    made = await phone.walk("/authorize")
    assert made.ending.kind == "unreachable"
    assert "nowhere.invalid" in made.ending.message
    # Of a plain address the browser shows the proxy's own answer as a page; no server gave it.
    site.redirect("/authorize", "http://closed.example.com/next")
    made = await phone.walk("/authorize")
    assert (made.ending.kind, made.ending.fault) == ("unreachable", Fault.NETWORK)
    assert made.requests.value[-1].url == "http://closed.example.com/next"
    assert made.requests.value[-1].status is None
    assert "refused" in made.requests.value[-1].failure
    assert not made.requests.value[-1].response_headers


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_form_that_is_sent_over_http_is_sent_without_asking_anybody(phones, site, engine):
    phone = await phones(engine)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        phone.elsewhere["closed.example.com"] = f"127.0.0.1:{taken.getsockname()[1]}"
    site.page("/authorize", LOGIN.replace("/consent", "http://closed.example.com/consent"))
    made = await phone.walk("/authorize", login=TypingLogin)
    (sent,) = [one for one in made.requests.value if one.url == "http://closed.example.com/consent"]
    assert (sent.method, made.ending.kind) == ("POST", "unreachable")


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_certificate_nobody_trusts_is_a_tls_failure(phones, site, engine):
    phone = await phones(engine)
    site.page("/authorize", LOGIN)
    made = await phone.walk("/authorize", use={"ignore_https_errors": False})
    assert (made.ending.kind, made.ending.fault) == ("tls_failure", Fault.IDENTITY_PROVIDER)
    assert "login.example.com" in made.ending.message
    assert not site.seen


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_redirect_loop_is_called_one(phones, site, engine):
    phone = await phones(engine)
    site.redirect("/authorize", "/authorize")
    made = await phone.walk("/authorize")
    assert made.ending.kind == "redirect_loop"
    assert len(requests_to(made, "/authorize")) >= 15


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("target", ["file:///etc/passwd", "myapp://login?x=1", "https://", "https://x.example:99999/"])
async def test_a_redirect_that_no_browser_follows_is_called_one(phones, site, engine, target):
    phone = await phones(engine)
    site.redirect("/authorize", "/start")
    site.redirect("/start", target)
    made = await phone.walk("/authorize")
    assert (made.ending.kind, made.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert made.ending.message.startswith("login.example.com/start ")
    assert " redirects to an address that browsers do not follow: " in made.ending.message
    assert "Location header" in made.ending.hint


LENGTH = b"Content-Type: text/html\r\nContent-Length: "
ODD_ANSWERS = {
    "two lengths": (LENGTH + b"2\r\nContent-Length: 5\r\n\r\nok", "dead_end", "do not take for HTTP"),
    "bad chunks": (b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", "dead_end", "do not take for HTTP"),
    "cut off": (LENGTH + b"200\r\n\r\nok", "unreachable", "broke the connection in the middle of its answer"),
}
REFUSED = b"<!doctype html><title>Error</title><p>The redirect_uri is not registered.</p>"


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("odd", ODD_ANSWERS)
async def test_an_answer_that_is_no_http_is_told_with_its_address(phones, site, certificate, engine, odd):
    answer, kind, words = ODD_ANSWERS[odd]

    async def handle(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n" + answer)
            await writer.drain()
        writer.close()

    phone = await phones(engine)
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=certificate.server())
    async with server:
        phone.elsewhere["raw.example.com"] = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        site.redirect("/authorize", "https://raw.example.com/login?name=value")
        made = await phone.walk("/authorize")
    assert made.ending.kind == kind
    assert made.ending.message.startswith("raw.example.com/login (where login.example.com/authorize redirects to) ")
    assert words in made.ending.message
    assert "name=value" not in made.ending.message


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_page_that_is_shorter_than_it_announced_is_used_as_browsers_show_it(phones, site, certificate, engine):
    page = LOGIN.replace("/consent", "https://login.example.com/consent").encode()

    async def handle(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n" + LENGTH + str(len(page) + 50).encode() + b"\r\n\r\n" + page)
            await writer.drain()
        writer.close()

    phone = await phones(engine)
    answering(site, "/enter")
    phone.registry.register(PASSWORD, "password")
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=certificate.server())
    async with server:
        phone.elsewhere["raw.example.com"] = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        site.redirect("/authorize", "https://raw.example.com/login")
        site.redirect("/answer", f"{REDIRECT_URI}?code={CODE}&state=1")
        made = await phone.walk("/authorize", login=TypingLogin)
    assert made.ending.kind == "arrived"
    (shown,) = (one for one in made.requests.value if one.url == "https://raw.example.com/login")
    assert "LENGTH" in shown.failure or "PARTIAL" in shown.failure


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_an_error_that_is_shorter_than_it_announced_is_an_error_all_the_same(phones, site, certificate, engine):
    async def handle(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 400 Bad Request\r\n" + LENGTH + b"500\r\n\r\n" + REFUSED)
            await writer.drain()
        writer.close()

    phone = await phones(engine)
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=certificate.server())
    async with server:
        phone.elsewhere["raw.example.com"] = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        made = await phone.walk("https://raw.example.com/authorize")
    assert made.ending.kind == "dead_end"
    assert [one.status for one in made.requests.value if one.navigation] == [400]


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_who_has_nothing_to_show_is_named(phones, site, engine):
    phone = await phones(engine)
    site.redirect("/authorize", "https://www.example.com/login")
    site.page("/login", status=204)
    made = await phone.walk("/authorize")
    assert made.ending.message.startswith("www.example.com answers the authorization request with nothing to show")


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize(
    ("challenge", "schemes"),
    [
        ('Basic realm="staff"', "Basic"),
        ('NTLM, Negotiate, Digest realm="a, b"', "NTLM, Negotiate, Digest"),
        ('Bearer realm="Basic"', None),
    ],
)
async def test_a_server_that_asks_in_the_browsers_own_window_is_told(phones, site, engine, challenge, schemes):
    class Looking(TypingLogin):
        async def run(self, windows, arrived):
            await windows.current().wait_for_selector("h1")
            return Ending(kind="login_not_found", message="No login form was found.")

    phone = await phones(engine)
    site.page("/authorize", "<h1>Unauthorized</h1>", status=401, headers={"www-authenticate": challenge})
    for login in (None, Looking):
        made = await phone.walk("/authorize", login=login)
        assert ("asks for HTTP authentication" in made.ending.message) is (schemes is not None)
        if schemes:
            assert made.ending.kind == "dead_end"
            assert f"login.example.com/authorize asks for HTTP authentication ({schemes})" in made.ending.message


async def test_pages_that_lead_in_a_circle_by_script_are_a_loop_too(phone, site):
    site.page("/authorize", "<script>location.replace('/b')</script>")
    site.page("/b", "<script>location.replace('/authorize?x=' + Math.random())</script>")
    made = await phone.walk("/authorize", settle=Settle(quiet_s=1, at_most_s=15))
    assert made.ending.kind == "redirect_loop"


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("again", ["location.reload()", "setTimeout(() => location.reload(), 20)"])
async def test_a_page_that_reloads_itself_for_ever_is_a_loop_by_name(phones, site, engine, again):
    phone = await phones(engine)
    site.page("/authorize", f"<h1>Sign in</h1><script>{again}</script>")
    made = await phone.walk("/authorize", login=phone.waiting, deadline_s=20)
    assert made.ending.kind == "redirect_loop"
    assert made.ending.message == "the browser is led to login.example.com/authorize again and again, 20 times and more"


FLOODS = {
    "one after another": "setInterval(() => window.open('/popup?' + Math.random()), 10)",
    "each with a name of its own": "let n = 0; setInterval(() => window.open('/popup/' + n++), 10)",
    "blank": "setInterval(() => window.open('about:blank'), 10)",
    "closed at once": "setInterval(() => window.open('/popup').close(), 10)",
    "each opens the next": "window.open('/chain')",
    "in a loop without end": "for (;;) window.open('/popup')",
}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("script", FLOODS.values(), ids=FLOODS)
async def test_windows_without_end_are_called_that_and_spare_the_next_walk(phones, site, engine, script):
    phone = await phones(engine)
    answering(site, "/again")
    site.page("/authorize", f"<h1>Sign in</h1><script>{script}</script>")
    site.page("/popup", "<p>An offer</p>")
    site.page("/chain", "<p>An offer</p><script>window.open('/chain')</script>")
    async with phone.device() as device:
        made = await phone.on(device, "/authorize", login=phone.waiting, deadline_s=8 if "for (;;)" in script else 60)
        if "/chain" not in script:
            assert (await phone.on(device, "/again", login=TypingLogin, deadline_s=60)).ending.kind == "arrived"
    assert (await phone.walk("/again", login=TypingLogin, deadline_s=60)).ending.kind == "arrived"
    if "for (;;)" in script:
        assert made.ending.kind in {"dead_end", "timeout"}
    else:
        assert made.ending.kind == "dead_end"
        assert "opens one window after another" in made.ending.message
        assert len(made.windows.value) >= 20


async def test_a_page_that_asks_for_things_without_end_is_called_that(phone, site, monkeypatch):
    monkeypatch.setattr(requests, "MOST_REQUESTS", 60)
    site.page("/authorize", "<script>setInterval(() => fetch('/more'), 5)</script>")
    site.page("/more", "[]")
    made = await phone.walk("/authorize", login=phone.waiting, deadline_s=60)
    assert made.ending.kind == "dead_end"
    assert made.ending.message.startswith("login.example.com asks for one thing after another: ")
    assert len(made.requests.value) >= 60


async def test_a_server_that_never_answers_ends_at_the_deadline(phone, site):
    never = asyncio.Event()

    async def hang(_):
        await never.wait()
        return Response()

    site.on("/authorize", hang)
    made = await phone.walk("/authorize", login=TypingLogin, deadline_s=1.0)
    never.set()
    assert made.ending.kind == "timeout"
    assert made.ending.message == "login.example.com has not answered after 1 s"
    assert requests_to(made, "/authorize")[0].status is None


async def test_a_page_that_never_settles_does_not_hang(phone, site):
    async def endless(_):
        async def drops():
            while True:
                yield b" "
                await asyncio.sleep(0.05)

        return StreamingResponse(drops(), media_type="text/plain")

    site.page("/authorize", "<p>still here</p><script>fetch('/endless')</script>")
    site.on("/endless", endless)
    made = await phone.walk("/authorize")
    assert made.ending.kind == "dead_end"
    assert made.duration_s < 15


async def test_a_script_that_never_ends_is_a_timeout_with_the_requests_kept(phone, site):
    site.page("/authorize", "<p>busy</p><script>addEventListener('load', () => { for (;;) {} })</script>")
    made = await phone.walk("/authorize", login=TypingLogin, deadline_s=1.5)
    assert made.ending.kind == "timeout"
    assert requests_to(made, "/authorize")[0].status == 200
    assert isinstance(made.screens.value[0].digest, Failed)


async def test_a_renderer_that_dies_ends_the_walk_and_spares_the_next(phone, site):
    site.page("/authorize", "<p>soon gone</p>")

    class Crashing(TypingLogin):
        async def run(self, windows, arrived):
            page = windows.current()
            session = await page.context.new_cdp_session(page)
            crashing = asyncio.ensure_future(session.send("Page.crash"))
            try:
                await arrived.wait()
            finally:
                crashing.cancel()
                await asyncio.gather(crashing, return_exceptions=True)

    async with phone.device() as device:
        made = await phone.on(device, "/authorize", login=Crashing)
        assert made.ending.kind == "crashed"
        assert requests_to(made, "/authorize")[0].status == 200
        answering(site, "/again")
        assert (await phone.on(device, "/again", login=TypingLogin)).ending.kind == "arrived"


async def test_a_browser_that_is_killed_leaves_a_walk(phone, site):
    site.page("/authorize", "<p>x</p>")

    class Killing(TypingLogin):
        async def run(self, windows, arrived):
            browser = windows.current().context.browser
            session = await browser.new_browser_cdp_session()
            closing = asyncio.ensure_future(session.send("Browser.close"))
            await asyncio.gather(closing, return_exceptions=True)
            await arrived.wait()

    made = await phone.walk("/authorize", login=Killing)
    assert made.ending.kind == "crashed"
    assert requests_to(made, "/authorize")


async def test_a_cancelled_walk_hands_over_what_there_is(phone, site):
    site.page("/authorize", LOGIN)
    started, kept = asyncio.Event(), []

    class Waiting(TypingLogin):
        async def run(self, windows, arrived):
            await self.on_screen(windows.current(), "authorization page")
            started.set()
            await arrived.wait()

    async with phone.device() as device:
        plan = phone.plan("/authorize", login=Waiting)
        walking = asyncio.create_task(walk(device, plan, registry=phone.registry, on_partial=kept.append))
        await started.wait()
        walking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walking
    (partial,) = kept
    assert partial.ending.kind == "interrupted"
    assert requests_to(partial, "/authorize")[0].status == 200


async def test_an_error_in_the_testers_own_login_is_an_ending(phone, site):
    site.page("/authorize", LOGIN)

    class Broken(TypingLogin):
        async def run(self, windows, arrived):
            raise KeyError("user")

    made = await phone.walk("/authorize", login=Broken)
    assert (made.ending.kind, made.ending.fault) == ("errored", Fault.TOOL)
    assert "KeyError" in made.ending.message


async def test_a_second_walk_finds_the_jar_of_the_first(phone, site):
    answering(site)
    async with phone.device() as device:
        await phone.on(device, "/authorize", login=TypingLogin, id="cold")
        warm = await phone.on(device, "/authorize", login=TypingLogin, id="warm", purpose="warm")
    assert warm.ending.kind == "arrived"
    assert [cookie.name for cookie in requests_to(warm, "/authorize")[0].sizes.cookies] == ["session", "state"]
    assert warm.requests.value[0].n == 1


async def test_an_answer_of_50_mb_is_recorded_without_its_text(phone, site):
    async def huge(_):
        async def pieces():
            for _ in range(50):
                yield b"<!-- " + b"x" * (1024 * 1024 - 9) + b" -->"

        return StreamingResponse(pieces(), media_type="text/html")

    site.on("/authorize", huge)
    made = await phone.walk("/authorize", login=None)
    (request,) = requests_to(made, "/authorize")
    assert request.excerpt is None
    assert request.sizes.response_body is None or request.sizes.response_body >= 50 * 1024 * 1024


async def test_a_download_in_place_of_the_page_is_named(phone, site):
    site.page("/authorize", "x", headers={"content-disposition": "attachment; filename=login.bin"})
    made = await phone.walk("/authorize")
    assert made.ending.kind == "dead_end"
    assert "a download" in made.ending.message
    assert [download.suggested_name for download in made.downloads.value] == ["login.bin"]


def requests_to(made, path):
    return [request for request in made.requests.value if request.url.partition("?")[0].endswith(path)]
