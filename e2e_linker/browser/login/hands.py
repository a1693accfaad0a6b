"""Does things in a page in the customer's stead, and keeps the record of it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Error, Locator, Page
from playwright.async_api import TimeoutError as TimeIsOver

from e2e_linker.browser.login.fingers import by_finger, press, takes, tick
from e2e_linker.browser.login.options import first_option
from e2e_linker.browser.pages.controls import Seen
from e2e_linker.browser.pages.digest import Aim
from e2e_linker.evidence.page import LoginStep

__all__ = ["Hands", "OnScreen", "first_line", "keyed", "ticked", "typed", "wake"]

StepAction = Literal["fill", "click", "check", "wait", "pause", "python", "submit"]
OnScreen = Callable[[Page, str], Awaitable[asyncio.Event | None]]
"""Has a page pictured under a label. What it gives, if anything, is set once the picture is taken."""
_FRESH_S = 0.1
"""Seconds for which what was seen is taken for what is."""
_HELD_MS = 300
"""Milliseconds within which a field tells what it holds, where it is still there."""
_MOVING_ON_S = 0.06
"""Seconds between two keys, fewer than a quick person takes."""
_TO_THE_END = """field => {
  try { field.setSelectionRange(field.value.length, field.value.length); return true; } catch { return false; }
}"""
"""Puts the caret behind what a field holds. A field for an e-mail address or a number lets no script do that."""
_WRITE = """(field, value) => {
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, value);
  for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, {bubbles: true}));
}"""
"""Writes into a field past the page's own setter, and tells its scripts."""
_READ_TO_THE_END = """async button => {
  const breath = () => new Promise(done => setTimeout(done, 100)), found = [];
  const visit = root => {
    for (const el of root.querySelectorAll('*')) {
      if (el.shadowRoot) visit(el.shadowRoot);
      if (el.contentDocument) found.push(el.contentDocument.scrollingElement);
      const scrolls = /auto|scroll/.test(getComputedStyle(el).overflowY) && !el.matches('select');
      if (scrolls && el.clientHeight) found.push(el);
    }
  };
  visit(button.ownerDocument);
  let moved = 0;
  for (const el of [...found, button.ownerDocument.scrollingElement]) {
    if (!el || moved > 9 || el.scrollHeight - el.clientHeight - el.scrollTop < 2) continue;
    el.scrollIntoView({block: 'center', behavior: 'instant'});
    el.scrollTo({top: el.scrollHeight, behavior: 'instant'});
    moved++;
    await breath();
  }
  return moved > 0;
}"""
"""Scrolls all that scrolls around an element to its end, the page last; whether anything did."""
_IN_THE_WAY = re.compile("intercepts pointer events|element is not |outside of the viewport")
"""What Playwright's log says of an element that cannot be used as it stands."""
_BEGUN = re.compile(r"performing \w+ action")
"""What it says once nothing is in the way any more."""


@dataclass(slots=True)
class Hands:
    """Carries out single actions. ``clock`` gives seconds since the start of the walk."""

    record: Callable[[LoginStep], None]
    on_screen: OnScreen
    clock: Callable[[], float]
    held_up: bool = False
    """Whether the last action failed only because its time was over: nothing was seen to be in its way."""
    _pictured: asyncio.Event | None = None
    _shown: set[tuple[int, str, str]] = field(default_factory=set)

    async def screen(self, page: Page, document: str, label: str) -> None:
        """Have the page pictured, once for each document and label."""
        mark = (id(page), document, label)
        if mark not in self._shown:
            self._shown.add(mark)
            self._pictured = await self.on_screen(page, label)

    @property
    def picturing(self) -> bool:
        """Whether a picture is being taken."""
        return self._pictured is not None and not self._pictured.is_set()

    async def pictured(self) -> None:
        """Wait until the last page that was to be pictured is: before whatever may lead away from it."""
        if self._pictured is not None:
            await self._pictured.wait()

    async def click(
        self, element: Locator, timeout_ms: float, *, aim: Aim | None = None, still_at: float | None = None
    ) -> None:
        """Click ``element`` once the page is pictured, by a tap on a device that has touch.

        Raises Playwright's :class:`Error` where that cannot be done. While the picture is taken, it is waited for as
        for every click, but for a tap: until it stands still and nothing covers it. Where that was seen a moment ago,
        at ``still_at`` in seconds of the monotonic clock, it is clicked at once.
        ``aim``, the same element, keeps the click from whatever has taken its place meanwhile in its own frame, or is
        not told of it; then Playwright looks anew.
        """
        # A page may hear of the trial, which is made with a mouse, and take who taps it for somebody with one.
        at_once = self.picturing and still_at is None and not by_finger(element)
        if at_once:
            await asyncio.gather(element.click(trial=True, timeout=timeout_ms), self.pictured())
        else:
            await self.pictured()
            at_once = still_at is not None and time.monotonic() - still_at < _FRESH_S
        for force in (True, False) if at_once else (False, False):
            if await _pressed(aim, element, timeout_ms, force=force):
                return
        raise Error("each time it was clicked, something else was in its place or kept the press to itself")

    async def enter(self, element: Locator, timeout_ms: float) -> None:
        """Send the form of ``element`` by the return key once the page is pictured. Raises Playwright's Error."""
        await self.pictured()
        await element.press("Enter", timeout=timeout_ms, no_wait_after=True)

    async def read_to_the_end(self, element: Locator, target: str, timeout_ms: float) -> None:
        """Scroll what stands around ``element`` to its end, as who reads it would; recorded where anything moved."""
        await self.pictured()
        at = self.clock()
        # A page that is just going away needs no reading, nor does one whose clocks stand still.
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(timeout_ms / 1000):
                moved = await element.evaluate(_READ_TO_THE_END, timeout=timeout_ms)
            if moved:
                step = LoginStep(at=at, action="wait", target=target, what="scroll to the end", outcome="done")
                self.record(step)

    async def do(self, action: StepAction, target: str, what: str, work: Awaitable[object]) -> str | None:
        """Await ``work`` and record it. Returns None, or the first line of what went wrong.

        A press that had begun when its time was over is done: what the page makes of it may take long.
        """
        at = self.clock()
        self.held_up = False
        failure: str | None = None
        try:
            await work
        except asyncio.CancelledError:
            # The arrival ends the walk while the action that caused it is still being waited for: it was done.
            self.record(LoginStep(at=at, action=action, target=target, what=what, outcome="done"))
            raise
        except Error as error:
            hindered = max((match.end() for match in _IN_THE_WAY.finditer(error.message)), default=0)
            in_time = not isinstance(error, TimeIsOver)
            if in_time or not _BEGUN.search(error.message, hindered):
                failure = first_line(error)
                self.held_up = not (in_time or hindered)
        outcome: Literal["done", "failed"] = "failed" if failure else "done"
        self.record(LoginStep(at=at, action=action, target=target, what=what, outcome=outcome, error=failure))
        return failure


async def typed(element: Locator, value: str, timeout_ms: float) -> None:
    """Put ``value`` into a field in place of what it holds. Raises Playwright's :class:`Error`.

    In Firefox the last character is a key. Over WebDriver BiDi, Playwright fills a field through the page's own setter,
    so that a script that keeps the value (React's controlled inputs) does not hear of it; and it fills behind what a
    field for an e-mail address or a number holds already.
    """
    browser = element.page.context.browser
    if browser is None or browser.browser_type.name != "firefox":
        await element.fill(value, timeout=timeout_ms)
        return
    head, last = value[:-1], value[-1:]
    await element.fill("", timeout=timeout_ms)
    if head:
        await element.fill(head, timeout=timeout_ms)
        if not await element.evaluate(_TO_THE_END, timeout=timeout_ms):
            await element.press("End", timeout=timeout_ms)
    await element.press_sequentially(last, timeout=timeout_ms)
    if head and await _held(element) not in {value, "", None}:
        # A key is lost without an error in a frame of another site, also the one by which a field is emptied.
        await element.evaluate(_WRITE, value, timeout=timeout_ms)


async def ticked(element: Locator, box: Seen, timeout_ms: float) -> None:
    """Tick a box, or choose the first fit option of a select. Raises Playwright's :class:`Error`."""
    if (option := first_option(box)) is not None:
        await element.select_option(index=option, timeout=timeout_ms)
    elif box.type in {"checkbox", "radio"} and not box.by_label:
        await tick(element, timeout_ms)
    else:  # its label may hold links, so the event goes to the box itself
        await (await element.element_handle(timeout=timeout_ms)).dispatch_event("click")
        await takes(element)  # a component may tell its state a moment later: pressed again, it would be off


async def keyed(element: Locator, key: str, timeout_ms: float, *, filled: bool, again: bool) -> None:
    """Press ``key`` in a box for one character, as a person would. Raises Playwright's :class:`Error`.

    The scripts of such boxes hear of keys, and move on to the next box by themselves, some a moment later: whatever is
    typed before that may end in another box. ``filled``: the box holds something else. ``again``: the key got lost.
    """
    if again:
        await element.evaluate(_WRITE, key, timeout=timeout_ms)
    else:
        if filled:
            await element.fill("", timeout=timeout_ms)
        await element.press_sequentially(key, timeout=timeout_ms)
    await asyncio.sleep(_MOVING_ON_S)


async def wake(element: Locator, timeout_ms: float, *, leave: bool) -> None:
    """Let a page's scripts hear of a key in a field, and where it is to ``leave``, that the field was left.

    Raises Playwright's :class:`Error`.
    """
    await element.press("End", timeout=timeout_ms)
    if leave:
        await element.press("Tab", timeout=timeout_ms)


async def _held(element: Locator) -> str | None:
    """What a field holds; None for what tells no value, or has gone after the last key."""
    try:
        return await element.input_value(timeout=_HELD_MS)
    except Error:
        return None


async def _pressed(aim: Aim | None, element: Locator, timeout_ms: float, *, force: bool) -> bool:
    """Click ``element``; False where something else would have been hit."""
    if aim is None:
        await press(element, timeout_ms, force=force)
        return True
    try:
        await press(aim.element, timeout_ms, force=force)
    except Error:
        await aim.missed()
        raise
    return not await aim.missed()


def first_line(error: Exception) -> str:
    """The first line of an error's text, without the call log."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
