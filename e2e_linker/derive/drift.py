"""What happened to a value on its way: the kind of change, to the character."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, unquote_plus

from e2e_linker.alexa.authorization import STATE_PREFIX
from e2e_linker.evidence.labels import LABEL

__all__ = ["Drift", "DriftKind", "akin", "drift"]

DriftKind = Literal[
    "missing",
    "swapped",
    "lower_cased",
    "upper_cased",
    "plus_to_space",
    "space_to_plus",
    "percent_decoded",
    "unencoded",
    "double_encoded",
    "base64",
    "duplicated",
    "beside",
    "trimmed",
    "truncated",
    "appended",
    "wrapped",
    "altered",
    "replaced",
]

KIN_PREFIX = 16
"""Characters two values must share at their beginning to be one value and its altered copy. All states of Alexa share
their first eight, so it has to be more than those."""
_JOINED = re.compile(r"([?&;])(\w+)=")
_JOINTS = ("", ",", ", ", " ", "&", ";")
_STANDARD = str.maketrans("-_", "+/")
_MOST_ENCODINGS = 4
_PIECE = 8
"""Characters that two random values do not share by chance."""
_MOST_SHOWN = 12
"""Characters of what stands around a value."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How a value differs from the one that was sent. Lengths and ``at`` count characters of decoded values.

    Values alone do not tell ``unencoded`` and ``beside``, which is another value of the same name; the redirect does.
    """

    kind: DriftKind
    at: int
    """Index of the first character that differs."""
    sent_length: int
    seen_length: int
    before: str = ""
    after: str = ""
    """What stands around a value that was wrapped, or follows one that was appended to."""

    @property
    def joint(self) -> str:
        """The character by which another parameter was joined to the value's end, ``?`` for ``&``; else empty."""
        joined = _JOINED.match(self.after) if self.kind == "appended" else None
        return joined[1] if joined else ""

    @property
    def text(self) -> str:
        """The change in words that follow "the state"."""
        if self.kind == "truncated":
            return f"was cut off after {self.seen_length} of {self.sent_length} characters"
        if self.joint:
            return f"has `{self.after[1:].partition('=')[0]}` joined to its end by `{self.joint}`"
        if self.kind == "appended" and LABEL.search(self.after):
            # A label is not as long as what it stands for.
            return f"had what is hidden as “{_short(self.after)}” appended"
        if self.kind == "appended":
            return f"had {self.seen_length - self.sent_length} characters appended"
        if self.kind == "wrapped":
            sides = ((self.before, "before"), (self.after, "after"))
            around = " and ".join(f"“{_short(text)}” {side}" for text, side in sides if text)
            return f"was wrapped in other characters: {around} it"
        if self.kind == "altered":
            return f"was altered from character {self.at + 1} on ({self.sent_length} sent, {self.seen_length} returned)"
        return _WORDS[self.kind]


_WORDS: dict[DriftKind, str] = {
    "missing": "is missing",
    "swapped": "is that of another login",
    "lower_cased": "was turned into lower case",
    "upper_cased": "was turned into upper case",
    "plus_to_space": "has spaces where plus signs were",
    "space_to_plus": "has plus signs where spaces were",
    "percent_decoded": "was percent-decoded once too often",
    "unencoded": "was not percent-encoded",
    "double_encoded": "was percent-encoded once too often",
    "base64": "was base64-encoded",
    "duplicated": "was repeated",
    "beside": "came back beside another value of the same name",
    "trimmed": "lost the blanks at its ends",
    "replaced": "was replaced by another value",
}


def drift(sent: str, seen: str | None, others: Iterable[str] = ()) -> Drift | None:
    """How ``seen`` differs from ``sent``, both decoded; None where they are equal.

    ``others`` are the values of parallel logins, to tell a swap from a replacement; another state of Alexa's is also
    known by its shape. Where one difference could have come about in several ways, the most specific one is named.
    """
    if sent == seen:
        return None
    if not seen:
        return Drift("missing", 0, len(sent), 0)
    kind = "swapped" if seen in set(others) else _kind(sent, seen)
    if kind == "wrapped":
        before, _, after = seen.partition(sent)
        return Drift(kind, 0, len(sent), len(seen), before, after)
    if kind == "appended":
        return Drift(kind, len(sent), len(sent), len(seen), after=seen[len(sent) :])
    return Drift(kind, _common(sent, seen), len(sent), len(seen))


def _kind(sent: str, seen: str) -> DriftKind:
    if seen == sent.lower():
        return "lower_cased"
    if seen == sent.upper():
        return "upper_cased"
    if seen == sent.replace("+", " "):
        return "plus_to_space"
    if seen == sent.replace(" ", "+"):
        return "space_to_plus"
    if seen in {unquote(sent), unquote_plus(sent)}:
        return "percent_decoded"
    if _is_encoded(sent, seen):
        return "double_encoded"
    if seen.rstrip("=").translate(_STANDARD) == base64.b64encode(sent.encode()).decode().rstrip("="):
        return "base64"
    if any(seen == joint.join((sent, sent)) for joint in _JOINTS):
        return "duplicated"
    if seen in {sent.strip(), sent.lstrip(), sent.rstrip()}:
        return "trimmed"
    if sent.startswith(seen):
        return "truncated"
    if seen.startswith(sent):
        return "appended"
    if sent in seen and len(sent) >= KIN_PREFIX:
        return "wrapped"
    if akin(sent, seen):
        return "altered"
    return "swapped" if _is_another_state(sent, seen) else "replaced"


def _is_another_state(sent: str, seen: str) -> bool:
    """Whether both begin as all states of Alexa do, and nothing of ``sent`` is left in ``seen`` after that."""
    start, whole = len(STATE_PREFIX), min(len(sent), len(seen)) >= 2 * KIN_PREFIX
    if not whole or sent[:start] != STATE_PREFIX or seen[:start] != STATE_PREFIX:
        return False
    kept = seen.casefold()
    return not any(sent[at : at + _PIECE].casefold() in kept for at in range(start, len(sent) - _PIECE, _PIECE))


def _short(text: str) -> str:
    """The beginning of ``text``, with the label that would be cut."""
    most = max([_MOST_SHOWN, *(label.end() for label in LABEL.finditer(text) if label.start() < _MOST_SHOWN)])
    return text if len(text) <= most else text[:most] + "…"


def _is_encoded(sent: str, seen: str) -> bool:
    for _ in range(_MOST_ENCODINGS):
        once = unquote(seen)
        if sent in {once, unquote_plus(seen)}:
            return True
        if once == seen:
            return False
        seen = once
    return False


def akin(sent: str, seen: str) -> bool:
    """Whether ``seen`` can be recognised as ``sent`` or an altered copy of it, rather than another value."""
    wanted = min(KIN_PREFIX, len(sent))
    mine = {text.casefold() for text in (sent, sent.strip(), unquote(sent))}
    theirs = {text.casefold() for text in (seen, seen.strip(), unquote(seen))}
    beginnings = {text[:wanted] for text in theirs if len(text) >= wanted}
    return any(text[:wanted] in beginnings for text in mine if len(text) >= wanted)


def _common(one: str, other: str) -> int:
    """How many characters the two share at their beginning."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
