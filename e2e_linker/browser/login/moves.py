"""The moves a login can make on a page, and how a press is made safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.consent import Choice, press_key, uncover
from e2e_linker.browser.login.memory import Past, Submission
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.models import Ending

__all__ = ["Act", "Decision", "Reached", "Stop", "Value", "Wait", "press"]

Value = Literal["username", "password", "code"]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with one control."""

    action: Literal["fill", "click", "check", "enter", "wake"]
    control: Seen
    what: str
    """For the record: ``username``, ``password``, ``code``, ``allow``, ``next``…"""
    screen: str
    """What the page is, for the screenshot taken before."""
    value: Value | None = None
    digit: tuple[int, int] | None = None
    """Which character of the code goes into this field, from 0, and of how many; None for all of it."""
    sends: Submission | None = None
    """The form that is sent by this."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until something changes; ``ending`` after ``patience_s`` seconds (None: the time of one step)."""

    why: str
    ending: Ending
    patience_s: float | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """The walk ends here."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Reached:
    """The login form, or what a signed-in customer sees instead, is there."""

    screen: str


Decision = Act | Wait | Stop | Reached


def press(view: View, past: Past, choice: Choice, screen: str) -> Decision:
    """Press or tick what was chosen, after whatever lies over it."""
    obstacle = uncover(view, past, choice.control) if choice.purpose != "cookies" else None
    chosen = obstacle or choice
    pressed = press_key(view, chosen.control)
    if not chosen.tick and past.pressed_in.get(pressed) == view.documents:
        return Wait("an answer", endings.no_answer(view, f"{chosen.control.title} was pressed"))
    if not chosen.control.enabled:
        return Wait("a disabled button", endings.disabled_control(view, chosen.control.title))
    return Act("check" if chosen.tick else "click", chosen.control, chosen.purpose, screen)
