"""What a customer would try where the button to press stays closed. Pure."""

from __future__ import annotations

from typing import Final

from e2e_linker.browser.login.choices import MOST_PRESSES, Choice, in_cookie_layer, is_offer
from e2e_linker.browser.login.memory import Past
from e2e_linker.browser.login.moves import Act, Decision, press
from e2e_linker.browser.login.options import select_to_choose
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["go"]

_STUCK_S: Final = 1.5
"""Seconds without a change after which a closed button is taken to wait for the customer, not for its page's script."""
_RESTLESS_S: Final = 3.0
"""The same for a page that never stops changing."""
_LAST_S: Final = 3.0
"""Seconds after the last thing that was tried, before a household is answered for: a page may just be slow."""


def go(view: View, past: Past, choice: Choice, screen: str) -> Decision:
    """Press what was chosen. Of a button that stays closed: what may open it, each once, the harmless first."""
    button = choice.control
    shut = choice.purpose in {"allow", "next"} and not (choice.tick or button.enabled)
    if shut and _stuck(view, past, button):
        if button.key not in past.nudged:
            return Act("wake", button, "scroll to the end", screen)
        if select := select_to_choose(view, past, button, every=True):
            return press(view, past, Choice(select, choice.purpose, tick=True), screen)
        if past.idle_s >= _LAST_S and (box := _for_the_home(view, past, button)):
            return press(view, past, Choice(box, choice.purpose, tick=True), screen)
    return press(view, past, choice, screen)


def _stuck(view: View, past: Past, button: Seen) -> bool:
    """Whether a closed button has had its time to be opened by its page."""
    frame = view.frame_of(button)
    still = frame.quiet_ms >= _STUCK_S * 1000 or past.idle_s >= _RESTLESS_S
    return view.settled and still and past.idle_s >= _STUCK_S and frame.age_ms >= _STUCK_S * 1000


def _for_the_home(view: View, past: Past, button: Seen) -> Seen | None:
    """The first box by which the customer answers for the household: what else might open the button has been tried."""
    for box in view.controls:
        near = box.frame == button.frame and box.form in {button.form, None}
        open_ = box.kind == "checkbox" and box.type != "radio" and box.usable and box.enabled and not box.checked
        astray = box.said.about_any("marketing", "remember", "dangerous", "destroys") or is_offer(box)
        rest = box.said.without("household")
        others = not box.said.about("household") or rest.about_any("for_others", "harm")
        fresh = past.fills[box.key] < MOST_PRESSES and not in_cookie_layer(view, box)
        if near and open_ and fresh and not (astray or others):
            return box
    return None
