"""What is pressed or ticked on a page beside its login form, and the boxes that go with a button. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from e2e_linker.browser.login.memory import Past
from e2e_linker.browser.login.words import Text, fold, words_of
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.token_looks import is_wording
from e2e_linker.model import fingerprint

__all__ = [
    "AWAY",
    "LONGEST_LABEL",
    "MOST_PRESSES",
    "Choice",
    "about_cookies",
    "box_to_tick",
    "heads",
    "in_cookie_layer",
    "is_offer",
    "is_priced",
    "may_open",
    "only",
    "page_key",
    "press_key",
    "sends_letter",
]

Purpose = Literal[
    "allow", "account", "stay signed in", "skip", "sign in", "next", "cookies", "choose", "return to Alexa"
]
LONGEST_LABEL: Final = 60
MOST_PRESSES: Final = 2
_OPENING_S: Final = 0.6
"""Seconds that a page's script may take to open a button once a box was ticked."""
AWAY: Final = frozenset({"nav", "navigation", "footer", "contentinfo", "aside", "complementary", "search"})
_LETTER = re.compile(
    r"\b(?:e-?mail|mail|magic|sign[- ]?in|log[- ]?in|one[- ]time|verification)[- ]links?\b"
    r"|\b(?:send|get)\b.{0,24}\blinks?\b"
)
"""Words for a link that comes by mail: no account is linked by it."""
_PRICE = re.compile(
    r"[€$£¥₹₩]|(?<!version )(?<![\w.,])(?<!v\. )\d+[.,]\d\d\b(?![.,]\d)|\d\s?円|\b(?:EUR|USD|GBP|CHF)\b"
)
_DRAWN = re.compile(r"(?<=[^/]/)(?=[^/#]*\d)[\w.~-]{12,}(?=[/#;]|$)")
"""A part of a path that may be drawn by lot, an id of the round or of the request, unless words make it up."""
_DIGIT = re.compile(r"\d")
_SMALL = re.compile(r"\d{1,2}")
"""A number that may be the one of a step."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A control to press, or a box to tick before it."""

    control: Seen
    purpose: Purpose
    tick: bool = False
    sure: bool = True
    """False where nothing but the page's shape speaks for it: wait until the page has settled."""


def page_key(view: View) -> str:
    """The same for the same page, however often it comes back.

    Some servers give each round another address: there the text has to be the same, too, but for its larger numbers.
    """
    labels = sorted({c.label for c in view.controls if c.usable})
    headings = [heading for frame in view.frames for heading in frame.headings]
    address = view.main.url.split("?", 1)[0]
    place = _DRAWN.sub(lambda part: part.group() if is_wording(part.group()) else "*", address)
    texts = () if place == address else (_without_numbers(frame.text) for frame in view.frames)
    return fingerprint(place, view.main.title, *headings, *labels, *texts)


@lru_cache(maxsize=16)
def _without_numbers(text: str) -> str:
    return " ".join(w for w in text.split() if _SMALL.fullmatch(w) or not _DIGIT.search(w))


def press_key(view: View, control: Seen) -> str:
    """The same for the same control of the same page."""
    return f"{page_key(view)} {control.kind} {control.label} {control.name}"


def heads(view: View) -> Text:
    """The title and all headings of a page."""
    return Text(" ".join((view.main.title, *(heading for frame in view.frames for heading in frame.headings))))


def is_offer(control: Seen) -> bool:
    """Whether a control buys, orders or changes something that nobody who links an account has asked for."""
    return control.said.about("offer") or is_priced(control.label)


def is_priced(text: str) -> bool:
    """Whether a text names a price."""
    return _PRICE.search(text) is not None


def sends_letter(control: Seen) -> bool:
    """Whether a control has a link sent by mail."""
    return _LETTER.search(fold(control.label)) is not None


def box_to_tick(view: View, past: Past, button: Seen, *, every: bool) -> Seen | None:
    """The next box to tick before ``button`` is pressed; where ``every`` one may count, at last any harmless one."""
    boxes = [c for c in view.together(button) if c.kind == "checkbox" and c.usable and c.enabled]
    boxes += [
        c
        for c in view.controls
        if c.kind == "checkbox" and c.usable and c.enabled and c.form is None and c not in boxes
    ]
    chosen = {(c.form, c.name) for c in boxes if c.type == "radio" and c.checked}
    scoped = {c.form for c in boxes if c.type != "radio" and c.checked and words_of(c.name).about("scope")}
    fresh = [c for c in boxes if not (c.checked or in_cookie_layer(view, c) or past.fills[c.key] >= MOST_PRESSES)]
    # One of those that a page needs at any rate may open its button, so that the others are left alone.
    for any_one in (False, True) if every else (False,):
        for box in fresh:
            if box.type == "radio":
                needed = (box.form, box.name) not in chosen and _is_to_be_chosen(box, boxes, button, every=any_one)
            else:
                needed = _is_to_be_ticked(box, boxes, scoped=box.form in scoped, every=any_one)
            if needed:
                return box
    return None


def may_open(view: View, past: Past) -> bool:
    """Whether something was ticked or chosen just now for which the page may yet open its button."""
    return past.idle_s < _OPENING_S and any(
        past.fills[c.key] for c in view.controls if c.kind == "checkbox" or c.options
    )


def _is_to_be_ticked(box: Seen, boxes: Sequence[Seen], *, scoped: bool, every: bool) -> bool:
    """Whether a box goes with the answer; ``scoped``: a scope of its form is ticked."""
    agreed = (box.said.about("agree") or (every and not _harms(box))) and not _goes_far(box)
    # An answer without any scope is none: one of them at least is what the customer is asked for.
    scope = not scoped and not box.said.about("dangerous") and _first_scope(box, boxes)
    return box.required or (not box.said.about_any("marketing", "remember") and (agreed or scope))


def _is_to_be_chosen(box: Seen, boxes: Sequence[Seen], button: Seen, *, every: bool) -> bool:
    """Whether the first of some things to choose from, none of which is chosen, is to be taken."""
    if box.said.about("deny"):
        return False
    group = [c for c in boxes if c.type == "radio" and (c.form, c.name) == (box.form, box.name)]
    far = _goes_far(box)
    if (far or _harms(box)) and any(not (_goes_far(c) or _harms(c) or c.said.about("deny")) for c in group):
        return False
    answers = len(group) == 2 and all(any(c.said.about(topic) for c in group) for topic in ("yes", "deny"))
    aside = answers or words_of(box.name).about_any("marketing", "newsletter", "offer")
    aside = aside or far or is_offer(box) or box.said.about_any("marketing", "remember", "dangerous")
    return box.required or (every and not far) or (box.form is not None and box.form == button.form and not aside)


def _first_scope(box: Seen, boxes: Sequence[Seen]) -> bool:
    """Whether a box is the first scope of its form; one that goes far is so only where the others do, too."""
    scopes = [c for c in boxes if c.type != "radio" and c.form == box.form and words_of(c.name).about("scope")]
    scopes = [c for c in scopes if not c.said.about_any("marketing", "remember")]
    return box in scopes and box == min(scopes, key=lambda c: _goes_far(c) or c.said.about("dangerous"))


def _goes_far(box: Seen) -> bool:
    """Whether a box costs money, deletes something, or answers for more than one customer: nobody else is asked."""
    said = box.said.without("both_ways")
    destroys = said.about("destroys") and not said.about("at_will")
    return destroys or box.said.about("for_others") or is_priced(box.label)


def _harms(box: Seen) -> bool:
    """Whether a box does something that nobody who links an account has asked for, such as removing what is there."""
    said = box.said.without("both_ways")
    return said.about("harm") or (said.about("removes") and not said.about("at_will"))


def in_cookie_layer(view: View, control: Seen) -> bool:
    """Whether a control is part of a banner about cookies."""
    layer = view.layer_of(control)
    return layer is not None and (layer.cookie or (about_cookies(layer.text) and not layer.modal))


def about_cookies(text: str) -> bool:
    """Whether a layer with this text is there to ask about cookies."""
    return Text(text).about("cookie")


def only(controls: Sequence[Seen]) -> Seen | None:
    """The only one of ``controls``, or the only one of them that stands out by its colour."""
    prominent = [c for c in controls if c.solid]
    if len(controls) == 1:
        return controls[0]
    return prominent[0] if len(prominent) == 1 else None
