"""A login whose one-time code another login had typed, too."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace

import pyotp
import pytest
from pydantic import SecretStr

from e2e_linker.browser.login.credentials import CodeUnavailable
from e2e_linker.browser.login.endings import credentials_missing, rejected
from e2e_linker.browser.login.endings import dead_end as dead_end_of
from e2e_linker.browser.login.one_time_codes import CodeTurn, TypedCodes
from e2e_linker.browser.pages.controls import SeenFrame, View
from e2e_linker.config.linker import ResolvedAccount
from e2e_linker.config.projects import Use
from e2e_linker.evidence.page import LoginStep
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.run.logins import LastForm, OncePerCode, login_factory
from e2e_linker.run.watching import Watch

MAKER = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
ALL_IN_ONE = ("username", "password", "totp")


def page(status=200):
    return View((SeenFrame(n=0, document="d", url="https://id.example.test/login", status=status),), ())


def refusal(what="the one-time code", words="Incorrect code.", status=200):
    return rejected(page(status), [words], what)


REFUSED = refusal()


def step(action, what):
    return LoginStep(at=0, action=action, target="", what=what, outcome="done")


def login_of(turn, ending, *forms):
    """Types ``forms`` one after another, the code among them as ``turn`` has it, and ends with ``ending``."""

    class Typing:
        def __init__(self, last):
            self.last = last

        async def run(self, windows, arrived):
            for form in forms:
                for what in form:
                    if what == "totp":
                        await turn.take(MAKER)
                    self.last.record(step("fill", what))
                self.last.record(step("submit", "submit"))
            return ending

    last = LastForm([].append)
    return Typing(last), last


def forbidden():
    raise AssertionError


class Standing(TypedCodes):
    """Codes of a clock that goes on where somebody waits."""

    def __init__(self):
        self.at = 1_800_000_010.0
        super().__init__(now=lambda: self.at)

    async def change(self, seconds):
        self.at += seconds


class OnceServer:
    """Takes each code once; ``login`` types one and arrives where it is taken."""

    def __init__(self):
        self.taken, self.refusals = set(), 0

    def login(self, turn, last):
        server = self

        class Typing:
            async def run(self, windows, arrived):
                code = await turn.take(MAKER)
                last.record(step("fill", "totp"))
                last.record(step("submit", "submit"))
                if code in server.taken:
                    server.refusals += 1
                    return REFUSED
                server.taken.add(code)
                arrived.set()
                return None

        return Typing()


async def test_every_login_gets_through_where_a_code_is_taken_once():
    server, codes = OnceServer(), Standing()
    arrivals = [asyncio.Event() for _ in range(8)]
    for arrived in arrivals:
        turn = CodeTurn(codes)
        last = LastForm([].append)
        again = partial(server.login, turn, last)
        login = OncePerCode(again(), again, turn, last)
        assert await login.run(None, arrived) is None
    assert all(arrived.is_set() for arrived in arrivals)
    assert server.refusals == 1


async def test_a_code_of_its_own_is_not_sent_again():
    turn = CodeTurn(Standing())
    login, last = login_of(turn, REFUSED, ("totp",))
    assert await OncePerCode(login, forbidden, turn, last).run(None, asyncio.Event()) is REFUSED


@pytest.mark.parametrize(
    ("ending", "forms"),
    [
        pytest.param(refusal("the password", "Invalid credentials"), [ALL_IN_ONE], id="the code beside a password"),
        pytest.param(refusal("the login", "Invalid credentials"), [ALL_IN_ONE], id="the same, by steps"),
        pytest.param(refusal(words="Too many attempts."), [ALL_IN_ONE[:2], ("totp",)], id="too many attempts"),
        pytest.param(refusal(status=429), [ALL_IN_ONE[:2], ("totp",)], id="status 429"),
        pytest.param(refusal("the password"), [("totp",), ALL_IN_ONE[:2]], id="a password after the code"),
    ],
)
@pytest.mark.parametrize("first_arrives", [True, False])
async def test_nothing_is_sent_again_where_the_code_alone_was_not_refused(ending, forms, first_arrives):
    codes = Standing()
    first = CodeTurn(codes)
    await first.take(MAKER)
    if first_arrives:
        first.passed()
    turn = CodeTurn(codes)
    login, last = login_of(turn, ending, *forms)
    assert await OncePerCode(login, forbidden, turn, last).run(None, asyncio.Event()) is ending


async def test_two_wrong_passwords_beside_the_same_code_keep_nobody_waiting():
    codes = Standing()
    before, turns = codes.at, [CodeTurn(codes) for _ in range(2)]
    logins = [login_of(turn, refusal("the password"), ALL_IN_ONE) for turn in turns]
    await asyncio.gather(
        *(
            OncePerCode(login, forbidden, turn, last).run(None, asyncio.Event())
            for turn, (login, last) in zip(turns, logins, strict=True)
        )
    )
    await CodeTurn(codes).take(MAKER)
    assert codes.at == before


async def test_a_login_that_the_server_begins_anew_ends_with_the_refusal():
    codes = Standing()
    await CodeTurn(codes).take(MAKER)
    turn = CodeTurn(codes)
    login, last = login_of(turn, REFUSED, ALL_IN_ONE[:2], ("totp",))
    asked = credentials_missing(page(), "a password")
    again, _ = login_of(turn, asked)
    assert await OncePerCode(login, lambda: again, turn, last).run(None, asyncio.Event()) is REFUSED


def resources(watch=None):
    config = SimpleNamespace(linker=SimpleNamespace(login="auto"), expect=SimpleNamespace(timeout=5000))
    return SimpleNamespace(
        loaded=SimpleNamespace(config=config), registry=SecretRegistry(), watch=watch, codes=Standing()
    )


def pause_of(watch, use, on_wait):
    account = ResolvedAccount(username=None, password=None, totp=None)
    factory = login_factory(resources(watch), use, account, None, 60.0, on_wait, where="iphone-na, warm", used_jar=True)
    return factory(on_screen=None, record=[].append, clock=lambda: 0.0, until="arrival").login._pause


async def test_whoever_solves_a_captcha_is_told_where_and_has_any_time():
    asked, waits = [], []

    async def ask(text):
        asked.append((text, sum(waits)))

    await pause_of(Watch(pause=False, ask=ask), Use(headless=False), waits.append)("Solve it")
    ((text, put_off_s),) = asked
    assert text == "iphone-na, warm: Solve it"
    assert put_off_s >= 24 * 3600
    assert 0 <= sum(waits) < 3600


async def test_a_pause_that_is_given_up_puts_nothing_off():
    waits = []

    async def ask(text):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await pause_of(Watch(ask=ask), Use(headless=False), waits.append)("Solve it")
    assert 0 <= sum(waits) < 3600


@pytest.mark.parametrize(
    ("headless", "says"), [(True, "this browser shows none"), (False, "there is no terminal")], ids=["window", "input"]
)
@pytest.mark.parametrize("watch", [None, Watch()])
async def test_a_pause_says_what_it_lacks(headless, says, watch):
    waits = []
    with pytest.raises(CodeUnavailable, match=says):
        await pause_of(watch, Use(headless=headless), waits.append)("Solve it")
    assert not waits


def test_the_second_code_is_typed_by_a_login_that_knows_no_password():
    shared = resources()
    account = ResolvedAccount(
        username=SecretStr("alice@example.test"), password=SecretStr("geheim-genug-1"), totp=SecretStr(MAKER.secret)
    )
    factory = login_factory(shared, Use(), account, None, 60.0, [].append, where="", used_jar=False)
    made = factory(on_screen=None, record=[].append, clock=lambda: 0.0, until="arrival")
    before, after = (driver._answers.credentials for driver in (made.login, made.again()))
    assert before.password == account.password
    assert (after.username, after.password, after.totp) == (None, None, account.totp)


async def test_an_arrival_counts_where_it_ends_the_login_from_outside():
    codes = Standing()

    class Cancelled:
        async def run(self, windows, arrived):
            await turn.take(MAKER)
            arrived.set()
            raise asyncio.CancelledError

    for _ in range(2):
        turn = CodeTurn(codes)
        with pytest.raises(asyncio.CancelledError):
            await OncePerCode(Cancelled(), Cancelled, turn, LastForm([].append)).run(None, asyncio.Event())
    before = codes.at
    for _ in range(5):
        await CodeTurn(codes).take(MAKER)
    assert codes.at == before


@pytest.mark.parametrize("raised", [None, asyncio.CancelledError, OSError])
async def test_who_waits_goes_on_where_a_login_ends_without_showing_how_its_code_was_taken(raised):
    codes = Standing()
    dead_end = dead_end_of(page(), "After the login")

    class Lost:
        async def run(self, windows, arrived):
            await turn.take(MAKER)
            if raised:
                raise raised
            return dead_end

    for _ in range(3):
        turn = CodeTurn(codes)
        login = OncePerCode(Lost(), forbidden, turn, LastForm([].append))
        with pytest.raises(raised) if raised else nullcontext():
            assert await login.run(None, asyncio.Event()) is dead_end
    before = codes.at
    await CodeTurn(codes).take(MAKER)
    assert codes.at == before


def test_the_last_form_is_what_was_typed_since_one_was_sent():
    heard = []
    last = LastForm(heard.append)
    steps = [
        step("fill", "password"),
        step("click", "cookies"),
        step("fill", "totp"),
        step("click", "click"),
    ]
    for each in steps:
        last.record(each)
    assert (last.had_code, last.code_alone) == (True, False)
    last.record(step("fill", "totp"))
    assert last.code_alone
    assert heard[:4] == steps
