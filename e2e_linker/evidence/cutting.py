"""Cuts long texts of pages to size without leaving a part of a secret behind.

A secret that is cut is not found any more, and what is left of it would be kept. So what is known is replaced first,
and the word that the cut goes through is left out, as it may be a secret that becomes known later.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["SPARE", "cut"]

SPARE = 4_096
"""Characters that are kept beyond a limit until secrets have been looked for: more than one takes in any encoding."""
_LONGEST_WORD = 2_048


def cut(text: str, limit: int, redact: Callable[[str], str] = str) -> str:
    """``text`` in at most ``limit`` characters; one that is longer is redacted before it is cut.

    Whoever cuts ``text`` before must leave ``limit`` + :data:`SPARE` characters: at its end may stand half a secret.
    """
    if len(text) <= limit:
        return text
    clean = redact(text[: limit + SPARE])
    sure = clean if len(text) < limit + SPARE else clean[:-SPARE]
    kept = sure[:limit]
    return kept if kept == clean else _without_last_word(kept)


def _without_last_word(text: str) -> str:
    """``text`` up to its last word, if that is of ASCII: no server makes up a secret of other signs."""
    end = len(text)
    while end and len(text) - end < _LONGEST_WORD and "!" <= text[end - 1] <= "~":
        end -= 1
    return text[:end]
