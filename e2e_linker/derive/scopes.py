"""Which of the scopes that were asked for a token answer leaves out, read as leniently as servers write them.

RFC 6749 has scopes divided by blanks (section 3.3), and an answer that says nothing of them grants what was asked for
(section 5.1). Servers also write lists, divide by commas, shorten what is a URL, and name only what holds the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

__all__ = ["left_out"]

_DIVIDERS = re.compile(r"[\s,;|+\[\]{}\"']+")
_JOINTS = ("/", ":", ".", "#")
_EVERYTHING = frozenset({"*", "all", "full"})
_NOTHING = frozenset({"null", "none", "undefined"})
"""What an empty value becomes where it is written into a text."""
_HELD_BY = {"read": ("write", "admin"), "write": ("admin",)}
"""Which words before a colon hold others: GitHub drops what an asked scope holds, and names ``admin:x`` alone (“Scopes
for OAuth apps”, normalized scopes). Behind the colon, as in ``x:write``, they promise nothing of the kind."""


def left_out(asked: Iterable[str], answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes among ``asked`` that the ``scope`` of ``answer`` does not grant, each once, in their order.

    None are left out by an answer without a scope, or with an empty one.
    """
    said = answer.get("scope")
    parts = said if isinstance(said, list) else [said]
    granted = {name for part in parts if isinstance(part, str) for name in _names(part)}
    if not granted - _NOTHING or granted & _EVERYTHING:
        return ()
    wanted = dict.fromkeys(scope for text in asked for scope in text.split())
    return tuple(scope for scope in wanted if not all(_is_among(granted, name) for name in _names(scope)))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in _DIVIDERS.split(unquote(text).casefold()) if name)


def _is_among(granted: Iterable[str], asked: str) -> bool:
    return any(_covers(each, asked) for each in granted)


def _covers(granted: str, asked: str) -> bool:
    """Whether they are one scope with and without what stands around its name, or one holds the other."""
    pairs = ((granted, asked), (asked, granted))
    if granted == asked or any(one.endswith("*") and other.startswith(one.rstrip("*")) for one, other in pairs):
        return True
    if _holds_lesser(granted, asked):
        return True
    return any(
        longer.startswith(shorter + joint) or longer.endswith(joint + shorter)
        for longer, shorter in pairs
        for joint in _JOINTS
    )


def _holds_lesser(granted: str, asked: str) -> bool:
    """Whether ``asked`` does less with the same thing: ``read:x`` where ``write:x`` or ``admin:x`` is granted."""
    may, _, what = asked.partition(":")
    return bool(what) and any(granted == f"{more}:{what}" for more in _HELD_BY.get(may, ()))
