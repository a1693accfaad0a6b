"""Who logs in on the walks of a case."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.login.credentials import CodeUnavailable
from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.login.halting import Ask
from e2e_linker.browser.login.hands import OnScreen
from e2e_linker.browser.login.one_time_codes import CodeTurn
from e2e_linker.browser.plan import Login, LoginFactory, Until
from e2e_linker.browser.windows import Windows
from e2e_linker.config.linker import ResolvedAccount
from e2e_linker.config.projects import Use
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import LoginStep
from e2e_linker.run.resources import Resources

__all__ = ["LastForm", "OncePerCode", "login_factory", "visible"]


_ACCOUNT = frozenset({"username", "password", "totp", "otp", "text"})
_CODE = frozenset({"totp", "otp"})
_LONG_S = 7 * 86_400.0
"""Seconds by which a deadline is put off for somebody who may take any time."""
_REFUSED = re.compile(r"\S+ refused (the one-time code|the password|the login): ")
"""How :func:`~e2e_linker.browser.login.endings.rejected` begins, but where the server takes no more logins for now."""


@dataclass(slots=True)
class LastForm:
    """What the login typed into the form that it sent last, read from its steps. ``to`` hears them, too."""

    to: Callable[[LoginStep], None]
    typed: set[str] = field(default_factory=set)
    _sent: bool = False

    def record(self, step: LoginStep) -> None:
        """Take note of ``step``."""
        if step.action == "fill" and step.what in _ACCOUNT:
            self.typed = {step.what} | (set() if self._sent else self.typed)
            self._sent = False
        # What else is clicked between two fields, such as a banner for cookies, sends nothing.
        self._sent |= step.action == "submit" or (step.action, step.what) == ("click", "click")
        self.to(step)

    @property
    def had_code(self) -> bool:
        """Whether it asked for a code that the clock makes."""
        return "totp" in self.typed

    @property
    def code_alone(self) -> bool:
        """Whether it asked for nothing but the code."""
        return self.had_code and self.typed <= _CODE


@dataclass(frozen=True, slots=True)
class OncePerCode:
    """``login``; where the server refused a code that another login had typed, too, ``again`` types the next one.

    ``again`` is to know nothing but codes: accounts are locked where a password is sent twice.
    """

    login: Login
    again: Callable[[], Login]
    turn: CodeTurn
    last: LastForm

    async def run(self, windows: Windows, arrived: asyncio.Event) -> Ending | None:
        """Log in, and once more where that is all that was wrong. Otherwise the refusal is how it ended."""
        try:
            refusal = await self._once(self.login, windows, arrived)
            if not self._is_mendable(refusal):
                return refusal
            ending = await self._once(self.again(), windows, arrived)
            # One that had no use for a code found nothing else that it might do.
            if ending is not None and not self.turn.typed:
                return refusal
            self._is_mendable(ending)
            return ending
        finally:
            self.turn.ended()

    async def _once(self, login: Login, windows: Windows, arrived: asyncio.Event) -> Ending | None:
        try:
            return await login.run(windows, arrived)
        finally:  # an arrival may end it from outside
            if arrived.is_set():
                self.turn.passed()

    def _is_mendable(self, ending: Ending | None) -> bool:
        """Whether a code was refused that another login had typed, and nothing else can have been."""
        if ending is None or ending.kind != "login_rejected" or not self.last.had_code:
            return False
        if not _REFUSED.match(ending.message):
            return False
        alone = self.last.code_alone
        return self.turn.refused(alone=alone) and alone


def login_factory(
    shared: Resources,
    use: Use,
    account: ResolvedAccount,
    step_s: float | None,
    deadline_s: float,
    on_wait: Callable[[float], None],
    *,
    where: str,
    used_jar: bool,
    in_clear: InClear | None = None,
) -> LoginFactory:
    """Logs ``account`` in as the configuration says, with ``step_s`` seconds a step where that is less.

    ``deadline_s``: seconds after which the walk is ended from outside. ``on_wait`` is told how many seconds go by, or
    below 0 do not, because a code has to be waited for, or the tester. ``where`` names the walk to the tester.
    ``used_jar``: what the device holds from before may tell the server who the customer is. ``in_clear``: where no
    password is typed.
    """
    linker = shared.loaded.config.linker
    timeout_ms = use.action_timeout or shared.loaded.config.expect.timeout
    bound: dict[str, Any] = {
        "register": shared.registry.register,
        "step_timeout_s": min(timeout_ms / 1000, step_s or timeout_ms),
        "deadline_s": deadline_s,
        "used_jar": used_jar,
        "in_clear": in_clear,
        "pause": partial(_pause, shared.watch.asks(where) if shared.watch else None, on_wait, visible(use)),
    }

    def made(
        *, on_screen: OnScreen, record: Callable[[LoginStep], None], clock: Callable[[], float], until: Until
    ) -> Login:
        turn = CodeTurn(shared.codes, on_wait)
        credentials = Credentials(
            username=account.username,
            password=account.password,
            totp=account.totp,
            otp_command=account.otp_command.get_secret_value() if account.otp_command else None,
            turn=turn,
        )
        last = LastForm(record)
        walk: dict[str, Any] = {"on_screen": on_screen, "record": last.record, "clock": clock, "until": until}
        driver = partial(LoginDriver, **bound, **walk)
        # The page that refused the code asks for another: steps that log in from the start have no place there.
        codes = replace(credentials, username=None, password=None)
        again = partial(driver, login="auto", credentials=codes)
        return OncePerCode(driver(login=linker.login, credentials=credentials), again, turn, last)

    return made


async def _pause(ask: Ask | None, on_wait: Callable[[float], None], shown: bool, text: str) -> None:
    """Have the tester do what ``text`` says. Raises :class:`CodeUnavailable` where nobody can."""
    if not shown:
        raise CodeUnavailable("a pause needs a window, and this browser shows none", "run with --headed on a terminal")
    if ask is None:
        hint = "run `e2e-linker run --headed` on a terminal, with no input piped into it"
        raise CodeUnavailable("a pause needs somebody to press Enter, and there is no terminal", hint)
    began = time.monotonic()
    on_wait(_LONG_S)
    try:
        await ask(text)
    finally:
        on_wait(time.monotonic() - began - _LONG_S)


def visible(use: Use) -> bool:
    """Whether somebody can see what happens: on the screen, or on the phone in their hand."""
    return not use.headless or use.cdp_endpoint is not None
