"""Finds the boxes for a one-time code where no word says what they are for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from e2e_linker.browser.login.other_forms import is_aside, is_code
from e2e_linker.browser.pages.controls import Seen, View

__all__ = ["digit_boxes", "lone_code", "may_be_code"]

_FEWEST, _MOST = 4, 8
"""Characters that one-time codes have."""
_WIDEST_PX = 80
_OTHERS = re.compile(
    r"\b(?:zip|plz|dob|postal|post ?code|postleitzahl|years?|jahr|année|año|birth\w*|geburts\w+|naissance|nacimiento"
    r"|date|amount|quantity|how many|rooms?|card|karte|carte|plate|kennzeichen|licen[cs]e|house number|hausnummer)\b",
    re.IGNORECASE,
)
"""Words for other things of a few digits that are asked for one at a time."""
_PIN = re.compile(r"\bpins?\b", re.IGNORECASE)
_OTHER_TOPICS = ("username", "email", "phone", "captcha", "search", "newsletter")


def digit_boxes(fields: Sequence[Seen]) -> tuple[Seen, ...]:
    """Four to eight equal boxes for one character each that follow one another; none where there are more such rows."""
    rows = [tuple(row) for alike, row in groupby(fields, _likeness) if alike is not None]
    rows = [row for row in rows if len(row) >= _FEWEST]
    return rows[0] if len(rows) == 1 and len(rows[0]) <= _MOST else ()


def may_be_code(view: View, boxes: Sequence[Seen], sent: frozenset[str]) -> bool:
    """Whether ``boxes`` are for a one-time code: before the password, they may be for the digits of a PIN.

    ``sent``: kinds of forms that were sent before.
    """
    said, first = view.frame_of(boxes[0]).said, boxes[0]
    if any(map(is_code, boxes)) or said.about_any("code", "second_factor"):
        return True
    if any(_OTHERS.search(f"{box.label} {box.near} {box.heading} {box.code.raw}") for box in boxes):
        return False
    asked = "password" in sent or ("username" in sent and said.about("bare_code")) or said.about("sent_code")
    return asked and not _PIN.search(f"{first.label} {first.near} {first.heading}")


def lone_code(view: View) -> Seen | None:
    """The only field of ``view``, where it is for four to eight digits and nothing says what they are."""
    fields = [c for c in view.controls if c.kind == "field" and c.visible and c.region != "search"]
    if len(fields) != 1 or any(c.kind == "checkbox" and c.usable for c in view.controls):
        return None
    field = fields[0]
    if not (field.numeric and _FEWEST <= (field.max_length or 0) <= _MOST) or is_aside(view, field):
        return None
    beside = "" if field.near.strip() == field.heading.strip() else field.near
    told = any(letter.isalpha() for letter in field.label + beside)
    other = any(map(field.means, _OTHER_TOPICS)) or _OTHERS.search(f"{field.heading} {field.code.raw}")
    return None if told or other or _PIN.search(field.heading) else field


def _likeness(field: Seen) -> tuple[object, ...] | None:
    """What boxes of one row have in common; None for what is no box for one character."""
    told = "code" if is_code(field) or field.named.about("bare_code") else re.sub(r"\d+", "", field.label)
    box, shape = field.box, (field.type, field.form, field.layer, told)
    if field.max_length == 1:
        return (*shape, "one character")
    if field.max_length is None and field.numeric and box.width <= min(_WIDEST_PX, 1.6 * box.height):
        return (*shape, round(box.width), round(box.height), round(box.y))
    return None
