"""What is pressed or ticked on a page beside its login form, and the boxes that go with a button. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from e2e_linker.browser.controls import Seen, View
from e2e_linker.browser.memory import Past
from e2e_linker.browser.words import Text, fold, words_of
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
AWAY: Final = frozenset({"nav", "navigation", "footer", "contentinfo", "aside", "complementary", "search"})
_LETTER = re.compile(
    r"\b(?:e-?mail|mail|magic|sign[- ]?in|log[- ]?in|one[- ]time|verification)[- ]links?\b"
    r"|\b(?:send|get)\b.{0,24}\blinks?\b"
)
"""Words for a link that comes by mail: no account is linked by it."""
_PRICE = re.compile(r"[€$£¥₹₩]|\b\d+[.,]\d\d\b|\d\s?円|\b(?:EUR|USD|GBP|CHF)\b")


@dataclass(frozen=True, slots=True)
class Choice:
    """A control to press, or a box to tick before it."""

    control: Seen
    purpose: Purpose
    tick: bool = False
    sure: bool = True
    """False where nothing but the page's shape speaks for it: wait until the page has settled."""


def page_key(view: View) -> str:
    """The same for the same page, however often it comes back."""
    labels = sorted({c.label for c in view.controls if c.usable})
    headings = [heading for frame in view.frames for heading in frame.headings]
    return fingerprint(view.main.url.split("?", 1)[0], view.main.title, *headings, *labels)


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
    """The next box to tick before ``button`` is pressed; where ``every`` one may count, all but advertising."""
    boxes = [c for c in view.together(button) if c.kind == "checkbox" and c.usable and c.enabled]
    boxes += [
        c
        for c in view.controls
        if c.kind == "checkbox" and c.usable and c.enabled and c.form is None and c not in boxes
    ]
    chosen = {(c.form, c.name) for c in boxes if c.type == "radio" and c.checked}
    scoped = {c.form for c in boxes if c.type != "radio" and c.checked and words_of(c.name).about("scope")}
    for box in boxes:
        if box.checked or in_cookie_layer(view, box) or past.fills[box.key] >= MOST_PRESSES:
            continue
        if box.type == "radio":
            needed = (box.form, box.name) not in chosen and _is_to_be_chosen(box, boxes, button, every=every)
        else:
            aside = box.said.about_any("marketing", "remember")
            # An answer without any scope is none: one of them at least is what the customer is asked for.
            scope = words_of(box.name).about("scope") and box.form not in scoped and not box.said.about("dangerous")
            needed = box.required or (not aside and (every or scope or box.said.about("agree")))
        if needed:
            return box
    return None


def _is_to_be_chosen(box: Seen, boxes: Sequence[Seen], button: Seen, *, every: bool) -> bool:
    """Whether the first of some things to choose from, none of which is chosen, is to be taken."""
    if box.said.about("deny"):
        return False
    group = [c for c in boxes if c.type == "radio" and (c.form, c.name) == (box.form, box.name)]
    answers = len(group) == 2 and all(any(c.said.about(topic) for c in group) for topic in ("yes", "deny"))
    aside = answers or words_of(box.name).about_any("marketing", "newsletter", "offer")
    aside = aside or is_offer(box) or box.said.about_any("marketing", "remember", "dangerous")
    return box.required or every or (box.form is not None and box.form == button.form and not aside)


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
