"""How much of a value that stands where a secret belongs is one."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from e2e_linker.evidence.token_looks import is_placeholder, is_unguessable, is_wording

__all__ = ["beside_state", "secret_part"]

_JOINT = re.compile(r"[?&;]state=")
_SHORTEST = 4
_FEWEST_MADE_UP = 8
"""Characters of what is a secret by itself beside a state: so many are found wherever they stand."""
_FEWEST_DIGITS = 6
_SIGNS = ".,:;|/_~-"
"""What programs put between two values that they join."""
_PARTED = re.compile(r"[\s<>&?#\"']")


def secret_part(value: str, public: AbstractSet[str]) -> str:
    """``value`` less a state of ``public`` that was joined to its end or stands directly before or behind it; empty
    where it is a program's word for nothing, nothing that can be read, or a piece of what is public, such as of a state
    that was cut at one of its characters.

    So a redirect shows how its parameters were joined (``?code=<code#1>?state=…``), and an answer that it has no token.
    """
    if is_placeholder(value) or not value.strip("\ufffd") or _is_piece(value, public):
        return ""
    joint = _JOINT.search(value)
    rest = value[joint.end() :] if joint else ""
    if joint and (rest in public or _is_piece(rest, public)):
        return value[: joint.start()]
    return beside_state(value, public) or value


def beside_state(value: str, public: AbstractSet[str]) -> str:
    """What may be a secret directly before or behind a state of ``public`` in ``value``; empty where nothing is.

    It is ``value`` itself where several were joined, or a number was, which stands for other things elsewhere.
    """
    rests = _beside(value, public)
    made_up = [rest for rest in rests if _is_made_up(rest)]
    if made_up and len(rests) == 1:
        return made_up[0]
    numbered = any(rest.isdigit() and len(rest) >= _FEWEST_DIGITS for rest in rests)
    return value if made_up or numbered else ""


def _beside(value: str, public: AbstractSet[str]) -> list[str]:
    """What stands before and behind something public and unguessable in ``value``, less what protects nothing."""
    joined = [known for known in public if known in value and known != value and "://" not in known]
    known = min(filter(is_unguessable, joined), key=lambda known: (-len(known), known), default=None)
    rests = dict.fromkeys(rest.strip(_SIGNS) for rest in value.split(known)) if known else {}
    return [
        rest
        for rest in rests
        if len(rest) >= _SHORTEST and "://" not in rest and rest not in public and not _is_piece(rest, public)
    ]


def _is_made_up(text: str) -> bool:
    """Whether ``text`` may be a secret by itself: no word, number or text, which mean other things elsewhere."""
    if len(text) < _FEWEST_MADE_UP or text.isdigit() or _PARTED.search(text) or is_wording(text):
        return False
    return is_unguessable(text) or any(map(str.isdigit, text))


def _is_piece(value: str, public: AbstractSet[str]) -> bool:
    if not is_unguessable(value):
        return False
    folded = value.casefold()
    return any(len(folded) <= len(known) and folded in known.casefold() for known in public)
