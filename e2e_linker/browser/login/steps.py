"""Logs in by the steps, or the function, that the tester wrote."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Error, Locator, Page

from e2e_linker.browser.login.auto import WindowSource
from e2e_linker.browser.login.credentials import Answers, CodeUnavailable
from e2e_linker.browser.login.endings import request_failed
from e2e_linker.browser.login.fingers import tick
from e2e_linker.browser.login.form_moves import LOGIN, faulty_lines, told_lines
from e2e_linker.browser.login.hands import Hands, first_line
from e2e_linker.browser.login.leading_steps import LeadingSteps, matching, to_press
from e2e_linker.browser.login.memory import Past
from e2e_linker.browser.login.own_function import function_of
from e2e_linker.browser.login.patience import HELD_UP_TIMES, TO_END_S
from e2e_linker.browser.login.selects import fill_or_choose
from e2e_linker.browser.login.sendings import Sendings
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.browser.pages.drawing import DRAWING_S, is_drawn
from e2e_linker.config.login import Check, Click, Fill, Pause, PythonLogin, Step, Wait
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import LoginStep
from e2e_linker.model import Fault

__all__ = ["StepsLogin"]

_POLL_S = 0.05


class _Failure(Exception):  # noqa: N818 - what a step came to
    """A step could not be carried out; the text says why."""


class _Unneeded(Exception):  # noqa: N818 - no error: the server knows the customer
    """Nothing asks for the first ``count`` steps."""

    def __init__(self, count: int) -> None:
        self.count = count


@dataclass(slots=True)
class StepsLogin:
    """Carries out declared steps, each within ``step_timeout_s`` seconds, in whichever frame the selector matches."""

    answers: Answers
    hands: Hands
    step_timeout_s: float
    sendings: Sendings
    """Listens to the windows of the walk already."""
    pause: Callable[[str], Awaitable[None]] | None
    used_jar: bool
    """Whether the server may know the customer from an earlier walk."""
    heard: int = 0
    """How many dialogs had come when the last click began."""
    _seen_url: str = ""
    _leading: LeadingSteps | None = None
    """None once a step has done something, and where the server can know nobody."""

    async def run(self, windows: WindowSource, steps: tuple[Step, ...]) -> Ending | None:
        """All steps in order. Returns None, or how the first one that failed ends the walk.

        Where the server knows the customer and the page asks for consent at once, those that log in are left out.
        """
        if self.used_jar:
            self._leading = LeadingSteps(steps, self.answers.known(by_steps=True))
        done = 0
        while done < len(steps):
            n, step, page = done + 1, steps[done], windows.current()
            try:
                await self._drawn(page)
                await self.hands.screen(page, page.url, "authorization page" if n == 1 else f"before step {n}")
                await self._step(windows, step)
                done = n
                self._leading = self._leading if isinstance(step, Wait) else None
            except _Unneeded as found:
                self._note_unneeded(done, found.count)
                done, self._leading = found.count, None
            except CodeUnavailable as error:
                told = f"Step {n} of linker.login: {error.message}."
                ending = await self._end(windows, "login_blocked", told, error.hint)
                return ending.model_copy(update={"fault": error.fault, "exposed": error.exposed})
            except _Failure as failure:
                return await self._failed(
                    windows, f"Step {n} of linker.login ({_quoted(step)}) failed: {failure}", step
                )
        return None

    async def _failed(self, windows: WindowSource, what: str, step: Step) -> Ending:
        """How a step ends the walk that was not to be carried out: its page may have waited for another in vain."""
        view = await Looker().look(windows.current())
        if view is not None:
            broken = self.sendings.fate(view.main.url, self.answers.credentials).broken
            if broken is not None:
                words = (*faulty_lines(view), *told_lines(Past(said=windows.said, heard=self.heard)))
                await self.hands.on_screen(windows.current(), "last screen")
                return request_failed(view, LOGIN, broken, words)
        choice = ", fill a select with one of its options" if isinstance(step, Fill) else ""
        hint = f"correct the selector{choice}, or try “auto”, which finds most login forms by itself"
        return await self._end(windows, "login_not_found", f"{what.rstrip('.')}. Now {describe(view)}.", hint)

    async def run_python(self, windows: WindowSource, login: PythonLogin) -> Ending | None:
        """Await the tester's function with page and :class:`Credentials`. Returns None, or how it ends the walk."""
        page = windows.current()
        await self._drawn(page)
        await self.hands.screen(page, page.url, "authorization page")
        await self.hands.pictured()
        self._register_all()
        at, error = self.hands.clock(), None
        self.sendings.sending()
        try:
            await function_of(login.python)(page, self.answers.credentials)
        except Exception as raised:  # the tester's own function may raise anything
            error = f"{type(raised).__name__}: {first_line(raised)}"
        became: Literal["failed", "done"] = "failed" if error else "done"
        step = LoginStep(at=at, action="python", target=login.python, what="login", outcome=became, error=error)
        self.hands.record(step)
        self.heard = len(windows.said)  # which of them answered the login, only the function could tell
        if error is None:
            return None
        what = f"The login function {login.python} failed: {error.rstrip('.')}."
        hint = "the function must be importable and awaitable: async def login(page, credentials)"
        return await self._end(windows, "login_not_found", what, hint)

    def _note_unneeded(self, done: int, count: int) -> None:
        which = f"step {count} is" if count == done + 1 else f"steps {done + 1} to {count} are"
        told = f"{which} not needed, because the page asks for no login"
        at = self.hands.clock()
        self.hands.record(LoginStep(at=at, action="wait", target=told, what="linker.login", outcome="done"))

    def _register_all(self) -> None:
        account = self.answers.credentials
        for value, kind in (
            (account.username, "username"),
            (account.password, "password"),
            (account.totp, "totp_secret"),
        ):
            if value is not None:
                self.answers.register(value.get_secret_value(), kind)

    async def _drawn(self, page: Page) -> None:
        """Wait for what the customer sees before the first thing is done on a page; it is asked for once an address."""
        if page.url == self._seen_url:
            return
        looker, until = Looker(), time.monotonic() + DRAWING_S
        while not page.is_closed() and time.monotonic() < until:
            view = await looker.look(page)
            if view is not None and is_drawn(view) and view.main.ready_state != "loading":
                break
            await asyncio.sleep(_POLL_S)
        self._seen_url = page.url

    async def _end(self, windows: WindowSource, kind: Any, message: str, hint: str) -> Ending:
        page = windows.current()
        if not page.is_closed():
            await self.hands.on_screen(page, "last screen")
        return Ending(kind=kind, message=message, fault=Fault.TESTER, hint=hint)

    async def _step(self, windows: WindowSource, step: Step) -> None:
        match step:
            case Pause(pause=text):
                if self.pause is None:
                    raise CodeUnavailable("a pause needs a person", "run with --headed on a terminal")
                await self._do("pause", text, "pause", self.pause(text))
            case Wait(wait=selector):
                await self._do("wait", selector, "wait", self._find(windows, selector, visible=True))
            case Click(click=selector):
                element = await to_press(windows.current(), selector, await self._found(windows, "click", selector))
                self.heard = len(windows.said)
                self.sendings.pressed()
                await self._do("click", selector, "click", self.hands.click(element, self.step_timeout_s * 1000))
            case Check(check=selector):
                element = await self._found(windows, "check", selector)
                await self._do("check", selector, "check", tick(element, self.step_timeout_s * 1000))
            case Fill(fill=selector):
                element = await self._found(windows, "fill", selector)
                value = await self._value(step, element)
                self.sendings.typed()
                fill = fill_or_choose(element, value, self.step_timeout_s * 1000)
                await self._do("fill", selector, step.account_field or "text", fill)

    async def _value(self, step: Fill, element: Locator) -> str:
        if step.account_field not in {"username", None}:
            try:
                refusal = await self.answers.in_clear.refusal(element, self.step_timeout_s * 1000)
            except Error as error:
                raise _Failure(first_line(error)) from None
            if refusal:
                raise CodeUnavailable(*refusal)
        match step.account_field:
            case "username":
                return self.answers.username()
            case "password":
                return self.answers.password()
            case "totp":
                return await self.answers.totp()
            case "otp":
                return await self.answers.otp()
            case None:
                return step.value

    async def _do(self, action: Any, target: str, what: str, work: Awaitable[object]) -> None:
        if (failure := await self.hands.do(action, target, what, work)) is not None:
            raise _Failure(failure)

    async def _found(self, windows: WindowSource, action: Any, selector: str) -> Locator:
        at = self.hands.clock()
        try:
            return await self._find(windows, selector, visible=False)
        except Error as error:
            what = first_line(error)
            self.hands.record(
                LoginStep(at=at, action=action, target=selector, what=action, outcome="failed", error=what)
            )
            raise _Failure(what) from None

    async def _find(self, windows: WindowSource, selector: str, *, visible: bool) -> Locator:
        """The first match in any frame of the newest window. Raises Playwright's :class:`Error` where none comes."""
        until, more = time.monotonic() + self.step_timeout_s, HELD_UP_TIMES
        while True:
            found = await matching(windows.current(), selector, visible=visible)
            if found is not None:
                return found
            late = time.monotonic() > until
            if late and more and await self._held_up(windows):
                until, more, late = time.monotonic() + self.step_timeout_s, more - 1, False
            count = await self._leading.unneeded(windows.current(), at_last=late) if self._leading else None
            if count is not None:
                raise _Unneeded(count)
            if late:
                raise Error(f"nothing matched {selector!r} within {self.step_timeout_s:g} s")
            await asyncio.sleep(_POLL_S)

    async def _held_up(self, windows: WindowSource) -> bool:
        """Whether the page cannot be read on before something comes, and the walk has the time of one more step."""
        left = self.answers.deadline_s - self.answers.clock()
        page = windows.current()
        return left > self.step_timeout_s + TO_END_S and windows.loading.holds_up(page, await Looker().look(page))


def _quoted(step: Step) -> str:
    verb, target = next(iter(step.model_dump(by_alias=True).items()))
    return f"{verb} {target!r}"
