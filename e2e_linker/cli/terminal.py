"""Text that came from elsewhere, made fit for a terminal, and the ways in which it stands there."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["SIGNS", "plain", "print_under", "print_whole"]

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


def print_under(console: Console, text: str, style: str = "") -> None:
    """Print ``text`` two columns in, its lines broken between words."""
    from rich.text import Text

    for line in Text(plain(text), style=style).wrap(console, max(20, console.width - 2)):
        line.rstrip()
        console.print(Text("  ").append(line), soft_wrap=True)


def print_whole(console: Console, text: str) -> None:
    """Print a line that is to be copied: never broken, however narrow the terminal is."""
    from rich.text import Text

    console.print(Text(plain(text)), soft_wrap=True)
