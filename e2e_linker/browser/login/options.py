"""What is chosen of a ``<select>`` that has to be answered before a button is pressed. Pure."""

from __future__ import annotations

import re

from e2e_linker.browser.login.choices import MOST_PRESSES, box_to_tick, in_cookie_layer, is_priced
from e2e_linker.browser.login.memory import Past
from e2e_linker.browser.login.ways_back import BODY_AWAY
from e2e_linker.browser.login.words import Text
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["first_option", "select_to_choose", "to_answer"]

_PLACEHOLDER = re.compile(r"^\W*$|^(?:--|[–—])|(?:…|\.\.\.)\W*$")
_MOST_FILLS = 24
"""How much is filled in at most: a page that draws a select anew whenever it is answered would be answered for ever."""
_NOT_CHOSEN = (
    "dangerous",
    "destroys",
    "deny",
    "skip",
    "signup",
    "offer",
    "marketing",
    "for_others",
    "elsewhere",
    "harm",
)
"""Topics of options that nobody who links an account takes without being asked to."""
_NOT_ASKED = ("dangerous", "destroys", "marketing", "newsletter", "offer", "for_others", "search", "not_to_guess")
"""Topics of selects whose first option is no answer for a customer: his country, his organization, who may see what."""


def to_answer(view: View, past: Past, button: Seen, *, every: bool) -> Seen | None:
    """The next box to tick or select to answer before ``button`` is pressed; where ``every`` one may count, any box.

    A select that is not required counts only where the page found fault with what was sent without it.
    """
    faulty = every and button.enabled and bool(view.complaints)
    return box_to_tick(view, past, button, every=every) or select_to_choose(view, past, button, every=faulty)


def select_to_choose(view: View, past: Past, button: Seen, *, every: bool) -> Seen | None:
    """The next select to answer before ``button`` is pressed: a required one, or where ``every`` one may count, any.

    Only one that holds nothing but its placeholder, and offers something that harms nobody.
    """
    for select in view.controls:
        near = select.frame == button.frame and select.form in {button.form, None}
        needed = every or (select.required and select.form == button.form)
        shown = select.usable and select.enabled and not (select.region in BODY_AWAY or in_cookie_layer(view, select))
        aside = _is_aside(select)
        fresh = past.fills[select.key] < MOST_PRESSES and past.fills.total() < _MOST_FILLS
        if near and needed and shown and fresh and not aside and first_option(select) is not None:
            return select
    return None


def first_option(select: Seen) -> int | None:
    """The place of the first option to choose; None where one is chosen already, or none is fit, or it is no select."""
    if not select.options or not _is_placeholder(select.options[0]) or any(map(is_priced, select.options)):
        return None
    fit = (n for n, option in enumerate(select.options[1:]) if _is_fit(option))
    return next(fit, None)


def _is_aside(select: Seen) -> bool:
    """Whether a select asks for something else than what is to be linked, by its label, its placeholder or its name."""
    told = Text(" ".join((select.said.raw, *select.options[:1])))
    return told.about_any(*_NOT_ASKED) or select.code.about("not_to_guess")


def _is_placeholder(option: str) -> bool:
    return _PLACEHOLDER.search(option) is not None or Text(option).about("choose")


def _is_fit(option: str) -> bool:
    return not (_is_placeholder(option) or Text(option).about_any(*_NOT_CHOSEN) or is_priced(option))
