"""The cookies of a ``Cookie`` or ``Set-Cookie`` header."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["cookies_hidden", "cookies_in"]


def cookies_in(name: str, value: str) -> list[tuple[str, str]]:
    """The cookies (name, value) of a ``Cookie`` or ``Set-Cookie`` header; none of any other header.

    Firefox joins several ``Set-Cookie`` with line feeds.
    """
    header = name.lower()
    if header == "set-cookie":
        pairs = [line.partition(";")[0] for line in value.split("\n")]
    elif header == "cookie":
        pairs = value.split(";")
    else:
        return []
    split = (pair.strip().partition("=") for pair in pairs)
    return [(left, right) if joint else ("", left) for left, joint, right in split]


def cookies_hidden(name: str, value: str, hide: Callable[[str], str]) -> str:
    """The ``Cookie`` or ``Set-Cookie`` header with ``hide`` applied to the value of each cookie."""
    glue = "\n" if name.lower() == "set-cookie" else ";"
    hidden: list[str] = []
    for part in value.split(glue):
        pair, joint, attributes = part.partition(";")
        left, equals, right = pair.partition("=")
        hidden.append(f"{left}{equals}{hide(right.strip())}" if equals else hide(pair.strip()))
        hidden[-1] += joint + attributes
    return glue.join(hidden)
