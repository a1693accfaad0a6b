"""The nearest known word to a misspelled one, and how it is offered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from e2e_linker.config.written import shown

__all__ = ["misspelled", "nearest", "offer"]

_LONGEST = 64
"""Words beyond this are nobody's misspelling, and comparing them is slow."""

_SHORTEST_PART = 3

_NEAR = 0.7
"""What a word is like at least that is offered for another: further off, it is mostly a word of its own."""

_MOST_LISTED = 20
_NEAREST_LISTED = 8
"""How many names are listed at most, and how many of the nearest where there are more."""


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The one of ``choices`` that ``word`` most likely stands for, or None where nothing comes near.

    Case, blanks, hyphens and underscores count for nothing. ``cutoff`` runs from 0 (anything) to 1 (equal).
    """
    plain = {_plain(choice): choice for choice in choices}
    if len(word) > _LONGEST:
        return None
    found = get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else None


def misspelled(word: str, choices: Iterable[str]) -> str | None:
    """The one of ``choices`` that is to be offered to somebody who wrote ``word``; None where none is so near."""
    return nearest(word, choices, cutoff=_NEAR)


def offer(word: str, choices: Collection[str], *, listed: Collection[str] | None = None) -> str:
    """The hint for somebody who wrote ``word``, which is none of ``choices``: the one that is meant, and all of them.

    Where none is spelled like it, the first that holds it, or is held by it, is taken for the one that is meant.
    ``listed`` are the names to list where that need not be all; of more than 20, the nearest are.
    """
    near = misspelled(word, choices) or next((choice for choice in choices if _part(word, choice)), None)
    there = f"there are: {_listed(word, listed or choices)}"
    return f"did you mean {shown(near)}? {there}" if near else there


def _listed(word: str, names: Collection[str]) -> str:
    if len(names) <= _MOST_LISTED:
        return ", ".join(map(shown, names))
    plain = {_plain(name): name for name in names}
    near = [plain[found] for found in get_close_matches(_plain(word[:_LONGEST]), plain, n=_NEAREST_LISTED, cutoff=0)]
    return f"{', '.join(map(shown, near))} and {len(names) - len(near)} more"


def _part(word: str, choice: str) -> bool:
    short, long = sorted((_plain(word), _plain(choice)), key=len)
    return len(short) >= _SHORTEST_PART and short in long


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in " _-")
