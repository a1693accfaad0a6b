"""What a page says to somebody who links an account that is linked already."""

from __future__ import annotations

import re

from e2e_linker.audits.walks import of_walk
from e2e_linker.evidence.labels import LABEL
from e2e_linker.evidence.models import Present, Screen, Walk

__all__ = ["alike", "last_text", "linked_before"]

_LINKED = (
    r"(?:linked|connected|paired|associated|verknüpft|verbunden|gekoppelt|liée?|associée?|jumelée?"
    r"|vinculad[ao]|enlazad[ao]|asociad[ao]|associad[ao]|collegat[ao]|associat[ao]|gekoppeld)"
)
_SAID = re.compile(
    rf"\b(?:already|bereits|schon|déjà|ya|già|já|reeds)(?:\W+\w+){{0,3}}?\W+{_LINKED}\b"
    r"|(?:すでに|既に)[^。\n]{0,12}(?:リンク|連携|接続)",
    re.IGNORECASE,
)
_UNSAID = re.compile(r"\?[\s\W]*\Z|\A\W*(?:if|wenn|falls|si|se|als)\b", re.IGNORECASE)
"""What asks whether it is so, as the way to another page does, says nothing of the account."""
_LONGEST = 160
_CHANGING = re.compile(rf"{LABEL.pattern}|\w*\d\w*")
"""Numbers, times and ids, which are others on every page."""


def last_text(walk: Walk) -> str:
    """The text of the page that ``walk`` ended on; empty where it came to its end, or nobody looked."""
    screens: tuple[Screen, ...] = of_walk(walk, "screens") or ()
    digest = screens[-1].digest if screens and walk.ending.kind != "arrived" else None
    return digest.value.text if isinstance(digest, Present) else ""


def alike(text: str) -> str:
    """``text`` as it is compared with that of another page of its kind: less what changes from one to the next."""
    return " ".join(_CHANGING.sub("", text).split())


def linked_before(walk: Walk) -> str | None:
    """The sentence by which the last page of ``walk`` says that the account is linked already; None where none does."""
    for sentence in re.split(r"(?<=[.!?。])\s|\n", last_text(walk)):
        if _SAID.search(sentence) and not _UNSAID.search(sentence):
            return " ".join(sentence.split())[:_LONGEST]
    return None
