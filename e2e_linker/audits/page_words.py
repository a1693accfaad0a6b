"""What findings quote of the page that a login ended on."""

from __future__ import annotations

import re

from e2e_linker.derive.blamed_parts import error_in_address
from e2e_linker.derive.dead_ends import DeadEnd

__all__ = ["around", "quoted"]

_QUOTED = 160


def quoted(end: DeadEnd) -> str:
    """The status of the page at ``end`` and what it says, as a list of nouns."""
    page = end.page
    said = [f"status {page.status}"]
    if page.title:
        said.append(f"title “{page.title[:_QUOTED]}”")
    text = " ".join(page.text.split())
    if text and text != page.title:
        said.append(f"“{text[:_QUOTED]}{'…' if len(text) > _QUOTED else ''}”")
    given = " ".join(error_in_address(page.url).split()) if end.kind == "error" else ""
    if given and given not in f"{page.title} {text}":
        said.append(f"in its address “{given[:_QUOTED]}{'…' if len(given) > _QUOTED else ''}”")
    if end.words and not any(end.words in quote for quote in said):
        said.append(f"and in it “{end.words}”")
    if page.empty and not text:
        said.append("an empty page")
    return ", ".join(said)


def around(line: str, words: re.Pattern[str]) -> str:
    """Of ``line`` 160 characters at most, with the first of ``words`` that stand in it about their middle."""
    text = " ".join(line.split())
    found = words.search(text)
    middle = (found.start() + found.end()) // 2 if found else 0
    begin = max(0, min(middle - _QUOTED // 2, len(text) - _QUOTED))
    return f"{'…' if begin else ''}{text[begin : begin + _QUOTED]}{'…' if begin + _QUOTED < len(text) else ''}"
