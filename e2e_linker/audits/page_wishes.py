"""What to do where the page that a login ended on may want something of the test account."""

from __future__ import annotations

from typing import Final

from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.wordings import CHOOSING, VERIFYING, first_match

__all__ = ["wanted_first"]

_SHORT: Final = 600
"""Characters of a page's text in which what it wants is to be found."""


def wanted_first(end: DeadEnd, fix: str) -> str:
    """``fix``, and what the page at ``end`` may want beside it: before it where its words say so, else behind."""
    page = end.page
    said = (page.title, *page.headings, page.text[:_SHORT])
    if end.words or any(first_match(words, *said) for words in (CHOOSING, VERIFYING)):
        return f"Do what this page asks of the test account, such as confirming its e-mail address. Otherwise: {fix}"
    return f"{fix} Where the page asks something of the test account, do that first."
