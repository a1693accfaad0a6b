"""Text that came from elsewhere, made fit for a terminal, and the signs that stand there."""

from __future__ import annotations

import unicodedata

__all__ = ["SIGNS", "plain"]

SIGNS: dict[str, tuple[str, str]] = {
    "links": ("✓", "green"),
    "fails": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "errored": ("!", "magenta"),
}
"""The sign and its colour for what became of a case."""


def plain(text: str) -> str:
    """``text`` without what would steer a terminal: a server's words may hold escape sequences. Line breaks stay."""
    return "".join(
        letter if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf"} else "\N{REPLACEMENT CHARACTER}"
        for letter in text.replace("\r\n", "\n").expandtabs(4)
    )
