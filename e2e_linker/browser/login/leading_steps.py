"""Declared steps that nothing asks for, because the server knows the customer from an earlier link."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.async_api import Error, Locator, Page

from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.form import find_form
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.moves import Act
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.browser.pages.digest import Looker
from e2e_linker.config.login import Click, Fill, Pause, Step

__all__ = ["LeadingSteps", "matching", "to_press"]

_LOOK_EVERY_S = 0.25
_SURE_S = 1.0
"""Seconds for which a page has to ask for something else than a login: a form may be drawn late."""
_ASKED_S = 1.0
"""Seconds that a frame has to say what can be pressed in it."""
_BY_TEXT = re.compile(r"^(?:text=|[\"'])|:(?:has-)?text\b")
_WHICH_TO_PRESS = """elements => {
  const roles = ['button', 'link', 'tab', 'menuitem', 'option', 'radio', 'checkbox', 'switch'];
  const controls = ['a', 'button', 'input', 'select', 'textarea', 'label', 'summary', '[onclick]', '[tabindex="0"]'];
  const sought = [...controls, ...roles.map(role => `[role=${role}]`)].join();
  const pressed = el => el.closest(sought) || el.shadowRoot?.querySelector(sought)
    || getComputedStyle(el).cursor === 'pointer';
  const said = el => ((el.localName === 'input' && el.value) || el.textContent).replace(/\\s+/g, ' ').trim().length;
  if (!elements.length || pressed(elements[0])) return elements.length ? 0 : -1;
  const others = elements.filter(el => pressed(el) && el.checkVisibility());
  const least = Math.min(...others.map(said));
  return least > said(elements[0]) ? -1 : elements.findIndex(el => others.includes(el) && said(el) === least);
}"""
"""Which of some elements is pressed: the first, or one that answers a press and says no more than the first; or -1."""
_ALREADY_IN = frozenset({"consent", "account chooser"})


@dataclass(slots=True)
class LeadingSteps:
    """The steps that no other has been done before, in a jar that a customer may be known by.

    A page without a login form that asks for consent needs none of them. One that asks in a dialog, or in words that
    only a later step can read, may still be about to ask for a login: that is taken for it where the first step has
    found nothing in all its time.
    """

    steps: Sequence[Step]
    known: Known
    _looker: Looker = field(default_factory=Looker)
    _looked_at: float = 0.0
    _since: float | None = None
    """Since when the page has not asked for a login."""

    async def unneeded(self, page: Page, *, at_last: bool = False) -> int | None:
        """How many of them ``page`` has no use for; None where it may have, and in between two looks.

        ``at_last``: the first of them has found nothing, and would fail.
        """
        now = time.monotonic()
        if now - self._looked_at < _LOOK_EVERY_S and not at_last:
            return None
        self._looked_at = now
        view = None if page.is_closed() else await self._looker.look(page, afresh=True)
        if view is None or not view.settled or find_form(view, sent=frozenset({"password"})) is not None:
            self._since = None
            return None
        asked = self._asked(view)
        sure = asked is not None and view.layer_of(asked) is None
        self._since = (self._since or now) if sure else None
        if at_last or (self._since is not None and now - self._since >= _SURE_S):
            return await self._skipped(page, asked)
        return None

    def _asked(self, view: View) -> Seen | None:
        """By what ``view`` asks for consent, or which account it is to be for; None where it does not."""
        decision = decide(view, Past(), self.known)
        return decision.control if isinstance(decision, Act) and decision.screen in _ALREADY_IN else None

    async def _skipped(self, page: Page, asked: Seen | None) -> int | None:
        """The steps before the first one after the login that finds its control; all of them where none does."""
        for n in range(self._login_end(), len(self.steps)):
            selector = _selector(self.steps[n])
            with contextlib.suppress(Error):  # one that cannot be read is told of when its step comes
                if selector is not None and await matching(page, selector, visible=True) is not None:
                    return n
        return None if asked is None else len(self.steps)

    def _login_end(self) -> int:
        """How many steps log in: up to the click that sends the last value of the account."""
        filled = [n for n, step in enumerate(self.steps) if isinstance(step, Fill) and step.account_field]
        if not filled:
            return len(self.steps)
        sent = (n for n in range(filled[-1], len(self.steps)) if isinstance(self.steps[n], Click))
        return next(sent, len(self.steps) - 1) + 1


def _selector(step: Step) -> str | None:
    """What ``step`` looks for; None where it looks for nothing."""
    return None if isinstance(step, Pause) else next(iter(step.model_dump(by_alias=True).values()))


async def matching(page: Page, selector: str, *, visible: bool) -> Locator | None:
    """The first match in any frame of ``page``, None where there is none at the moment.

    Raises Playwright's :class:`Error` where ``selector`` cannot be read.
    """
    for frame in page.frames:
        found = frame.locator(selector).first
        try:
            if await (found.is_visible() if visible else found.count()) > 0:
                return found
        except Error as error:
            if "selector" in str(error).lower():
                raise
            # the frame went away while it was asked
    return None


async def to_press(page: Page, selector: str, first: Locator) -> Locator:
    """Of all that bears the text of ``selector``, what can be pressed: a heading often reads as the button under it.

    Where that says more, as a way in by another service does, where nothing is known to answer a press, and for what is
    sought by something else than a text, ``first``.
    """
    for frame in page.frames if _BY_TEXT.search(selector) else ():
        found = frame.locator(selector)
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(_ASKED_S):
                at = await found.evaluate_all(_WHICH_TO_PRESS)
            if at >= 0:
                return found.nth(at)
    return first
