"""The nearest known word to a misspelled one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["nearest"]

_LONGEST = 64
"""Words beyond this are nobody's misspelling, and comparing them is slow."""


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The one of ``choices`` that ``word`` most likely stands for, or None where nothing comes near.

    Case, blanks, hyphens and underscores count for nothing. ``cutoff`` runs from 0 (anything) to 1 (equal).
    """
    plain = {_plain(choice): choice for choice in choices}
    if len(word) > _LONGEST:
        return None
    found = get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else None


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in " _-")
