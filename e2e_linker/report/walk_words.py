"""What the walks are called on the page: evidence knows them by ids."""

from __future__ import annotations

from typing import Final

from e2e_linker.report.probe_words import PROBES

__all__ = ["link_words", "walk_words"]

_WHOLE: Final = {
    "measured": "the case's own visit",
    "warm": "second visit in the same browser",
    "special-state": "visit with special characters in the state",
    "abandoned-last": "visit after logins that were given up",
}
_BEGINNINGS: Final = (
    ("simulated", "visit with the Domain List enforced"),
    ("region-", "visit with the redirect URI of region {}"),
    ("parallel-", "two logins side by side, the {} one"),
    ("unknown-", "redirect URI that nobody registered, {}"),
    ("abandoned-", "login that was given up, number {}"),
    ("grown-", "visit with grown cookies, {}"),
)
_ORDER: Final = {"a": "first", "b": "second"}


def walk_words(walk: str) -> str:
    """``walk`` in plain words; its id where there are none. ``parallel-a~2`` is one of the second run of several."""
    walk, _, nth = walk.partition("~")
    if nth:
        return f"{walk_words(walk)} (run {nth})"
    if walk in _WHOLE:
        return _WHOLE[walk]
    if walk.startswith("minted-"):
        return link_words(walk.removeprefix("minted-"))
    for beginning, words in _BEGINNINGS:
        if walk.startswith(beginning):
            rest = walk.removeprefix(beginning).replace("-", " ")
            return words.format(_ORDER.get(rest, rest))
    return f"walk {walk}"


def link_words(link: str) -> str:
    """A link that a probe made, by its id: ``second_account-1`` is the first one made for “Another account”."""
    probe, _, number = link.rpartition("-")
    known = {str(name): title for name, (title, _) in PROBES.items()}
    return f"link {number} made for “{known[probe]}”" if probe in known else f"link {link}"
