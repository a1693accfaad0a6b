"""The login driver in real browsers, against login pages of many shapes."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright
from pydantic import SecretStr, TypeAdapter

from e2e_linker.browser.digest import install_digest
from e2e_linker.browser.login import Credentials, LoginDriver
from e2e_linker.config.login import Login
from e2e_linker.errors import SecretError
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import LoginStep
from e2e_linker.model import Fault


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("login_pages", Path(__file__).with_name("login_pages.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


pages: Any = _load()
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
        context.on("page", self._opened)

    def _opened(self, page: Page) -> None:
        self.changed.set()
        page.on("close", lambda _: self.changed.set())
        page.on("framenavigated", lambda _: self.changed.set())

    def current(self) -> Page:
        return self.context.pages[-1]


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
            context.on("request", lambda request: arrived.set() if "/arrived?" in request.url else None)
            page = await context.new_page()
            with contextlib.suppress(Error):  # an address that leads straight to Alexa is never shown
                await page.goto(site.address, wait_until="commit")

            async def on_screen(page: Page, label: str) -> asyncio.Event | None:
                done.screens.append(label)
                if not picture_s:
                    return None
                pictured = asyncio.Event()
                asyncio.get_running_loop().call_later(picture_s, pictured.set)
                return pictured

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

    done = await walk(shape, engine=engine, picture_s=PICTURE_S)
    assert done.arrived, done.ending
    assert done.did("click", "submit") == ["allow"], done.steps
    assert [visit.form for visit in done.site.visits if visit.path == "/allow"] == [{"d": "yes"}]
    assert PICTURE_S <= done.seconds < PICTURE_S + 2.5


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
    done = await walk(pages.ARRIVING[name], engine="firefox", patience=8)
    assert done.ending is None, done.ending
    assert done.arrived


FAILING = {
    "wrong password": (pages.one_page, "login_rejected", Fault.TESTER, "Wrong user name or password."),
    "wrong password on two pages": (pages.two_pages, "login_rejected", Fault.TESTER, "Incorrect password"),
    "wrong password, told by script": (
        pages.inline_error,
        "login_rejected",
        Fault.TESTER,
        "The password is incorrect.",
    ),
    "form returned": (pages.silent_return, "dead_end", Fault.IDENTITY_PROVIDER, "came back without an error text"),
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


FAILED_REQUESTS = {
    "an error of the server": (pages.by_script(500), "was answered with status 500"),
    "an error of the server, without a word": (pages.by_script(503, quiet=True), "was answered with status 503"),
    "another origin that allows nobody": (pages.by_script(elsewhere=True), "failed: "),
    "another origin, without a word": (pages.by_script(elsewhere=True, quiet=True), "failed: "),
}


@pytest.mark.parametrize("name", FAILED_REQUESTS)
async def test_a_login_request_that_fails_refuses_no_password(walk: Callable[..., Any], name: str) -> None:
    shape, why = FAILED_REQUESTS[name]
    done = await walk(shape, patience=1)
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending
    assert f"/check, {why}" in done.ending.message
    assert "POST http://" in done.ending.message
    assert ("“Something went wrong" in done.ending.message) is ("without a word" not in name)
    assert len(done.site.posts("/check")) == 1


async def test_a_login_request_that_fails_in_firefox_refuses_no_password(walk: Callable[..., Any]) -> None:
    # Firefox shows nobody what was sent: at another site the address has to tell that it is the login.
    done = await walk(pages.by_script(elsewhere=True, at="/api/login"), engine="firefox", patience=1)
    assert (done.ending.kind, done.ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER), done.ending


@pytest.mark.parametrize("status", [400, 401, 403, 422])
async def test_a_login_request_that_is_refused_is_a_refused_password(walk: Callable[..., Any], status: int) -> None:
    done = await walk(pages.by_script(status), patience=1)
    assert (done.ending.kind, done.ending.fault) == ("login_rejected", Fault.TESTER), done.ending


async def test_a_page_that_sends_nothing_is_said_to_have_sent_nothing(walk: Callable[..., Any]) -> None:
    done = await walk(pages.deaf, patience=6)
    assert done.ending.kind == "dead_end"
    assert "The page sent nothing after the password was typed" in done.ending.message
    assert "tried: the button “Sign in” and then the return key in “Password”;" in done.ending.message
    assert done.site.posts() == []


STUCK = {
    "captcha in a frame": (pages.captcha_frame, "captcha", "captcha"),
    "captcha to read": (pages.captcha_field, "captcha", "characters you see"),
    "no login at all": (pages.nothing_there, "login_not_found", "“Lamps”"),
    "only Google": (pages.only_google, "login_not_found", "Continue with Google"),
    "lost after the login": (pages.lost_after_login, "dead_end", "3 lamps are on"),
    "browser refused": (pages.refuses_browser, "login_blocked", "This browser or app may not be secure."),
    "button never enabled": (pages.never_enabled, "dead_end", "“Sign in” cannot be used"),
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


async def test_a_step_that_fails_names_its_selector_and_what_is_there(walk: Callable[..., Any]) -> None:
    done = await walk(pages.one_page, login=[{"click": "#absent"}], patience=0.5)
    assert (done.ending.kind, done.ending.fault) == ("login_not_found", Fault.TESTER)
    assert "'#absent'" in done.ending.message
    assert "“E-mail”" in done.ending.message
    assert done.steps[-1].outcome == "failed"


async def test_a_selector_that_cannot_be_read_fails_at_once(walk: Callable[..., Any]) -> None:
    done = await walk(pages.one_page, login=[{"click": "##"}])
    assert done.ending.kind == "login_not_found"
    assert done.seconds < 2


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


async def test_a_function_logs_in(walk: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_login.py").write_text(
        "async def login(page, credentials):\n"
        "    await page.fill('[name=u]', credentials.username.get_secret_value())\n"
        "    await page.fill('[name=p]', credentials.password.get_secret_value())\n"
        "    await page.click('button')\n"
        "async def broken(page, credentials):\n"
        "    raise ValueError('no such tenant')\n"
    )
    monkeypatch.chdir(tmp_path)
    done = await walk(pages.CONSENTS["allow first"], login={"python": "my_login:login"})
    assert done.arrived, done.ending
    assert (pages.PASSWORD, "password") in done.secrets
    broken = await walk(pages.one_page, login={"python": "my_login:broken"})
    assert "no such tenant" in broken.ending.message
    absent = await walk(pages.one_page, login={"python": "my_login:absent"})
    assert absent.ending.kind == "login_not_found"
