"""Logs the tester in, by itself, by declared steps or by the tester's own function, and follows through to Alexa."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.login.auto import AutoLogin, WindowSource
from e2e_linker.browser.login.credentials import Answers, Credentials
from e2e_linker.browser.login.hands import Hands, OnScreen
from e2e_linker.browser.login.sendings import Sendings
from e2e_linker.browser.login.steps import StepsLogin
from e2e_linker.config.login import PythonLogin, Step
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import LoginStep

__all__ = ["Credentials", "LoginDriver", "WindowSource"]


class LoginDriver:
    """Drives the login of one walk.

    :func:`~e2e_linker.browser.pages.digest.install_digest` must have been awaited for the driver that the windows come
    from. ``register`` is called with value and kind before a value is typed; ``on_screen`` before the first action on a
    page and at an end short of the arrival; ``record`` after every action. ``clock`` gives seconds since the start of
    the walk, which is ended at ``deadline_s`` of them. ``pause`` waits for the tester, None where nobody is there.
    ``used_jar``: the server may know the customer by what the browser holds from before. ``in_clear``: where no
    password is typed.
    """

    def __init__(
        self,
        *,
        login: Literal["auto"] | tuple[Step, ...] | PythonLogin,
        credentials: Credentials,
        register: Callable[[str, str], object],
        on_screen: OnScreen,
        record: Callable[[LoginStep], None],
        step_timeout_s: float,
        clock: Callable[[], float],
        pause: Callable[[str], Awaitable[None]] | None = None,
        until: Literal["arrival", "login_form"] = "arrival",
        deadline_s: float = math.inf,
        used_jar: bool = False,
        in_clear: InClear | None = None,
    ) -> None:
        self._login = login
        self._until: Literal["arrival", "login_form"] = until
        self._pause = pause
        self._used_jar = used_jar
        self._step_timeout_s = step_timeout_s
        self._clock = clock
        self._paused_s = 0.0
        """Seconds in which the tester was waited for: whoever ends the walk at its deadline does not count them."""
        self._answers = Answers(
            credentials, register, lambda: clock() - self._paused_s, deadline_s, in_clear or InClear()
        )
        self._hands = Hands(record=record, on_screen=on_screen, clock=clock)

    async def run(self, windows: WindowSource, arrived: asyncio.Event) -> Ending | None:
        """Log in and go on until ``arrived`` is set, or the login form is reached where only that was asked for: None.

        Otherwise how the login ended. While the pages make progress it has no deadline of its own: the caller sets one.
        """
        driving = asyncio.create_task(self._drive(windows))
        arriving = asyncio.create_task(arrived.wait())
        try:
            await asyncio.wait({driving, arriving}, return_when=asyncio.FIRST_COMPLETED)
            return None if arrived.is_set() else await driving
        finally:
            for task in (driving, arriving):
                task.cancel()
            await asyncio.gather(driving, arriving, return_exceptions=True)

    async def _waited(self, pause: Callable[[str], Awaitable[None]], text: str) -> None:
        began = self._clock()
        try:
            await pause(text)
        finally:
            self._paused_s += self._clock() - began

    async def _drive(self, windows: WindowSource) -> Ending | None:
        context, sendings = windows.current().context, Sendings(sure_only=self._login != "auto")
        sendings.listen(context)
        try:
            return await self._go(windows, sendings)
        finally:
            sendings.ignore(context)

    async def _go(self, windows: WindowSource, sendings: Sendings) -> Ending | None:
        auto = AutoLogin(self._answers, self._hands, self._step_timeout_s, sendings, until=self._until)
        if self._login == "auto" or self._until == "login_form":
            return await auto.run(windows)
        pause = partial(self._waited, self._pause) if self._pause else None
        steps = StepsLogin(self._answers, self._hands, self._step_timeout_s, sendings, pause, self._used_jar)
        if isinstance(self._login, PythonLogin):
            ending = await steps.run_python(windows, self._login)
        else:
            ending = await steps.run(windows, self._login)
        if ending is not None:
            return ending
        auto.by_steps, auto.past.heard = True, steps.heard
        return await auto.run(windows)
