"""The login driver in real browsers, against login pages of many shapes."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import shutil
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright
from pydantic import SecretStr, TypeAdapter

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.loading import Loading
from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.pages.digest import install_digest
from e2e_linker.browser.pages.veil import veiled
from e2e_linker.config.login import Login
from e2e_linker.errors import SecretError
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import LoginStep
from e2e_linker.model import Fault
from tests.browser import login_pages as pages

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ALICE = Credentials(username=SecretStr(pages.USER), password=SecretStr(pages.PASSWORD))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsers() -> AsyncIterator[Callable[[str], Any]]:
    """Launch each engine once; skip where it is missing."""
    started: dict[str, Browser] = {}
    async with async_playwright() as playwright:
        await install_digest(playwright)

        async def launch(engine: str) -> Browser:
            if engine not in started:
                names = {"chromium": ("chromium-headless-shell", "chromium"), "firefox": ("firefox-esr",)}[engine]
                path = next((found for name in names if (found := shutil.which(name))), None)
                if path is None:
                    pytest.skip(f"no {engine} on this machine")
                kind = playwright.chromium if engine == "chromium" else playwright.firefox
                channel = None if engine == "chromium" else "moz-firefox"
                started[engine] = await kind.launch(executable_path=path, channel=channel)
            return started[engine]

        yield launch
        for browser in started.values():
            await browser.close()


class Windows:
    """The windows of a context, as the session will offer them."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.changed = asyncio.Event()
        self.said: list[str] = []
        self.loading = Loading()
        self.loading.listen(context)
        context.on("page", self._opened)

    def _opened(self, page: Page) -> None:
        self.changed.set()
        page.on("close", lambda _: self.changed.set())
        page.on("framenavigated", lambda _: self.changed.set())

    def current(self) -> Page:
        return self.context.pages[-1]

    def turn_back(self) -> bool:
        return False

    def return_to(self, page: Page) -> None:
        raise AssertionError("no window was left")


@dataclass
class Walk:
    """What came of one login."""

    site: Any
    ending: Ending | None = None
    arrived: bool = False
    seconds: float = 0.0
    steps: list[LoginStep] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)
    secrets: list[tuple[str, str]] = field(default_factory=list)

    def did(self, *actions: str) -> list[str]:
        return [step.what for step in self.steps if step.action in actions and step.outcome == "done"]


@pytest.fixture
def walk(browsers: Callable[[str], Any]) -> Callable[..., Any]:
    """Log in to a shape of site and say what came of it."""

    async def go(
        shape: Any,
        *,
        engine: str = "chromium",
        login: Any = "auto",
        account: Credentials = ALICE,
        patience: float = 2.5,
        also_register: Callable[[str, str], object] = lambda value, kind: None,
        picture_s: float = 0.0,
        **more: Any,
    ) -> Walk:
        browser = await browsers(engine)
        async with pages.serving(shape) as site, contextlib.AsyncExitStack() as stack:
            context = await browser.new_context()
            stack.push_async_callback(context.close)
            windows, arrived, done, began = Windows(context), asyncio.Event(), Walk(site), time.monotonic()
            pictures: list[asyncio.Task[None]] = []
            context.on("request", lambda request: arrived.set() if "/arrived?" in request.url else None)
            page = await context.new_page()
            with contextlib.suppress(Error):  # an address that leads straight to Alexa is never shown
                await page.goto(site.address, wait_until="commit")

            async def on_screen(page: Page, label: str) -> asyncio.Event | None:
                done.screens.append(label)
                if not picture_s:
                    return None
                pictured = asyncio.Event()
                pictures.append(asyncio.create_task(picture(page, pictured)))
                return pictured

            async def picture(page: Page, pictured: asyncio.Event) -> None:
                with contextlib.suppress(Error, TimeoutError):
                    async with veiled(page, 2.0, [pages.USER]):
                        await asyncio.sleep(picture_s)
                pictured.set()

            def register(value: str, kind: str) -> None:
                done.secrets.append((value, kind))
                also_register(value, kind)

            driver = LoginDriver(
                login=TypeAdapter(Login).validate_python(login),
                credentials=account,
                register=register,
                on_screen=on_screen,
                record=done.steps.append,
                step_timeout_s=patience,
                clock=lambda: time.monotonic() - began,
                **more,
            )
            async with asyncio.timeout(30):
                done.ending = await driver.run(windows, arrived)
                await asyncio.gather(*pictures)
            done.arrived, done.seconds = arrived.is_set(), time.monotonic() - began
            return done

    return go


@pytest.mark.parametrize("shape", [pytest.param(s, id=n) for n, s in pages.ARRIVING.items()])
async def test_auto_arrives(walk: Callable[..., Any], tmp_path: Path, shape: Any) -> None:
    program = tmp_path / "code"
    program.write_text(f"#!/bin/sh\necho Your code:\necho {pages.CODE}\n")
    program.chmod(0o700)
    account = Credentials(ALICE.username, ALICE.password, otp_command=str(program))
    # A second way to send a form is tried after some silence only: a page may be hashing the password.
    silent = shape in {pages.only_a_strange_button, pages.only_the_return_key}
    done = await walk(shape, account=account, patience=7 if silent else 2.5)
    assert done.ending is None, done.ending
    assert done.arrived
    assert all(step.outcome == "done" for step in done.steps), done.steps
    assert [
        v.path
        for v in done.site.visits
        if v.path in {"/google", "/fb", "/register", "/cookies", "/bye", "/other", "/passkey"}
    ] == []
    assert sum(pages.PASSWORD in v.form.values() for v in done.site.visits) <= 1
    assert pages.PASSWORD not in repr(done.steps)


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize(
    "ticks_ms", [(50,), (150, 160, 400), (400, 450), (800, 900, 1000, 1100), (1500, 1501)], ids=str
)
async def test_a_form_that_comes_late_and_is_made_anew_is_found(
    walk: Callable[..., Any], engine: str, ticks_ms: tuple[int, ...]
) -> None:
    done = await walk(pages.late(*ticks_ms), engine=engine, patience=5)
    assert done.arrived, done.ending


@pytest.mark.parametrize("shape", [pages.made_anew, pages.restless, pages.restless_landing])
@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_page_that_does_not_come_to_rest_is_got_through(
    walk: Callable[..., Any], engine: str, shape: Any
) -> None:
    done = await walk(shape, engine=engine, patience=5)
    assert done.arrived, done.ending


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_page_that_is_busy_with_a_press_was_pressed(walk: Callable[..., Any], engine: str) -> None:
    busy = "<script>document.onclick=()=>{const end=Date.now()+4000;while(Date.now()<end);}</script>"

    def shape(visit: Any) -> Any:
        return pages.one_page(visit) if visit.path == "/login" else pages.page(pages.form() + busy)

    done = await walk(shape, engine=engine, patience=5)
    assert done.arrived, done.ending
    assert len(done.did("submit")) == 1
    assert all(step.outcome == "done" for step in done.steps), done.steps


ANCHORS = {
    "attribute": ("<a class=btn onclick={}>{}</a>", ""),
    "pointer": ("<a class=btn id=b>{1}</a><script>b.onclick = () => {{ {0} }}</script>", "cursor:pointer"),
    "tab stop": ("<a class=btn id=b tabindex=0>{1}</a><script>b.onclick = () => {{ {0} }}</script>", ""),
    "with a child": ("<a class=btn onclick={}><span>{}</span></a>", "cursor:pointer"),
}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("name", ANCHORS)
async def test_an_anchor_that_leads_nowhere_by_itself_is_pressed_where_it_heeds_presses(
    walk: Callable[..., Any], engine: str, name: str
) -> None:
    markup, style = ANCHORS[name]
    head = f"<style>.btn{{display:inline-block;padding:14px;background:#06c;color:#fff;{style}}}</style>"
    enter = "<script>f.onkeydown = event => event.key == 'Enter' && event.preventDefault()</script>"
    fields = "<input name=u placeholder=Username><input name=p type=password placeholder=Password>"

    def shape(visit: Any) -> Any:
        if visit.path == "/allow":
            return pages.ARRIVED
        if visit.path == "/login" and visit.right:
            text = "<h1>Link your account</h1><p>Alexa wants to use it.</p><a name=allow>Allow it below</a>"
            return pages.page(head + text + markup.format("location='/allow'", "Allow") + "<a>Deny</a>")
        login = f"<h1>Login</h1><form id=f method=post action=/login>{fields}</form>"
        return pages.page(head + login + markup.format("f.submit()", "Log in") + enter)

    done = await walk(shape, engine=engine, patience=5)
    assert done.arrived, done.ending
    assert [visit.path for visit in done.site.visits if visit.path == "/allow"] == ["/allow"]


async def test_an_anchor_that_heeds_nothing_is_not_pressed(walk: Callable[..., Any]) -> None:
    text = "<h1>Link your account</h1><p>Alexa wants to use it.</p><a name=allow>Allow</a><a>Continue</a>"
    done = await walk(lambda visit: pages.page(text), patience=1)
    assert (done.arrived, done.ending.kind, done.steps) == (False, "login_not_found", [])


@pytest.mark.parametrize(
    "markup",
    [
        "<p class='btn p' {}><a onclick=1>Continue</a></p>",
        "<p class='btn p' {}><a tabindex=0>Continue</a></p>",
        "<a class=btn {}><span class=p>Continue</span></a>",
    ],
)
async def test_an_anchor_and_what_is_in_it_or_around_it_are_one_thing_to_press(
    walk: Callable[..., Any], markup: str
) -> None:
    head = "<style>.btn{display:inline-block;padding:14px} .p{cursor:pointer}</style><h1>Almost there</h1>"
    text = head + markup.format("onclick=\"location='/allow'\"")
    done = await walk(lambda visit: pages.ARRIVED if visit.path == "/allow" else pages.page(text))
    assert done.arrived, done.ending


PICTURE_S = 0.6


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_button_that_is_made_anew_while_the_page_is_pictured_is_pressed_once(
    walk: Callable[..., Any], engine: str
) -> None:
    """The first one does nothing any more, and nobody waits for it."""
    anew = """<script>setTimeout(() => {
      const old = document.querySelector('[value=yes]'), made = old.cloneNode(true);
      old.replaceWith(made);
    }, 250);</script>"""
    buttons = "<form action=/allow><button name=d value=yes>Allow</button><button name=d value=no>Deny</button></form>"

    def shape(visit: Any) -> Any:
        if visit.path == "/allow":
            return pages.ARRIVED
        return pages.page(f"<h1>Alexa wants to use your account</h1>{buttons}{anew}")

    patience = 20
    done = await walk(shape, engine=engine, picture_s=PICTURE_S, patience=patience)
    assert done.arrived, done.ending
    assert done.did("click", "submit") == ["allow"], done.steps
    assert [visit.form for visit in done.site.visits if visit.path == "/allow"] == [{"d": "yes"}]
    assert PICTURE_S <= done.seconds < PICTURE_S + patience


async def test_what_covers_a_button_while_the_page_is_pictured_is_put_away_first(walk: Callable[..., Any]) -> None:
    banner = """<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend',
      `<div id=cookie-banner style="position:fixed;inset:0;background:#fff"><p>We use cookies</p>
      <button onclick="this.parentNode.remove()">Accept all</button></div>`), 250);</script>"""

    def shape(visit: Any) -> Any:
        if visit.path == "/allow":
            return pages.ARRIVED
        return pages.page(
            f"<h1>Alexa wants to use your account</h1><form action=/allow><button>Allow</button></form>{banner}"
        )

    done = await walk(shape, picture_s=PICTURE_S, patience=8)
    assert done.arrived, done.ending
    assert len([visit for visit in done.site.visits if visit.path == "/allow"]) == 1


async def test_nothing_is_pressed_on_a_page_that_came_while_the_one_before_was_pictured(
    walk: Callable[..., Any],
) -> None:
    """The new page is busy for longer than it is waited for, and its elements have the numbers of those before."""
    busy = "<script>setTimeout(() => {const end = Date.now() + 2500; while (Date.now() < end);}, 100)</script>"
    away = "<script>setTimeout(() => location.replace('/second'), 200)</script>"

    def shape(visit: Any) -> Any:
        if visit.path == "/allow":
            return pages.ARRIVED
        if visit.path == "/second":
            deny = "<form action=/deny><button>Deny</button></form><form action=/allow><button>Allow</button></form>"
            return pages.page(f"<h1>Alexa wants to use your account</h1>{deny}{busy}")
        return pages.page(
            f"<h1>Alexa wants to use your account</h1><form action=/allow><button>Allow</button></form>{away}"
        )

    done = await walk(shape, picture_s=PICTURE_S, patience=8)
    assert done.arrived, done.ending
    assert [visit.path for visit in done.site.visits if visit.path in {"/allow", "/deny"}] == ["/allow"]


BOXED = """<style>.box { border: 1px solid #777; background: #fff } body { background: #fff }
input { border: 0; background: transparent; outline: 0 }</style>FORM<h1>Log in</h1>
<label>E-mail <div class=box><input id=u name=u type=email></div></label>
<label>Password <div class=box><input id=p name=p type=password></div></label><button id=b>Log in</button>"""
BY_SCRIPT = """<script>b.onclick = async () => {
  await fetch('/login', {method: 'POST', body: new URLSearchParams({u: u.value, p: p.value})});
  location = '/next';
};</script>"""


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("scripted", [False, True], ids=["form", "script"])
async def test_fields_drawn_by_what_is_around_them_are_seen_while_the_page_is_pictured(
    walk: Callable[..., Any], engine: str, scripted: bool
) -> None:
    """Without them nothing is left of the form but its button, which would send it without a password."""

    def shape(visit: Any) -> Any:
        if visit.path == "/next" or (visit.method == "POST" and visit.right and not scripted):
            return pages.ARRIVED
        return pages.page(
            BOXED.replace("FORM", "") + BY_SCRIPT if scripted else BOXED.replace("FORM", "<form method=post>")
        )

    done = await walk(shape, engine=engine, picture_s=2 * PICTURE_S, patience=8)
    assert done.arrived, done.ending
    assert [visit.form for visit in done.site.posts()] == [{"u": pages.USER, "p": pages.PASSWORD}]
    assert done.did("fill", "click", "submit") == ["username", "password", "submit"], done.steps


IN_FIREFOX = [
    "one page",
    "two pages",
    "built by script",
    "popup",
    "controlled inputs",
    "iframe",
    "shadow root",
    "frame of another site",
    "fields clear until typed into",
    "a button that only a screen reader is told of",
    "consent: hidden box",
    "no names, Enter only",
]


@pytest.mark.parametrize("name", IN_FIREFOX)
async def test_auto_arrives_in_firefox(walk: Callable[..., Any], name: str) -> None:
    done = await walk(pages.ARRIVING[name], engine="firefox", patience=20)
    assert done.ending is None, done.ending
    assert done.arrived


FAILING: dict[str, tuple[Any, str, Fault | None, str]] = {
    "wrong password": (pages.one_page, "login_rejected", Fault.TESTER, "Wrong user name or password."),
    "wrong password on two pages": (pages.two_pages, "login_rejected", Fault.TESTER, "Incorrect password"),
    "wrong password, told by script": (
        pages.inline_error,
        "login_rejected",
        Fault.TESTER,
        "The password is incorrect.",
    ),
    "form returned": (pages.silent_return, "dead_end", Fault.IDENTITY_PROVIDER, "came back without an error text"),
    "form returned, in words of its own": (
        pages.odd_return,
        "dead_end",
        None,
        "came back with new words on its page, “Those two do not belong together.”, after the password was sent",
    ),
    "account locked": (pages.locked, "login_rejected", Fault.TESTER, "Your account is locked."),
}


@pytest.mark.parametrize("name", FAILING)
async def test_a_refused_password_is_sent_once_and_the_page_is_quoted(walk: Callable[..., Any], name: str) -> None:
    shape, kind, fault, words = FAILING[name]
    done = await walk(shape, account=Credentials(ALICE.username, SecretStr("not the password")))
    assert done.ending is not None
    assert (done.ending.kind, done.ending.fault) == (kind, fault), done.ending
    assert words in done.ending.message
    assert done.ending.hint
    assert done.screens[-1] == "last screen"
    assert len([v for v in done.site.posts() if v.path in {"/login", "/check"}]) == 1


@pytest.mark.parametrize(
    "words",
    [
        "The requested redirect uri is malformed or doesn't match client redirect URI.",
        "The requested scope is invalid, unknown, or malformed.",
        "Client authentication failed due to unknown client, no client authentication included.",
    ],
)
async def test_an_authorization_request_that_is_refused_late_refuses_no_password(
    walk: Callable[..., Any], words: str
) -> None:
    done = await walk(pages.request_refused(words), patience=1)
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending
    assert words[:40] in done.ending.message


async def test_a_customers_number_is_no_client_of_alexas(walk: Callable[..., Any]) -> None:
    done = await walk(
        pages.request_refused("Invalid client number or password. See the redirect URL help."), patience=1
    )
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


@pytest.mark.parametrize("login", ["auto", "steps"])
@pytest.mark.parametrize(("later", "kind"), [(False, "login_rejected"), (True, "dead_end")])
async def test_a_bare_401_refuses_what_was_typed_where_it_answers_the_form_itself(
    walk: Callable[..., Any], later: bool, kind: str, login: str
) -> None:
    def shape(visit: Any) -> Any:
        if visit.path == "/login":
            return pages.To("/authorize/again") if later else pages.Status(401)
        return pages.Status(401) if visit.path == "/authorize/again" else pages.page(pages.form())

    done = await walk(shape, patience=1, login=LOGINS[login][0])
    assert done.ending.kind == kind, done.ending
    assert (done.ending.fault is Fault.TESTER) is not later
    assert ("with status 401 and “{}”: it refuses the login" in done.ending.message) is not later
    assert len(done.site.posts("/login")) == 1


NO_REQUESTS = "<meta http-equiv=content-security-policy content=\"connect-src 'none'\">"
FAILED_REQUESTS = {
    "nothing at its address, without a word": (pages.by_script(404, quiet=True), "was answered with status 404"),
    "nothing at its address for this method": (pages.by_script(405), "was answered with status 405"),
    "an error of the server": (pages.by_script(500), "was answered with status 500"),
    "an error of the server, without a word": (pages.by_script(503, quiet=True), "was answered with status 503"),
    "another origin that allows nobody": (pages.by_script(elsewhere=True), "failed: "),
    "another origin, without a word": (pages.by_script(elsewhere=True, quiet=True), "failed: "),
}


SUBMIT_STEPS = [
    {"fill": "[name=u]", "with": "username"},
    {"fill": "[name=p]", "with": "password"},
    {"click": "button"},
]
LOGINS = {
    "auto": ("auto", "the password"),
    "steps": (SUBMIT_STEPS, "the login"),
    "steps that wait for what comes next": ([*SUBMIT_STEPS, {"wait": "text=Allow"}], "the login"),
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("name", FAILED_REQUESTS)
async def test_a_login_request_that_fails_refuses_no_password(walk: Callable[..., Any], name: str, login: str) -> None:
    (shape, why), (how, what) = FAILED_REQUESTS[name], LOGINS[login]
    done = await walk(shape, patience=1, login=how)
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending
    assert f"The request by which the page sent {what}, POST http://" in done.ending.message
    assert f"/check, {why}" in done.ending.message
    assert ("“Something went wrong" in done.ending.message) is ("without a word" not in name)
    assert len(done.site.posts("/check")) <= 1


@pytest.mark.parametrize("login", LOGINS)
async def test_a_login_request_that_fails_in_firefox_refuses_no_password(walk: Callable[..., Any], login: str) -> None:
    # Firefox shows nobody what was sent: at another site the address has to tell that it is the login.
    shape = pages.by_script(elsewhere=True, at="/api/login")
    done = await walk(shape, engine="firefox", patience=1, login=LOGINS[login][0])
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending


@pytest.mark.parametrize("login", ["auto", "steps"])
@pytest.mark.parametrize("status", [400, 401, 403, 422, 404])
async def test_a_login_request_that_is_refused_is_a_refused_password(
    walk: Callable[..., Any], status: int, login: str
) -> None:
    # An API that knows no such user may well say that it was not found, in the language that it speaks.
    done = await walk(pages.by_script(status, kind="application/json"), patience=1, login=LOGINS[login][0])
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


@pytest.mark.parametrize("login", ["auto", "steps"])
async def test_a_page_that_may_not_send_what_was_typed_was_refused_nothing(
    walk: Callable[..., Any], login: str
) -> None:
    done = await walk(pages.by_script(head=NO_REQUESTS), patience=1, login=LOGINS[login][0])
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending
    assert "The page sent nothing after the " in done.ending.message
    assert "; the page says “Something went wrong" in done.ending.message
    assert "Content-Security-Policy" in done.ending.hint


async def test_a_page_that_finds_fault_with_a_user_name_by_itself_refuses_it(walk: Callable[..., Any]) -> None:
    script = (
        "document.forms[0].onsubmit=e=>{e.preventDefault();n.textContent='Please enter a valid e-mail: not found.'}"
    )
    body = pages.page(pages.form(more="<p id=n role=alert></p>") + f"<script>{script}</script>")
    done = await walk(lambda visit: body, patience=1)
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


@pytest.mark.parametrize(
    ("status", "kind", "said", "ending"),
    [
        (400, "text/html", "<h1>Bad request</h1>The request you made is invalid.", "dead_end"),
        (503, "text/html", "<p>Later, perhaps.", "dead_end"),
        (400, "text/html", "<p role=alert>There is no account with this e-mail address.", "login_rejected"),
        (400, "application/json", "<h1>Bad request</h1>", "login_not_found"),
        (200, "text/html", "<h1>Bad request</h1>", "login_not_found"),
    ],
)
async def test_a_page_taken_away_by_its_refused_user_name_is_told_by_its_request(
    walk: Callable[..., Any], status: int, kind: str, said: str, ending: str
) -> None:
    done = await walk(pages.naming(status, said, kind), patience=1)
    assert done.ending.kind == ending, done.ending
    named = "The request by which the page sent the user name, POST http://"
    assert (named in done.ending.message) is (ending == "dead_end")
    assert (f"/check, was answered with status {status}" in done.ending.message) is (ending == "dead_end")


async def test_a_page_taken_away_by_its_failed_login_request_is_told_by_it_after_steps(
    walk: Callable[..., Any],
) -> None:
    done = await walk(pages.by_script(503, gone=True), patience=1, login=SUBMIT_STEPS)
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending
    assert "/check, was answered with status 503; the page says “Something went wrong" in done.ending.message


async def test_a_function_of_the_testers_ends_like_steps_where_the_login_request_fails(
    walk: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "another_login.py").write_text(
        "async def login(page, credentials):\n"
        "    await page.fill('[name=u]', credentials.username.get_secret_value())\n"
        "    await page.fill('[name=p]', credentials.password.get_secret_value())\n"
        "    await page.click('button')\n"
    )
    monkeypatch.chdir(tmp_path)
    done = await walk(pages.by_script(500), patience=1, login={"python": "another_login:login"})
    assert "The request by which the page sent the login, POST http://" in done.ending.message


@pytest.mark.parametrize("steps", [[{"click": "#ok"}], [*SUBMIT_STEPS[:1], {"click": "#ok"}, *SUBMIT_STEPS[1:]]])
async def test_what_fails_beside_the_login_is_not_the_reason_for_a_step_that_finds_nothing(
    walk: Callable[..., Any], steps: list[Any]
) -> None:
    def shape(visit: Any) -> Any:
        if visit.path == "/log":
            return pages.Status(500)
        counted = "<button type=button id=ok onclick=\"fetch('/log',{method:'POST'})\">Accept cookies</button>"
        submit = pages.form().replace("<button>", "<button id=go>")
        return pages.page("<h1>Lamps</h1>") if visit.path == "/login" else pages.page(counted + submit)

    login = [step if step != {"click": "button"} else {"click": "#go"} for step in steps]
    done = await walk(shape, patience=1, login=[*login, {"click": "#absent"}])
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER), done.ending
    assert "(click '#absent') failed: nothing matched" in done.ending.message


async def test_a_page_that_sends_nothing_is_said_to_have_sent_nothing(walk: Callable[..., Any]) -> None:
    done = await walk(pages.deaf, patience=6)
    assert done.ending.kind == "dead_end"
    assert "The page sent nothing after the password was typed" in done.ending.message
    assert "tried: the button “Sign in” and then the return key in “Password”;" in done.ending.message
    assert done.site.posts() == []


def with_fields(user: str = "", password: str = "", *, form: str = "", button: str = "") -> str:
    """A login page with more attributes at its fields, its form and its button."""
    markup = pages.form().replace("<input name=u>", f"<input name=u {user}>").replace("<button>", f"<button {button}>")
    return pages.page(
        markup.replace("type=password>", f"type=password {password}>").replace("<form ", f"<form {form} ")
    )


ELSEWHERE = r"type=email pattern='.+@shop\.test'"
HELD_BACK = {
    "user name": (lambda _: with_fields(ELSEWHERE), r"“E-mail” takes no such user name", r"pattern=.+@shop\.test"),
    "password": (lambda _: with_fields("", "minlength=40"), "“Password” takes no such password", "minlength=40"),
    "script": (
        lambda _: with_fields("oninput=\"this.setCustomValidity('No customer of ours.')\""),
        "“E-mail” takes no such user name",
        "setCustomValidity",
    ),
    "code": (
        pages.with_code("<label>Code <input name=otp autocomplete=one-time-code pattern='[0-9]{8}'></label>"),
        "“Code” takes no such one-time code",
        "pattern=[0-9]{8}",
    ),
}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("name", HELD_BACK)
async def test_a_value_that_the_browser_holds_back_for_its_field_is_the_testers(
    walk: Callable[..., Any], engine: str, name: str
) -> None:
    shape, taken, condition = HELD_BACK[name]
    account = replace(ALICE, otp_command=f"echo {pages.CODE}")
    done = await walk(shape, engine=engine, account=account, patience=1)
    assert (done.ending.kind, done.ending.fault) == ("login_blocked", Fault.TESTER), done.ending
    assert (
        f"The browser did not send the form: {taken}, by the page's own condition {condition};" in done.ending.message
    )
    assert ("linker.account.otpCommand" in done.ending.hint) is (name == "code")
    assert pages.USER not in done.ending.message


COUNTRIES = (
    "<option value=''>Select your country</option><option value=us>United States</option><option>Canada</option>"
)
OPEN_FIELDS = {
    "select": (
        f"<label>Country <select id=cc required>{COUNTRIES}</select></label>",
        "Country",
        "#cc",
        "United States",
    ),
    "text": ("<label>Customer number <input name='no[1]' required></label>", "Customer number", '"with": "…"', "no[1]"),
    "choice": ("<label><input type=radio name=r id=r1 required value=1>Home</label>", "Home", "#r1", '{"check"'),
}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("name", OPEN_FIELDS)
async def test_a_form_that_the_browser_holds_back_for_an_empty_field_is_the_testers(
    walk: Callable[..., Any], engine: str, name: str
) -> None:
    field, label, *step = OPEN_FIELDS[name]
    done = await walk(lambda _: with_fields().replace("<button", f"{field}<button"), engine=engine, patience=1)
    assert (done.ending.kind, done.ending.fault) == ("login_blocked", Fault.TESTER), done.ending
    assert f"The browser did not send the form: “{label}” is required" in done.ending.message
    assert all(part in done.ending.hint for part in step), done.ending.hint
    assert done.site.posts() == []


async def test_an_empty_field_that_is_not_needed_holds_nothing_back(walk: Callable[..., Any]) -> None:
    done = await walk(
        lambda visit: (
            pages.one_page(visit)
            if visit.path == "/login"
            else with_fields().replace("<button", f"<select>{COUNTRIES}</select><input name=no><button")
        )
    )
    assert done.arrived, done.ending


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_words_by_which_a_page_holds_its_form_back_are_no_answer_of_the_server(
    walk: Callable[..., Any], engine: str
) -> None:
    held = "event.preventDefault();m.textContent='Please choose your country'"
    shown = with_fields(form=f'onsubmit="{held}"').replace("<button", "<p id=m role=alert></p><button")
    done = await walk(lambda _: shown, patience=1, engine=engine)
    assert done.ending.kind == "dead_end", done.ending
    assert "The page sent nothing after the password was typed" in done.ending.message
    assert "the page says “Please choose your country”" in done.ending.message
    assert "write that as steps under linker.login" in done.ending.hint
    assert done.site.posts() == []


async def test_what_asks_for_more_before_the_login_is_not_pressed_with_nothing_in_it(walk: Callable[..., Any]) -> None:
    asked = "<form method=post><h1>Your date of birth</h1>" + "".join(
        f"<label>{part} <input name={part} required></label>" for part in ("Day", "Month", "Year")
    )
    done = await walk(lambda _: pages.page(f"{asked}<button>Enter</button></form>"), patience=1)
    assert done.ending.kind == "login_not_found", done.ending
    assert "fields “Day”, “Month”, “Year”" in done.ending.message
    assert done.did("click") == []


@pytest.mark.parametrize(
    "more",
    [
        {"form": "novalidate onsubmit='return false'"},
        {"form": "onsubmit='return false'", "button": "formnovalidate"},
        {"button": "type=button"},
    ],
)
async def test_a_page_that_holds_a_form_back_by_itself_is_at_fault_whatever_its_fields_want(
    walk: Callable[..., Any], more: dict[str, str]
) -> None:
    done = await walk(lambda _: with_fields(ELSEWHERE, **more), patience=1)
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending
    assert "The page sent nothing after the password was typed" in done.ending.message


@pytest.mark.parametrize(
    ("body", "kind"), [("new URLSearchParams(new FormData(this.form))", "dead_end"), ("'counted=1'", "login_blocked")]
)
async def test_a_form_that_a_script_sends_by_itself_is_not_said_to_be_held_back(
    walk: Callable[..., Any], body: str, kind: str
) -> None:
    asking = f"onclick=\"fetch('/api', {{method: 'POST', body: {body}}})\""
    shown = with_fields(ELSEWHERE, button=asking)
    done = await walk(lambda visit: pages.Status(200, "text/plain") if visit.path == "/api" else shown, patience=1)
    assert done.site.posts("/api")
    assert done.ending.kind == kind, done.ending


async def test_a_field_that_takes_what_was_typed_holds_nothing_back(walk: Callable[..., Any]) -> None:
    shown = with_fields("type=email required maxlength=30", "required minlength=8 pattern='.*[0-9]'")
    done = await walk(lambda visit: pages.one_page(visit) if visit.path == "/login" else shown)
    assert done.arrived


STUCK = {
    "captcha in a frame": (pages.captcha_frame, "captcha", "captcha"),
    "captcha to read": (pages.captcha_field, "captcha", "characters you see"),
    "no login at all": (pages.nothing_there, "login_not_found", "“Lamps”"),
    "only Google": (pages.only_google, "login_not_found", "Continue with Google"),
    "lost after the login": (pages.lost_after_login, "dead_end", "3 lamps are on"),
    "browser refused": (pages.refuses_browser, "login_blocked", "This browser or app may not be secure."),
    "button never enabled": (pages.never_enabled, "dead_end", "“Sign in” cannot be used"),
    "its answer is pressed away": (
        pages.answered_by("<p>The store is closed today</p>", "Continue"),
        "dead_end",
        "answered the password with a page that says “Notice” / “The store is closed today”; “Continue” was pressed",
    ),
    "its error is no way to a portal": (
        pages.answered_by("<p role=alert>Session module failed</p>", "Go to portal"),
        "login_rejected",
        "answered the password with “Session module failed”",
    ),
    "forgotten at consent": (
        pages.forgets_at_consent,
        "dead_end",
        "took the password and asked for consent; after “Allow” was pressed there, 127.0.0.1 asked for the login once",
    ),
    "allow does nothing": (pages.dead_allow, "dead_end", "“Allow” was pressed"),
    "code asked for, none configured": (pages.with_code(), "login_blocked", "one-time code"),
}


@pytest.mark.parametrize("name", STUCK)
async def test_auto_says_where_it_got_stuck(walk: Callable[..., Any], name: str) -> None:
    shape, kind, words = STUCK[name]
    done = await walk(shape)
    assert done.ending is not None
    assert done.ending.kind == kind, done.ending
    assert words in done.ending.message
    assert done.ending.hint
    assert not done.arrived


@pytest.mark.parametrize("name", pages.DECOYS)
async def test_auto_leaves_alone_what_is_no_login(walk: Callable[..., Any], name: str) -> None:
    shape, arrives = pages.DECOYS[name]
    done = await walk(shape)
    assert [visit for visit in done.site.visits if visit.path == "/harm"] == []
    assert done.arrived is arrives, done.ending


async def test_the_badge_of_an_invisible_captcha_is_no_captcha(walk: Callable[..., Any]) -> None:
    done = await walk(pages.captcha_badge)
    assert done.arrived


async def test_not_found_names_host_title_and_fields_and_how_to_write_steps(walk: Callable[..., Any]) -> None:
    done = await walk(pages.nothing_there, patience=1)
    message = done.ending.message
    assert "127.0.0.1 shows “Lamps”" in message
    assert "“Search”" in message
    assert '"fill"' in done.ending.hint
    assert "linker.login" in done.ending.hint


async def test_without_an_account_the_login_is_blocked_by_the_tester(walk: Callable[..., Any]) -> None:
    done = await walk(pages.one_page, account=Credentials())
    assert (done.ending.kind, done.ending.fault) == ("login_blocked", Fault.TESTER)
    assert "linker.account" in done.ending.hint
    assert done.site.posts() == []


@pytest.mark.parametrize(
    "name", ["one page", "two pages", "built by script", "landing page", "popup", "account chooser"]
)
async def test_until_login_form_stops_there(walk: Callable[..., Any], name: str) -> None:
    done = await walk(pages.ARRIVING[name], until="login_form", account=Credentials())
    assert done.ending is None, done.ending
    assert not done.arrived
    assert done.did("fill") == []
    assert len(done.screens) >= 1
    assert done.site.posts() == []


async def test_boxes_that_may_be_for_a_pin_are_a_login_form(walk: Callable[..., Any]) -> None:
    done = await walk(pages.code_asked(pages.boxes(), first=True), until="login_form", patience=1)
    assert done.ending is None, done.ending
    assert done.did("fill", "click", "submit") == []


async def test_values_are_registered_before_the_page_sees_them(walk: Callable[..., Any]) -> None:
    """The page tells its server at every input event; what had been registered by then is noted."""
    noted: list[tuple[str, set[str]]] = []
    known: set[str] = set()
    telling = (
        "<script>document.oninput=e=>{const r=new XMLHttpRequest();"
        "r.open('GET','/typed?n='+e.target.name,false);r.send()}</script>"
    )

    def shape(visit: Any) -> Any:
        if visit.path == "/typed":
            noted.append((visit.form["n"], set(known)))
            return "ok"
        return pages.one_page(visit) if visit.path == "/login" else pages.page(pages.form() + telling)

    done = await walk(shape, also_register=lambda value, kind: known.add(value))
    assert done.arrived
    assert [name for name, _ in noted] == ["u", "p"]
    assert pages.USER in noted[0][1]
    assert pages.PASSWORD in noted[1][1]
    assert pages.PASSWORD not in noted[0][1]


async def test_a_password_too_short_to_be_hidden_is_not_typed_but_a_short_name_is(walk: Callable[..., Any]) -> None:
    def register(value: str, kind: str) -> None:
        if len(value) < 4:
            raise SecretError("too short", hint="use a longer one")

    done = await walk(pages.one_page, account=Credentials(SecretStr("bob"), SecretStr("x")), also_register=register)
    assert (done.ending.kind, done.ending.fault, done.ending.hint) == (
        "login_blocked",
        Fault.TESTER,
        "use a longer one",
    )
    assert done.did("fill") == ["username"]
    assert done.site.posts() == []


async def test_screens_are_taken_once_for_each_page(walk: Callable[..., Any]) -> None:
    done = await walk(pages.CONSENTS["deny first"])
    assert done.screens == ["authorization page", "consent"]
    assert done.did("fill") == ["username", "password"]
    assert done.did("click") == ["allow"]
    assert [step.at for step in done.steps] == sorted(step.at for step in done.steps)


async def test_totp_is_made_from_a_secret_or_an_address(walk: Callable[..., Any]) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    made = pyotp.TOTP(secret)
    for given in (
        "jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp",
        f"otpauth://totp/Example:alice?secret={secret}&issuer=Example",
    ):

        def shape(visit: Any) -> Any:
            if (
                visit.path == "/code"
                and visit.method == "POST"
                and made.verify(visit.form.get("otp", ""), valid_window=1)
            ):
                return pages.ARRIVED
            return pages.with_code()(visit)

        done = await walk(shape, account=Credentials(ALICE.username, ALICE.password, totp=SecretStr(given)))
        assert done.arrived, done.ending
        assert done.did("fill") == ["username", "password", "totp"]
        assert {"totp", "totp_secret"} <= {kind for _, kind in done.secrets}


@pytest.mark.parametrize(
    "given", ["not base32!!", "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1", "otpauth://totp/x"]
)
async def test_a_bad_totp_secret_is_named_but_not_quoted(walk: Callable[..., Any], given: str) -> None:
    done = await walk(pages.with_code(), account=Credentials(ALICE.username, ALICE.password, totp=SecretStr(given)))
    assert (done.ending.kind, done.ending.fault) == ("login_blocked", Fault.TESTER)
    assert given not in done.ending.message + (done.ending.hint or "")
    assert "linker.account.totp" in done.ending.hint


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("false", "status 1"),
        ("true", "printed nothing"),
        ("no-such-otp-program", "cannot be run"),
        ("yes", "without end"),
    ],
)
async def test_a_failing_otp_command_is_named(walk: Callable[..., Any], command: str, words: str) -> None:
    done = await walk(
        pages.with_code(), account=Credentials(ALICE.username, ALICE.password, otp_command=f"{command} geheim")
    )
    assert done.ending.kind == "login_blocked"
    assert words in done.ending.message
    assert "geheim" not in done.ending.message


async def test_a_page_that_hangs_is_said_to_hang(walk: Callable[..., Any]) -> None:
    def shape(visit: Any) -> str:
        return str(
            pages.page("<h1>Wait</h1><script>addEventListener('load',()=>setTimeout(()=>{for(;;);},30))</script>")
        )

    done = await walk(shape, patience=1)
    assert done.ending.kind == "timeout"
    assert not done.arrived


BY_COMMAND = replace(ALICE, otp_command=f"echo {pages.CODE}")


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize("name", pages.CODE_PAGES)
async def test_a_code_is_typed_where_no_word_asks_for_it_and_sent_once(
    walk: Callable[..., Any], name: str, engine: str
) -> None:
    done = await walk(pages.code_asked(pages.CODE_PAGES[name]), account=BY_COMMAND, engine=engine, patience=6)
    assert done.arrived, done.ending
    asked = [visit.path for visit in done.site.visits]
    assert asked.count("/verify") == 1
    assert asked.count("/log") <= 1
    assert (pages.CODE, "otp") in done.secrets


@pytest.mark.parametrize(
    "refusal",
    ["all.forEach(box => { box.value = '' })", "document.querySelector('h1').textContent = 'Näin ei käy'"],
)
async def test_a_code_that_was_refused_is_not_sent_again(walk: Callable[..., Any], refusal: str) -> None:
    wrong = (
        "form.addEventListener('input', async () => { if (!all.every(box => box.value)) return;"
        f"await fetch('/log', {{ method: 'POST' }}); {refusal} }});"
    )
    shape = pages.code_asked(pages.boxes(script=pages.ON_BY_INPUT + wrong))
    done = await walk(shape, account=BY_COMMAND, patience=6)
    assert not done.arrived
    assert done.did("fill") == ["username", "password", *["otp"] * 6]
    assert [visit.path for visit in done.site.visits if visit.path in {"/log", "/verify"}] == ["/log"]


async def test_boxes_whose_page_only_counts_keys_are_sent_by_their_button(walk: Callable[..., Any]) -> None:
    counts = "form.addEventListener('input', () => fetch('/log', { method: 'POST' }));"
    counts += "setInterval(() => { document.querySelector('h1').textContent = 'Lamps ' + Date.now() }, 200);"
    done = await walk(pages.code_asked(pages.boxes(script=counts)), account=BY_COMMAND, patience=6)
    assert done.arrived, done.ending
    assert len(done.site.posts("/verify")) == 1


PIN_PADS = {
    "boxes": pages.boxes(),
    "boxes for passwords": pages.boxes("type=password maxlength=1"),
    "boxes beside a name": "<form action=/verify method=post><input name=u placeholder=Name>" + pages.boxes(),
    "one field": pages.ONE_FIELD,
}


@pytest.mark.parametrize("name", PIN_PADS)
async def test_boxes_on_the_first_page_may_be_for_a_pin(walk: Callable[..., Any], name: str) -> None:
    done = await walk(pages.code_asked(PIN_PADS[name], first=True), account=BY_COMMAND, patience=1)
    assert not done.arrived
    assert "otp" not in [kind for _, kind in done.secrets]
    assert done.site.posts() == []


OTHER_FIELDS = {
    "a postcode": "<label>Postcode <input inputmode=numeric maxlength=5></label><button>→</button>",
    "a label in unknown words": "<label>Plugh <input inputmode=numeric maxlength=5></label><button>→</button>",
    "a telephone number": "<input type=tel maxlength=8 name=phone><button>→</button>",
    "a year without a label": "<p>Year of birth</p><input inputmode=numeric maxlength=4><button>→</button>",
    "a name that tells": "<input inputmode=numeric maxlength=5 name=zip><button>→</button>",
    "two fields": "<input inputmode=numeric maxlength=6><input name=b><button>→</button>",
    "letters": "<input maxlength=6><button>→</button>",
    "a long number": "<input inputmode=numeric maxlength=12><button>→</button>",
    "boxes for different things": "".join(
        f"<label>{room} <input maxlength=1></label>" for room in ("Hall", "Bath", "Attic", "Barn")
    ),
    "boxes for a PIN": "<h2>Choose a PIN for your lamps</h2>" + "<input maxlength=1>" * 6,
    "a field for a PIN": "<h2>Choose a PIN</h2><p>Lamps</p><input inputmode=numeric maxlength=6><button>→</button>",
    "too many boxes": "<input maxlength=1>" * 12,
}


@pytest.mark.parametrize("name", OTHER_FIELDS)
async def test_other_fields_after_the_password_get_no_code(walk: Callable[..., Any], name: str) -> None:
    shape = pages.code_asked(f"<form action=/verify method=post>{OTHER_FIELDS[name]}</form>")
    done = await walk(shape, account=BY_COMMAND, patience=1)
    assert "otp" not in [kind for _, kind in done.secrets]


async def test_a_code_that_does_not_fit_into_the_boxes_is_not_typed(walk: Callable[..., Any]) -> None:
    done = await walk(pages.code_asked(pages.boxes()), account=replace(ALICE, otp_command="echo 1234"), patience=1)
    assert done.ending.kind == "login_blocked"
    assert "6 boxes for a one-time code, and the code has 4 characters" in done.ending.message
    assert done.did("fill") == ["username", "password"]


STEPS = [
    {"wait": "text=Sign in"},
    {"fill": "[name=u]", "with": "username"},
    {"fill": "[name=p]", "with": "password"},
    {"click": "button"},
]


async def test_steps_are_carried_out_and_the_consent_follows(walk: Callable[..., Any]) -> None:
    done = await walk(pages.CONSENTS["deny first"], login=STEPS)
    assert done.arrived, done.ending
    assert [(s.action, s.what) for s in done.steps] == [
        ("wait", "wait"),
        ("fill", "username"),
        ("fill", "password"),
        ("click", "click"),
        ("click", "allow"),
    ]


@pytest.mark.parametrize(
    ("body", "more", "then"),
    [
        pytest.param(pages.CONSENT, [], ("click", "allow"), id="consent that no step names"),
        pytest.param(pages.CONSENT, [{"click": "[value='1']"}], ("click", "click"), id="consent that a step names"),
        pytest.param(
            pages.CONSENT.replace("Allow", "อนุญาต").replace("Deny", "ปฏิเสธ"),
            [{"click": "[value='1']"}],
            ("click", "click"),
            id="consent that only a step can read",
        ),
    ],
)
async def test_steps_that_log_in_are_left_out_where_the_server_knows_the_customer(
    walk: Callable[..., Any], body: str, more: list[Any], then: tuple[str, str]
) -> None:
    def shape(visit: Any) -> Any:
        return pages.ARRIVED if visit.form.get("d") == "1" else pages.page(body)

    done = await walk(shape, login=[*STEPS[1:], *more], patience=2.0, used_jar=True)
    assert done.arrived, done.ending
    assert [(step.action, step.what) for step in done.steps[:2]] == [("wait", "linker.login"), then]
    assert done.steps[0].target == "steps 1 to 3 are not needed, because the page asks for no login"


LANDING = "<button>Menu</button><div role=dialog aria-modal=true>Our terms <button>Accept</button></div>"


@pytest.mark.parametrize(
    ("body", "used_jar"),
    [
        pytest.param("<button>Menu</button>", True, id="another button, which a later step would take"),
        pytest.param(LANDING, True, id="a dialog"),
        pytest.param(pages.boxes(button="<button>Allow</button>"), True, id="what may be for a PIN"),
        pytest.param(pages.CONSENT, False, id="what looks like consent, in a jar that nobody is known by"),
    ],
)
async def test_steps_are_not_left_out_where_the_first_control_comes_late(
    walk: Callable[..., Any], body: str, used_jar: bool
) -> None:
    def shape(visit: Any) -> Any:
        if visit.method == "POST":
            return pages.ARRIVED if visit.right else pages.page("wrong")
        late = f"setTimeout(() => {{ document.querySelector('main').innerHTML = {pages.form()!r} }}, 1700)"
        return pages.page(f"<main>{body}</main><script>{late}</script>")

    login = [*STEPS[1:3], {"click": "button"}, {"click": "button"}]
    done = await walk(shape, login=login, patience=4.0, used_jar=used_jar)
    assert done.arrived, done.ending
    assert done.did("wait") == []
    assert [step.what for step in done.steps[:2]] == ["username", "password"]


async def test_a_later_step_that_cannot_be_read_is_not_the_fault_of_the_first(walk: Callable[..., Any]) -> None:
    def shape(visit: Any) -> Any:
        return pages.page("<h1>Lamps</h1>") if visit.method == "POST" else pages.late(900)(visit)

    done = await walk(shape, login=[*STEPS[1:], {"click": "div[["}], used_jar=True)
    assert done.did("fill") == ["username", "password"]
    assert "Step 4 of linker.login (click 'div[[')" in done.ending.message


async def test_steps_are_not_left_out_where_the_login_form_has_lost_its_fields(walk: Callable[..., Any]) -> None:
    done = await walk(lambda visit: pages.page("<h1>Log in</h1><form><button>Go</button></form>"), login=STEPS[1:])
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER)
    assert "Step 1 of linker.login" in done.ending.message
    assert [(step.action, step.outcome) for step in done.steps] == [("fill", "failed")]


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize(
    ("before", "button"),
    [
        ("<h1>Sign in</h1>", "<button>Sign in</button>"),
        ("<title>Sign in</title><div>Sign in to link Alexa</div>", "<input type=submit value='Sign in'>"),
        ("<h1>Sign in</h1><button hidden>Sign in</button>", "<button><i><b>Sign in</b></i></button>"),
        ("<h1>Sign in</h1>", "<a href=# onclick='this.closest(`form`).submit()'><span>Sign in</span></a>"),
        ("<h1>Sign in</h1>", "<div role=button onclick='this.closest(`form`).submit()'>Sign in</div>"),
        ("", "<div id=d>Sign in</div><script>d.onclick = () => d.closest('form').submit()</script>"),
        (
            "",
            '<h2 style=cursor:pointer onclick="this.closest(`form`).submit()">Sign in</h2><a href=/x>Sign in to</a>',
        ),
    ],
)
async def test_a_click_on_a_text_presses_what_can_be_pressed(
    walk: Callable[..., Any], engine: str, before: str, button: str
) -> None:
    form = f"<form method=post>{before}<input name=u><input name=p type=password>{button}</form>"
    steps = [
        *({"fill": f"[name={name}]", "with": what} for name, what in (("u", "username"), ("p", "password"))),
        {"click": "text=Sign in"},
    ]
    done = await walk(lambda visit: pages.ARRIVED if visit.right else pages.page(form), login=steps, engine=engine)
    assert done.arrived, done.ending


_COMPONENT = """<x-action>Sign in</x-action><script>customElements.define('x-action', class extends HTMLElement {
connectedCallback() { this.attachShadow({mode: 'open'}).innerHTML = '<button><slot></slot></button>';
this.onclick = () => document.forms[0].submit(); } });</script>"""


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>Sign in</h1><a href=/other>Sign in with Google</a>{}<button form=f>Sign in</button>",
        "{}<div id=d>Sign in</div><a href=/other>Sign in problems?</a><script>d.onclick = () => f.submit()</script>",
        f"{{}}{_COMPONENT}<a href=/other>Sign in with Google</a>",
    ],
)
async def test_a_click_on_a_text_presses_nothing_that_says_more(walk: Callable[..., Any], markup: str) -> None:
    form = markup.replace("{}", "<form id=f method=post><input name=u><input name=p type=password></form>", 1)
    fields = [{"fill": f"[name={name}]", "with": what} for name, what in (("u", "username"), ("p", "password"))]
    done = await walk(
        lambda visit: pages.ARRIVED if visit.right else pages.page(form), login=[*fields, {"click": "text=Sign in"}]
    )
    assert done.arrived, done.ending


@pytest.mark.parametrize(
    ("selector", "more"),
    [
        ("text=Sign in", "<p>Sign in</p>"),
        (".go", "<a class=go href=/x>Sign in</a>"),
        ("h1", "<button>Sign in</button>"),
    ],
)
async def test_a_click_on_what_no_control_is_told_from_by_its_text_is_one_on_the_first_match(
    walk: Callable[..., Any], selector: str, more: str
) -> None:
    form = f"<form onclick='this.submit()' method=post><h1 class=go>Sign in</h1></form>{more}"
    done = await walk(
        lambda visit: pages.ARRIVED if visit.method == "POST" else pages.page(form), login=[{"click": selector}]
    )
    assert done.arrived, done.ending


async def test_steps_wait_for_a_form_that_comes_late(walk: Callable[..., Any]) -> None:
    done = await walk(pages.late(400), login=STEPS[1:])
    assert done.arrived, done.ending
    assert done.did("wait") == []


async def test_steps_reach_into_frames_and_tick_boxes(walk: Callable[..., Any]) -> None:
    def shape(visit: Any) -> Any:
        if visit.path == "/inner":
            return pages.page(pages.form(more="<input type=checkbox name=t>").replace("<form", "<form target=_top"))
        if visit.path == "/login":
            return pages.ARRIVED if visit.form.get("t") == "on" else pages.page("box!")
        return pages.page("<iframe src=/inner></iframe>")

    done = await walk(shape, login=[*STEPS[1:3], {"check": "[name=t]"}, STEPS[3]])
    assert done.arrived, done.ending


HOMES = "<select name=t aria-label=Home><option value=''>Choose…</option>{}</select>"
COTTAGE = "<option value=h-17>The  Cottage &amp; Barn</option><option value=H-17>Other</option>"


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize(
    ("wanted", "sent"),
    [("h-17", "h-17"), ("H-17", "H-17"), ("The Cottage & Barn", "h-17"), (" the COTTAGE & barn ", "h-17")],
)
async def test_steps_choose_an_option_by_its_value_or_its_text(
    walk: Callable[..., Any], engine: str, wanted: str, sent: str
) -> None:
    done = await walk(
        homes(HOMES.format(COTTAGE)), login=[*STEPS[1:3], CHOOSE | {"with": wanted}, STEPS[3]], engine=engine
    )
    assert done.site.posts("/login")[0].form["t"] == sent
    assert done.did("fill") == ["username", "password", "text"]


def homes(select: str, *, script: str = "") -> Any:
    """A login that asks which home is to be linked, and is told of a choice by events as well."""

    def shape(visit: Any) -> Any:
        if visit.path == "/login":
            return pages.ARRIVED
        hears = "<script>(f => { f.oninput = () => { f.heard.value = 'yes' } })(document.forms[0])</script>"
        told = f"<input type=hidden name=heard>{hears}"
        return pages.page(pages.form(more=select + told) + script)

    return shape


CHOOSE = {"fill": "[name=t]"}


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_steps_choose_options_that_come_late_by_the_label_of_their_select(
    walk: Callable[..., Any], engine: str
) -> None:
    late = "<script>setTimeout(() => document.querySelector('select').add(new Option('Barn', '7')), 700)</script>"
    select = "<label id=home>Home <select name=t></select></label>"
    login = [{"fill": "#home", "with": "barn"}, *STEPS[1:3], STEPS[3]]
    done = await walk(homes(select, script=late), login=login, engine=engine)
    assert done.site.posts("/login")[0].form["t"] == "7"
    assert done.site.posts("/login")[0].form["heard"] == "yes"


MANY = "".join(f"<option value={n}>House number {n} of the long street by the river</option>" for n in range(20))


@pytest.mark.parametrize(
    ("select", "told"),
    [
        (
            HOMES.format(COTTAGE),
            "“Home”: “Choose…” (value “”); “The Cottage & Barn” (value “h-17”); “Other” (value “H-17”)",
        ),
        (HOMES.format(MANY), "“House number 0 of the long street by th…” (value “0”);"),
        (HOMES.format(MANY), "and 13 more; what is to be chosen is none of them"),
        (HOMES.format("<option disabled>Castle</option>"), "“Castle”, disabled; what is to be chosen is disabled"),
        (HOMES.format("<optgroup disabled label=x><option>Castle</optgroup>"), "what is to be chosen is disabled"),
        ("<select name=t></select>", "The options of the select “t”: none; what is to be chosen is none of them"),
    ],
)
async def test_an_option_that_is_not_there_is_told_with_those_that_are(
    walk: Callable[..., Any], select: str, told: str
) -> None:
    done = await walk(homes(select), login=[*STEPS[1:3], CHOOSE | {"with": "Castle"}, STEPS[3]], patience=0.5)
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER)
    assert "Step 3 of linker.login (fill '[name=t]') failed: " in done.ending.message
    assert told in done.ending.message
    assert "a select with one of its options" in done.ending.hint
    assert (done.steps[-1].action, done.steps[-1].outcome) == ("fill", "failed")
    assert done.site.posts() == []


async def test_a_value_of_the_account_is_not_told_where_no_option_is_it(walk: Callable[..., Any]) -> None:
    done = await walk(homes(HOMES.format(COTTAGE)), login=[CHOOSE | {"with": "username"}], patience=0.5)
    assert pages.USER not in done.ending.message
    assert (pages.USER, "username") in done.secrets


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_steps_check_a_radio_button(walk: Callable[..., Any], engine: str) -> None:
    radios = "".join(f"<label><input type=radio name=t value={n}{' checked' * (n == 1)}>{n}</label>" for n in (1, 2))
    done = await walk(homes(radios), login=[*STEPS[1:3], {"check": "[value='2']"}, STEPS[3]], engine=engine)
    assert done.site.posts("/login")[0].form["t"] == "2"
    by_label = await walk(homes(radios), login=[*STEPS[1:3], {"check": "label:has-text('2')"}, STEPS[3]], engine=engine)
    assert by_label.site.posts("/login")[0].form["t"] == "2"


async def test_a_step_that_fails_names_its_selector_and_what_is_there(walk: Callable[..., Any]) -> None:
    done = await walk(pages.one_page, login=[{"click": "#absent"}], patience=0.5)
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER)
    assert "'#absent'" in done.ending.message
    assert "“E-mail”" in done.ending.message
    assert done.steps[-1].outcome == "failed"


async def test_a_selector_that_cannot_be_read_fails_at_once(walk: Callable[..., Any]) -> None:
    done = await walk(pages.one_page, login=[{"click": "##"}], patience=25)
    assert done.ending.kind == "login_not_found"
    assert done.seconds < 25


async def test_a_wrong_password_after_steps_is_told(walk: Callable[..., Any]) -> None:
    done = await walk(pages.one_page, login=STEPS, patience=1, account=Credentials(ALICE.username, SecretStr("nope")))
    assert done.ending.kind == "login_rejected"
    assert "Wrong user name or password." in done.ending.message
    assert len(done.site.posts()) == 1


async def test_a_pause_waits_for_the_tester_and_needs_one(walk: Callable[..., Any]) -> None:
    asked: list[str] = []

    async def pause(text: str) -> None:
        asked.append(text)

    login = [{"pause": "Solve it"}, *STEPS]
    done = await walk(pages.one_page, login=login, pause=pause)
    assert done.arrived
    assert asked == ["Solve it"]
    alone = await walk(pages.one_page, login=login)
    assert alone.ending.kind == "login_blocked"
    assert "--headed" in alone.ending.hint


@pytest.mark.parametrize("login", ["auto", STEPS], ids=["auto", "steps"])
async def test_no_password_is_typed_into_a_page_without_tls(
    walk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, login: Any
) -> None:
    monkeypatch.setattr("e2e_linker.browser.in_clear.is_loopback", lambda host: False)
    done = await walk(pages.one_page, login=login)
    assert (done.ending.kind, done.arrived) == ("login_blocked", False)
    assert "comes without TLS" in done.ending.message
    assert (done.ending.fault, done.ending.exposed) == (Fault.IDENTITY_PROVIDER, f"{done.site.address}/")
    assert "use.ignoreHTTPSErrors" in done.ending.hint
    assert not [v for v in done.site.visits if pages.PASSWORD in v.form.values()]
    assert (pages.PASSWORD, "password") not in done.secrets
    assert (await walk(pages.one_page, login=login, in_clear=InClear(allowed=True))).arrived


@pytest.mark.parametrize("login", ["auto", STEPS], ids=["auto", "steps"])
@pytest.mark.parametrize("upgrading", [True, False])
async def test_a_password_is_typed_where_the_page_has_its_form_sent_over_tls(
    walk: Callable[..., Any], login: Any, upgrading: bool
) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content='Upgrade-Insecure-Requests'>" if upgrading else ""
    sent = pages.form().replace("action=/login", "action=http://id.example.test/login onsubmit='return false'")
    done = await walk(lambda visit: pages.page(sent, head=policy), login=login, patience=1)
    assert ((pages.PASSWORD, "password") in done.secrets) == upgrading, done.ending
    assert ("without TLS" in (done.ending.message if done.ending else "")) != upgrading


LEFTOVER = (
    "action={open} onsubmit='fetch(`/login`, {{method: `POST`, body: new URLSearchParams(new FormData(this))}})"
    ".then(answer => {{ location = answer.url }}); return false'"
)


@pytest.mark.parametrize("login", ["auto", STEPS], ids=["auto", "steps"])
@pytest.mark.parametrize("engine", ["chromium", "firefox"])
@pytest.mark.parametrize(
    ("form", "button", "arrives"),
    [
        (LEFTOVER, "", True),
        ("action={open}", "", False),
        ("action=/login", "formaction={open}", False),
        ("action={open} onsubmit='setTimeout(() => this.submit()); return false'", "", False),
    ],
    ids=["leftover", "action", "formaction", "by a script"],
)
async def test_a_form_with_an_address_without_tls_is_filled_and_never_sent_there(
    walk: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    login: Any,
    engine: str,
    form: str,
    button: str,
    arrives: bool,
) -> None:
    monkeypatch.setattr("e2e_linker.browser.in_clear.is_loopback", lambda host: host == "127.0.0.1")
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(10))
        writer.close()

    open_server = await asyncio.start_server(hear, "127.0.0.2", 0)
    there = f"http://127.0.0.2:{open_server.sockets[0].getsockname()[1]}/login"
    shown = pages.form().replace("action=/login", form.format(open=there))
    shown = pages.page(shown.replace("<button>", f"<button {button.format(open=there)}>"))
    done = await walk(
        lambda visit: pages.one_page(visit) if visit.path == "/login" else shown,
        login=login,
        engine=engine,
        patience=1,
        in_clear=InClear(guards=True),
    )
    open_server.close()
    assert (done.arrived, heard) == (arrives, []), done.ending
    if not arrives:
        assert (done.ending.kind, done.ending.fault, done.ending.exposed) == (
            "login_blocked",
            Fault.IDENTITY_PROVIDER,
            there,
        )
        assert "it was held back, so that nothing secret went out in clear" in done.ending.message


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
async def test_a_field_within_a_component_is_sent_with_the_form_around_it(
    walk: Callable[..., Any], engine: str
) -> None:
    there = "http://id.example.test/in"
    inner = "<div id=h></div><script>h.attachShadow({mode: 'open'}).innerHTML = '<input type=password>'</script>"
    shown = pages.page(f"<h1>Sign in</h1><form action={there} method=post>{inner}<button>Sign in</button></form>")
    steps = [{"fill": "[type=password]", "with": "password"}]
    done = await walk(lambda visit: shown, login=steps, engine=engine, in_clear=InClear())
    assert (done.ending.kind, done.ending.exposed) == ("login_blocked", there)


_LIST = (
    "<span id=l>Country</span><div role=combobox tabindex=0 id=c aria-haspopup=listbox aria-labelledby=l>Choose</div>"
)
_BEHIND = "<input name=country required style='opacity:0;position:absolute;pointer-events:none' aria-hidden=true"
_GLASS = (
    "<label for=c>Country</label><input id=c role=combobox readonly style='opacity:0' aria-required=true {0}>Choose"
)
_PRESS = "<label for=c>Country</label><button type=button role=combobox id=c aria-required=true {0}>Choose</button>"


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        (f"{_LIST}{_BEHIND} value=''>", False),
        (f"{_LIST}{_BEHIND} value=de>", True),
        (_GLASS.format("aria-invalid=true") + "<input required style='opacity:0'>", False),
        (_PRESS.format("data-placeholder") + "<input required style='opacity:0'>", False),
        (_PRESS.format(""), True),
    ],
    ids=["field behind", "chosen", "glass", "button", "chosen of a button"],
)
async def test_a_drawn_select_that_lacks_its_choice_is_named_with_the_step_for_it(
    walk: Callable[..., Any], field: str, sent: bool
) -> None:
    done = await walk(
        lambda visit: pages.one_page(visit) if visit.path == "/login" else pages.page(pages.form(more=field)),
        patience=3,
    )
    assert done.arrived == sent, done.ending
    if not sent:
        assert "“Country” is required" in done.ending.message
        assert "; still to be chosen, in a list that the page draws: “Country”" in done.ending.message
        assert done.ending.hint.endswith('{"click": "#c"}, {"click": "text=…"}')


@pytest.mark.parametrize("hidden", ["visibility:hidden", "opacity:0;pointer-events:none"])
async def test_fields_that_fade_in_are_waited_for_and_no_empty_password_is_sent(
    walk: Callable[..., Any], hidden: str
) -> None:
    fields = pages.form().partition("<form")[2].partition(">")[2].partition("<button>")[0]
    body = f"<form method=post action=/login><div id=f style='{hidden}'>{fields}</div><button>Sign in</button></form>"
    body += "<script>setTimeout(() => { f.style = '' }, 1500)</script>"
    done = await walk(lambda visit: pages.one_page(visit) if visit.path == "/login" else pages.page(body), patience=6)
    assert done.arrived, done.ending
    assert len(done.site.posts()) == 1


async def test_what_a_pause_took_is_not_taken_from_the_time_of_the_pages() -> None:
    now = 10.0

    async def pause(text: str) -> None:
        nonlocal now
        now += 500.0

    async def on_screen(page: Page, label: str) -> None:
        return None

    driver = LoginDriver(
        login="auto",
        credentials=ALICE,
        register=lambda value, kind: None,
        on_screen=on_screen,
        record=lambda step: None,
        step_timeout_s=5,
        clock=lambda: now,
        deadline_s=60,
        pause=pause,
    )
    await driver._waited(pause, "Solve it")
    assert driver._answers.deadline_s - driver._answers.clock() == 50
    assert driver._hands.clock() == 510


async def test_a_function_logs_in(walk: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_login.py").write_text(
        "async def login(page, credentials):\n"
        "    await page.fill('[name=u]', credentials.username.get_secret_value())\n"
        "    await page.fill('[name=p]', credentials.password.get_secret_value())\n"
        "    await page.click('button')\n"
        "async def broken(page, credentials):\n"
        "    raise ValueError('no such tenant.')\n"
    )
    monkeypatch.chdir(tmp_path)
    done = await walk(pages.CONSENTS["allow first"], login={"python": "my_login:login"})
    assert done.arrived, done.ending
    assert (pages.PASSWORD, "password") in done.secrets
    broken = await walk(pages.one_page, login={"python": "my_login:broken"})
    assert broken.ending.message.endswith("failed: ValueError: no such tenant.")
    absent = await walk(pages.one_page, login={"python": "my_login:absent"})
    assert absent.ending.kind == "login_not_found"


@pytest.mark.parametrize(
    "asked",
    ["Geburtsjahr", "Hausnummer", "Année de naissance", "Last digits of your card", "The six digits on its back"],
)
async def test_a_lone_field_with_words_beside_it_gets_no_code(walk: Callable[..., Any], asked: str) -> None:
    shape = pages.code_asked(f"<form action=/verify method=post><p>{asked}</p>{pages.ONE_FIELD}</form>")
    done = await walk(shape, account=BY_COMMAND, patience=1)
    assert "otp" not in [kind for _, kind in done.secrets]
    assert done.site.posts("/verify") == []


async def test_narrow_fields_for_quantities_get_no_code(walk: Callable[..., Any]) -> None:
    rows = "<p>How many?</p>" + "<input type=number style='width: 40px; height: 40px'>" * 6
    shape = pages.code_asked(f"<form action=/verify method=post>{rows}<button>→</button></form>")
    done = await walk(shape, account=BY_COMMAND, patience=1)
    assert "otp" not in [kind for _, kind in done.secrets]


async def test_a_word_on_pins_elsewhere_on_the_page_hides_no_boxes(walk: Callable[..., Any]) -> None:
    shape = pages.code_asked(pages.boxes() + "<footer>Never tell anybody the PIN of your card.</footer>")
    done = await walk(shape, account=BY_COMMAND, patience=6)
    assert done.arrived, done.ending


COUNTS = "fetch('/log', { method: 'POST' })"
TALKING = {
    "keys are counted": f"addEventListener('input', () => {{ {COUNTS}; tell.textContent = 'Looks good' }})",
    "a clock that ticks in words": "setInterval(() => { tell.textContent = Date.now() % 2 ? 'a minute' : 'seconds';"
    f" {COUNTS} }}, 150)",
    "a request without an answer": "addEventListener('input', () => { fetch('/log?' + Math.random()) })",
    "what is typed is counted apart": "addEventListener('input', event => {"
    " if (event.target.value.length === 6) fetch('/done', { method: 'POST', body: 'length=6' }) })",
}


@pytest.mark.parametrize("name", TALKING)
async def test_a_code_page_that_talks_with_its_server_is_sent_by_its_button(
    walk: Callable[..., Any], name: str
) -> None:
    field = "<label>One-time code <input autocomplete=one-time-code name=x></label><button>Verify</button>"
    script = f"<p id=tell></p><script>{TALKING[name]}</script>"
    shape = pages.code_asked(f"<form action=/verify method=post>{field}</form>{script}")
    done = await walk(shape, account=BY_COMMAND, patience=25)
    assert done.arrived, done.ending
    assert done.seconds < 25
    assert len(done.site.posts("/verify")) == 1


async def test_a_code_that_is_refused_by_a_way_that_nobody_hears_is_sent_once(walk: Callable[..., Any]) -> None:
    beacon = (
        "form.addEventListener('input', () => { if (!all.every(box => box.value)) return;"
        "navigator.sendBeacon('/log', all.map(box => box.value).join('')); all.forEach(box => { box.value = '' });"
        "document.querySelector('h1').textContent = 'Try once more' });"
    )
    shape = pages.code_asked(pages.boxes(script=pages.ON_BY_INPUT + beacon))
    done = await walk(shape, account=BY_COMMAND, patience=6)
    assert not done.arrived
    assert len(done.site.posts("/log")) == 1
    assert done.site.posts("/verify") == []


_SOCKETS = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What every server of WebSockets adds to a client's key."""


@contextlib.asynccontextmanager
async def socket() -> AsyncIterator[str]:
    """The address of a server that takes what comes over a WebSocket, and says nothing."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            key = next(line[19:] for line in lines if line.lower().startswith("sec-websocket-key: "))
            accept = base64.b64encode(hashlib.sha1((key + _SOCKETS).encode(), usedforsecurity=False).digest())
            upgrade = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            writer.write(upgrade + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            while await reader.read(100):
                pass
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


COUNT = "fetch('/metrics', { method: 'POST', body: 'pressed' });"
WELCOME = "document.body.innerHTML = '<h1>Welcome</h1><button>Allow</button>';"
REFUSE = "setTimeout(() => { n.textContent = 'Login failed. Please try again.' }, 300);"
BY_SOCKET = "new WebSocket(`ADDRESS`);"


def counting(script: str, address: str = "", *, status: int = 404, head: str = "") -> Any:
    """A login form whose page does ``script``, and counts presses where nobody counts them."""
    sends = script.replace("ADDRESS", address)
    act = f"<script>document.forms[0].onsubmit = async e => {{ e.preventDefault(); {sends} }}</script>"
    body = pages.page(pages.form(more="<p id=n role=alert></p>") + act, head=head)

    def shape(visit: Any) -> Any:
        if visit.path == "/metrics":
            return pages.Status(status)
        if visit.path == "/verify":
            return pages.ARRIVED
        return pages.Status(200, "application/json") if visit.path == "/known" else body

    return shape


@pytest.mark.parametrize("status", [404, 500])
@pytest.mark.parametrize("script", [BY_SOCKET + COUNT, "await fetch('/known?hash=17');" + COUNT])
async def test_what_counts_presses_is_not_the_login_of_steps(
    walk: Callable[..., Any], script: str, status: int
) -> None:
    async with socket() as address:
        shape = counting(script + WELCOME, address, status=status)
        done = await walk(shape, patience=0.5, login=[*SUBMIT_STEPS, {"click": "text=Alow"}])
        alone = await walk(shape, patience=0.5, login=[*SUBMIT_STEPS, {"wait": "text=Welcome"}])
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER), done.ending
    assert "(click 'text=Alow') failed: nothing matched" in done.ending.message
    assert "/metrics" not in alone.ending.message


async def test_another_button_is_not_the_login_of_steps(walk: Callable[..., Any]) -> None:
    shape = counting(f"if (e.submitter.id) {{ {COUNT} }}")
    login = [*SUBMIT_STEPS[:2], {"click": "#ok"}, {"click": "#absent"}]

    def with_button(visit: Any) -> Any:
        reply = shape(visit)
        return reply.replace("</form>", "<button id=ok>ok</button></form>") if isinstance(reply, str) else reply

    done = await walk(with_button, patience=0.5, login=login)
    assert len(done.site.posts("/metrics")) == 1
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER), done.ending


async def test_a_login_by_socket_is_refused_whatever_else_fails(walk: Callable[..., Any]) -> None:
    async with socket() as address:
        done = await walk(counting(BY_SOCKET + COUNT + REFUSE, address), patience=3)
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


async def test_a_page_that_has_not_sent_the_password_yet_is_not_said_to(walk: Callable[..., Any]) -> None:
    done = await walk(counting(COUNT + "setTimeout(() => { location = '/verify' }, 4000)"), patience=1)
    assert done.ending.kind == "dead_end"
    assert "/metrics" not in done.ending.message


@pytest.mark.parametrize("login", ["auto", "steps"])
async def test_a_user_that_was_not_found_is_refused_in_whatever_words(walk: Callable[..., Any], login: str) -> None:
    done = await walk(pages.by_script(404), patience=1, login=LOGINS[login][0])
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


@pytest.mark.parametrize("login", ["auto", "steps"])
@pytest.mark.parametrize(
    ("engine", "script"),
    [
        ("chromium", "navigator.sendBeacon('/known', p.value);"),
        ("chromium", "s.send('x');"),
        ("firefox", "s.send('x');"),
    ],
    ids=["beacon", "socket", "socket, firefox"],
)
async def test_a_page_that_may_have_sent_it_where_nobody_hears_is_believed(
    walk: Callable[..., Any], engine: str, script: str, login: str
) -> None:
    async with socket() as address:
        opened = f"<script>const s = new WebSocket('{address}')</script>" if "s.send" in script else ""
        shape = counting("const p = document.querySelector('[name=p]');" + script + REFUSE, head=opened)
        done = await walk(shape, engine=engine, patience=3, login=LOGINS[login][0])
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


async def test_a_step_that_fails_has_one_full_stop(walk: Callable[..., Any]) -> None:
    covered = pages.page(pages.form() + "<div style='position:fixed;inset:0;z-index:9'></div>")
    done = await walk(lambda visit: covered, patience=0.5, login=SUBMIT_STEPS)
    assert "exceeded. Now " in done.ending.message


@pytest.mark.parametrize(
    ("engine", "name"),
    [("chromium", name) for name in pages.OPENED]
    + [
        ("firefox", name)
        for name in ("terms read in their box", "terms read on the page", "a home that a script waits for")
    ]
    + [("firefox", name) for name in ("a home that the browser requires", "a switch that a script waits for")],
)
async def test_what_keeps_a_consent_closed_is_answered_as_a_customer_would(
    walk: Callable[..., Any], engine: str, name: str
) -> None:
    shape, steps = pages.OPENED[name]
    done = await walk(shape, engine=engine, patience=5)
    assert done.arrived, (done.ending, [visit.form for visit in done.site.posts("/consent")])
    assert done.did("wait", "check", "click") == steps
    chosen = [step for step in done.steps if step.what == "choose"]
    assert all(step.target.startswith("select-one “") and "(name=home" in step.target for step in chosen)


@pytest.mark.parametrize("name", list(pages.SHUT))
async def test_a_consent_stays_closed_that_asks_too_much(walk: Callable[..., Any], name: str) -> None:
    done = await walk(pages.SHUT[name], patience=3)
    assert not done.arrived
    assert not done.site.posts("/consent")
    assert done.did("check") == []
    assert "stays disabled" in done.ending.message


async def test_a_button_that_its_page_opens_late_is_waited_for(walk: Callable[..., Any]) -> None:
    terms = f"<div style='height:150px;overflow:auto'>{'<p>terms</p>' * 60}</div>"
    done = await walk(pages.closed("", "setTimeout(() => { a.disabled = false }, 800);", above=terms), patience=5)
    assert done.arrived, done.ending
    assert done.did("wait", "check", "click") == ["allow"]
