"""Which request is the login's own, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request
from pydantic import SecretStr

from e2e_linker.browser.login.credentials import Credentials
from e2e_linker.browser.login.memory import Fate
from e2e_linker.browser.login.sendings import Sendings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SECRET = "it's (so) *sécret*! ~1 & 2"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A page at /, else the status that the path begins with; another site may read it unless the path says closed."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    path = head.split(" ")[1].split("?")[0].strip("/")
    status = path[:3] if path[:3].isdigit() else "200"
    shared = "" if "closed" in path else "Access-Control-Allow-Origin: *\r\n"
    writer.write(
        f"HTTP/1.1 {status} Status\r\n{shared}Content-Type: text/html\r\nContent-Length: 2\r\n"
        "Connection: close\r\n\r\nok".encode()
    )
    await writer.drain()
    writer.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(own_page: Page) -> AsyncIterator[Page]:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    async with server:
        await own_page.goto(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await own_page.evaluate("window.elsewhere = `http://localhost:${location.port}`")
        yield own_page


async def fate_of(
    page: Page, script: str, *, username: str = "alice-17@example.test", before: str = "0", sure_only: bool = False
) -> Fate:
    """What is said of what ``script`` asks for after a login was sent, and ``before`` before that."""
    sendings, account = Sendings(sure_only=sure_only), Credentials(SecretStr(username), SecretStr(SECRET))
    sendings.listen(page.context)
    asked: list[object] = []
    ended: list[object] = []
    page.on("request", lambda request: asked.append(request))
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: ended.append(request))
    try:
        sendings.typed()
        await page.evaluate(f"(async () => {{ {before} }})()")
        assert sendings.fate(page.url, account) == Fate()
        sendings.sending()
        argument = [SECRET, username]
        await page.evaluate(
            f"async ([secret, name]) => {{ const post = (url, body, more) => "
            "fetch(url, { method: 'POST', body, ...more })"
            f".then(answer => answer.text()).catch(() => 0); {script} }}",
            argument,
        )
        async with asyncio.timeout(10):
            while len(ended) < len(asked):
                await page.evaluate("0")
        return sendings.fate(page.url, account)
    finally:
        sendings.ignore(page.context)


BINARY = "new Uint8Array([31, 139, 8, 255, 254])"


@pytest.mark.parametrize(
    "body",
    [BINARY, f"new Blob([{BINARY}])", f"(f => (f.append('a', new Blob([{BINARY}]), 'x'), f))(new FormData())"],
)
async def test_bodies_that_are_no_text_are_read_as_such(page: Page, body: str) -> None:
    before = f"await (await fetch('/200', {{ method: 'POST', body: {body} }})).text()"
    fate = await fate_of(page, f"await post('/200', {body})", before=before)
    assert fate == Fate()


@pytest.mark.parametrize(
    "body",
    [
        "JSON.stringify({ p: secret })",
        "'p=' + encodeURIComponent(secret)",
        "new URLSearchParams({ p: secret })",
    ],
)
async def test_the_request_that_holds_the_password_is_the_login(page: Page, browser: Browser, body: str) -> None:
    if browser.browser_type.name == "firefox":
        pytest.skip("the engine tells nothing of bodies")
    fate = await fate_of(page, f"await post('/200', 'q'); await post(elsewhere + '/500', {body})")
    assert fate.broken is not None
    assert fate.broken.why == "was answered with status 500"


@pytest.mark.parametrize("name", ["test", "admin", "customer", "al17"])
async def test_a_user_name_that_stands_anywhere_proves_nothing(page: Page, name: str) -> None:
    fate = await fate_of(
        page, "await post('/200', 'hash'); await post(elsewhere + `/500/${name}`, name)", username=name
    )
    assert fate.broken is None


async def test_a_user_name_of_its_own_tells_the_login_whose_password_is_hashed(page: Page) -> None:
    fate = await fate_of(page, "await post('/200', 'other'); await post(elsewhere + `/500?u=${name}`, 'hash')")
    assert fate.broken is not None


async def test_an_error_whose_rest_is_called_off_is_an_error(page: Page) -> None:
    calling_off = "const off = new AbortController(); await fetch('/500?p=' + encodeURIComponent(secret), "
    fate = await fate_of(page, calling_off + "{ method: 'POST', signal: off.signal }); off.abort()")
    assert fate.broken is not None
    assert fate.broken.answered


@pytest.mark.parametrize(("status", "refused"), [(400, True), (403, True), (200, False), (401, False), (422, False)])
async def test_a_login_that_is_refused_is_not_broken(page: Page, status: int, refused: bool) -> None:
    fate = await fate_of(page, f"await post('/{status}/login?u=' + name, 'u')")
    assert fate.broken is None
    assert (fate.refused is not None) is refused
    if fate.refused is not None:
        assert fate.refused.why == f"was answered with status {status}"


async def test_a_refusal_of_another_request_or_of_one_of_two_is_none_of_the_login(page: Page) -> None:
    assert (await fate_of(page, "await post('/400/count', 'u')")).refused is None
    twice = "await post('/400/login?u=' + name, 'u'); await post('/200/login?u=' + name, 'u')"
    assert (await fate_of(page, twice)).refused is None


@pytest.mark.parametrize(("mode", "broken"), [("cors", True), ("no-cors", False)])
async def test_an_answer_that_no_script_asked_to_read_is_not_kept_from_it(page: Page, mode: str, broken: bool) -> None:
    script = f"await post(elsewhere + '/200/closed?p=' + encodeURIComponent(secret), 'q', {{ mode: '{mode}' }})"
    assert ((await fate_of(page, script)).broken is not None) is broken


@pytest.mark.parametrize(
    ("path", "sure_only", "broken"),
    [
        ("/500/metrics", False, True),
        ("/500/metrics", True, False),
        ("/500/login", True, True),
        ("/404/metrics", False, False),
        ("/405/auth/metrics", False, False),
        ("/404/metrics/?to=/login", False, False),
        ("/404/login", False, True),
        ("/405/api/session/", True, True),
    ],
)
async def test_a_request_without_a_word_of_what_was_typed_is_told_by_its_address(
    page: Page, path: str, sure_only: bool, broken: bool
) -> None:
    fate = await fate_of(page, f"await post('{path}', 'hash')", sure_only=sure_only)
    assert (fate.broken is not None) is broken


async def test_one_that_fails_beside_another_that_does_not_is_nobodys_fault(page: Page) -> None:
    fate = await fate_of(page, "await post('/200/verify', 'hash'); await post('/404/token', 'q')", sure_only=True)
    assert fate.broken is None


@pytest.mark.parametrize(
    ("script", "silent"),
    [
        ("0", True),
        ("await post('/200', 'q')", False),
        ("navigator.sendBeacon('/200', 'q'); await new Promise(done => setTimeout(done, 300))", False),
        ("const s = new WebSocket('ws://127.0.0.1:9/'); await new Promise(done => { s.onclose = done })", False),
        ("const i = new Image(); i.src = '/200'; await new Promise(done => { i.onerror = done })", True),
    ],
)
async def test_only_what_is_heard_can_be_missing(page: Page, browser: Browser, script: str, silent: bool) -> None:
    fate = await fate_of(page, script)
    assert fate.silent is (silent and browser.browser_type.name == "chromium")


async def test_what_went_before_the_typing_is_no_login(page: Page, browser: Browser) -> None:
    sendings = Sendings()
    sendings.listen(page.context)
    async with page.expect_request("**/200"):
        await page.evaluate("navigator.sendBeacon('/200', 'shown')")
    sendings.sending()
    fate = sendings.fate(page.url, Credentials(None, None))
    sendings.ignore(page.context)
    assert fate.silent is (browser.browser_type.name == "chromium")


async def test_a_window_that_is_only_about_to_open_may_carry_a_code(page: Page) -> None:
    sendings, account = Sendings(), Credentials(SecretStr("alice-17@example.test"), SecretStr(SECRET))
    fates: list[Fate] = []
    sendings.listen(page.context)

    def hear(request: Request) -> None:
        # Chromium has no frame for it yet, which Playwright raises for.
        fates.append(sendings.fate(page.url, account, code="482913"))

    try:
        sendings.typed()
        sendings.sending()
        page.context.once("request", hear)
        async with page.expect_popup() as opened:
            await page.evaluate("void window.open(elsewhere + '/200?code=482913')")
        await (await opened.value).close()
    finally:
        sendings.ignore(page.context)
    assert [fate.asked_since for fate in fates] == [True]
