"""Finds its own way through a login: look, decide, do the one next thing, wait for a change."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Literal, Protocol

from playwright.async_api import Error, Locator, Page
from playwright.async_api import TimeoutError as TimeIsOver

from e2e_linker.browser.loading import Loading
from e2e_linker.browser.login import endings
from e2e_linker.browser.login.consent import press_key
from e2e_linker.browser.login.credentials import Answers, CodeUnavailable
from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.hands import Hands, keyed, ticked, typed, wake
from e2e_linker.browser.login.memory import Passage, Past
from e2e_linker.browser.login.moves import Act, Reached, Stop, Wait
from e2e_linker.browser.login.patience import Patience
from e2e_linker.browser.login.sendings import Sendings
from e2e_linker.browser.login.stillness import Stillness
from e2e_linker.browser.login.turning_back import LeavableWindows, TurningBack
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.browser.pages.drawing import DRAWING_S, is_drawn
from e2e_linker.evidence.models import Ending

__all__ = ["AutoLogin", "WindowSource"]

_AFRESH_EVERY_S = 0.25
_PRESS_TIMEOUT_MS = 3000
_MOST_FAILURES = 2
_MOST_HELD_UP = 4
"""How often nothing may come of an action that nothing is in the way of: a page or a machine can be busy for long."""


class WindowSource(LeavableWindows, Protocol):
    """The windows of a walk."""

    changed: asyncio.Event
    """Set whenever a window opened, closed or navigated. The driver clears it."""
    said: list[str]
    """What their dialogs said, in order."""
    loading: Loading
    """What they wait for."""

    def current(self) -> Page:
        """The newest window that is still open and was not left."""
        ...


@dataclass(slots=True)
class AutoLogin:
    """Drives one walk from the first page to Alexa. Times are seconds."""

    answers: Answers
    hands: Hands
    step_timeout_s: float
    sendings: Sendings
    """Listens to the windows of the walk already."""
    until: Literal["arrival", "login_form"] = "arrival"
    by_steps: bool = False
    past: Past = field(default_factory=Past)
    _looker: Looker = field(default_factory=Looker)
    _code: tuple[str, str] | None = None
    _fresh_at: float = 0.0
    _still: Stillness = field(default_factory=Stillness)
    _acted_at: float = field(default_factory=time.monotonic)
    _failures: dict[tuple[str, int], int] = field(default_factory=dict)
    _bare_since: dict[str, float] = field(default_factory=dict)
    _turning: TurningBack = field(default_factory=TurningBack)

    async def run(self, windows: WindowSource) -> Ending | None:
        """Go on until the login form is reached (None) or no way leads on. Cancelled from outside at the arrival."""
        patience = Patience(self.step_timeout_s, self.answers.deadline_s - self.answers.clock())
        self.past.said = windows.said
        known = self.answers.known(by_steps=self.by_steps)
        while True:
            page = windows.current()
            now = time.monotonic()
            afresh = now - self._fresh_at >= _AFRESH_EVERY_S
            view = None if page.is_closed() else await self._looker.look(page, afresh=afresh)
            if view is not None:
                self._acted_at += patience.forgive(time.monotonic() - now)
                self._still.note(view)
                code = self._code[0] if self._code else None
                self.past.fate = await self.sendings.told(view.main.url, self.answers.credentials, code=code)
            self._fresh_at = now if afresh else self._fresh_at
            self.past.idle_s = now - self._acted_at
            decision = decide(view, self.past, known, until=self.until) if view else _NOTHING
            match decision:
                case Reached(screen=label):
                    await self.hands.screen(page, view.main.document if view else "", label)
                    return None
                case Stop(ending=ending):
                    return await self._end(page, ending)
                case Act() if view and self._to_be_drawn(view, now):
                    await patience.change(windows.changed)
                case Act():
                    assert view is not None
                    ending_or_none = await self._act(page, view, decision)
                    if ending_or_none is not None:
                        return await self._end(page, ending_or_none)
                    patience.reset()
                    self._fresh_at = 0.0
                case Wait():
                    documents = view.documents if view else ()
                    if patience.over(decision, documents, held_up=windows.loading.holds_up(page, view)):
                        if end := self._turning.give_up(windows, page, decision.ending, self.past.actions):
                            return await self._end(*end)
                        patience.reset()
                    await patience.change(windows.changed)

    def _to_be_drawn(self, view: View, now: float) -> bool:
        """Whether the page will look different in a moment: nobody types into what is not drawn yet."""
        return not is_drawn(view) and now - self._bare_since.setdefault(view.main.document, now) < DRAWING_S

    async def _end(self, page: Page, ending: Ending) -> Ending:
        if not page.is_closed():
            await self.hands.on_screen(page, "last screen")
        return ending

    async def _act(self, page: Page, view: View, act: Act) -> Ending | None:
        await self.hands.screen(page, view.main.document, act.screen)
        if act.sends is not None:
            self.past.sending()
            self.sendings.sending()
        elif act.action == "fill":
            self.sendings.typed()
        try:
            failure = await self._carry_out(view, act)
        except CodeUnavailable as error:
            return Ending(
                kind="login_blocked",
                message=f"{error.message}.",
                fault=error.fault,
                hint=error.hint,
                exposed=error.exposed,
            )
        self.past.actions += 1
        self._acted_at = time.monotonic()
        if failure is None:
            self._remember(view, act)
            return None
        key, held_up = act.control.key, self.hands.held_up
        if not held_up:
            self.past.obstructed.add(key)
        self._failures[key] = self._failures.get(key, 0) + 1
        if self._failures[key] >= (_MOST_HELD_UP if held_up else _MOST_FAILURES):
            return endings.unreachable_control(view, act.control.title, act.control.covered_by)
        return None

    def _remember(self, view: View, act: Act) -> None:
        if act.action in {"fill", "check"}:
            self.past.fills[act.control.key] += 1
        if act.action == "check":
            self.past.pressed_in.clear()
        if act.action == "wake":
            self.past.nudged.add(act.control.key)
        if act.action == "click" and act.sends is None:
            pressed = press_key(view, act.control)
            self.past.presses[pressed] += 1
            self.past.pressed_in[pressed] = view.documents
            self.past.passed.append(Passage(view, act.control.title, act.what))
        if act.sends is not None:
            self.past.submissions.append(act.sends)

    async def _carry_out(self, view: View, act: Act) -> str | None:
        element = self._looker.locate(act.control)
        target = _target(act.control)
        match act.action:
            case "fill":
                value, what = await self._value(view, act)
                typing = self._typed(element, value, act)
                return await self.hands.do("fill", target, what, typing)
            case "enter":
                press = self.hands.enter(element, _PRESS_TIMEOUT_MS)
                return await self.hands.do("submit", target, act.what, press)
            case "wake" if act.control.kind == "button":
                await self.hands.read_to_the_end(element, target, _PRESS_TIMEOUT_MS)
                return None
            case "wake":
                woken = wake(element, _PRESS_TIMEOUT_MS, leave=act.what == "submit")
                return await self.hands.do("fill", target, "a key press, to wake the page's script", woken)
            case "check":
                what = "choose" if act.control.options else act.what
                return await self.hands.do("check", target, what, ticked(element, act.control, _PRESS_TIMEOUT_MS))
            case "click":
                click = self._click(element, act.control)
                return await self.hands.do("submit" if act.sends else "click", target, act.what, click)

    async def _click(self, element: Locator, control: Seen) -> None:
        browser = element.page.context.browser
        if control.frame and control.covered_by is None and browser and browser.browser_type.name == "firefox":
            # Firefox over BiDi loses what is pressed in a frame of another site, without an error.
            await self.hands.pictured()
            await (await element.element_handle(timeout=_PRESS_TIMEOUT_MS)).dispatch_event("click")
        else:
            still_at = self._still.at(control, self._fresh_at)
            if still_at is None and self.hands.picturing:
                element, control, still_at = await self._looked_again(element, control)
            await self.hands.click(element, _PRESS_TIMEOUT_MS, aim=self._looker.aim(control), still_at=still_at)

    async def _looked_again(self, element: Locator, control: Seen) -> tuple[Locator, Seen, float | None]:
        """``control`` once it is pictured, and when it was seen to stand still; Playwright's Error where it is gone."""
        await self.hands.pictured()
        asked_at = time.monotonic()
        if (view := await self._looker.look(element.page, afresh=True)) is None:
            raise TimeIsOver("the page did not answer once it had been pictured")
        self._still.note(view)
        again = next((seen for seen in view.controls if seen.key == control.key), None)
        if again is None:
            raise Error("it was gone by the time the page had been pictured")
        return self._looker.locate(again), again, self._still.at(again, asked_at, drawn=True)

    async def _typed(self, element: Locator, value: str, act: Act) -> None:
        if act.value != "username" and (refusal := await self.answers.in_clear.refusal(element, _PRESS_TIMEOUT_MS)):
            raise CodeUnavailable(*refusal)
        if act.digit is None:
            await typed(element, value, _PRESS_TIMEOUT_MS)
        else:
            again = self.past.fills[act.control.key] > 0
            await keyed(element, value, _PRESS_TIMEOUT_MS, filled=act.control.filled, again=again)

    async def _value(self, view: View, act: Act) -> tuple[str, str]:
        """What to type, and its name for the record."""
        if act.value == "username":
            return self.answers.username(), "username"
        if act.value == "password":
            return self.answers.password(), "password"
        place, boxes = act.digit or (0, None)
        if place == 0 or self._code is None:
            self._code = await self.answers.code(sent=view.said.about("sent_code"), boxes=boxes)
        code, kind = self._code
        return (code, kind) if act.digit is None else (code[place], kind)


_NOTHING = Wait("a page", endings.stuck_window("it could not be looked at"))


def _target(control: Seen) -> str:
    """How the control was found, in words."""
    author = " ".join(f"{key}={value}" for key, value in (("name", control.name), ("id", control.id)) if value)
    where = f" in frame {control.frame}" if control.frame else ""
    return f"{control.type} {control.title}{f' ({author})' if author else ''}{where}"
