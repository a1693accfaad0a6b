"""Whether a page that has links only can be gone on from: one is to be chosen, or signs in with another service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from e2e_linker.derive.screen_words import ASIDE, ASKING, SIGNING_IN_BY
from e2e_linker.derive.wordings import CHOOSING, first_match
from e2e_linker.evidence.models import Control, DomDigest

__all__ = ["leads_on"]

_FEWEST = 2
"""Links from which there is something to choose."""
_OTHER_USE = re.compile(r"^\W*(?:pay|chat|talk|write|follow|share|shop|buy|order|find)\b", re.IGNORECASE)
"""Labels of links to another service that sign nobody in."""
_ELSEWHERE = ("mailto:", "tel:", "sms:")


def leads_on(digest: DomDigest, links: Sequence[Control]) -> bool:
    """Whether one of ``links``, all that can be used, is to be pressed.

    The links of a header stand before what a page asks, and those of a footer say what they are: a page whose main part
    did not come has both.
    """
    usable = [(_squeezed(link.label or ""), link.href) for link in links if link.enabled and link.covered_by is None]
    labels = [label for label, _ in usable]
    if any(first_match(SIGNING_IN_BY, one) for one in labels if not (ASIDE.search(one) or _OTHER_USE.search(one))):
        return True
    choices = {
        one for one in usable if one[0] and not ASIDE.search(one[0]) and not (one[1] or "").startswith(_ELSEWHERE)
    }
    return any(sum(label in rest for label, _ in choices) >= _FEWEST for rest in _below_questions(digest, labels))


def _below_questions(digest: DomDigest, labels: Sequence[str]) -> Iterator[str]:
    """What the page says below each heading, or below its first line, that asks to choose."""
    first = next(filter(None, map(_squeezed, digest.text.splitlines())), "")
    for asked in dict.fromkeys((*map(_squeezed, digest.headings), first)):
        if asked not in labels and (first_match(CHOOSING, asked) or first_match(ASKING, asked)):
            yield _squeezed(digest.text).partition(asked)[2]


def _squeezed(text: str) -> str:
    return " ".join(text.split())
