"""Where an uncaught error of a page was thrown."""

from __future__ import annotations

import re

from e2e_linker.evidence.models import PageError

__all__ = ["thrown_at", "thrown_place"]

_AN_ADDRESS = re.compile(r"https?://[^\s()]+?(?=(?::\d+){1,2}\)?\s*$)", re.MULTILINE)
"""Where a line of a stack says that it is: the words of an error name other addresses."""


_AT = re.compile(r":(\d{1,9})(?::(\d{1,9}))?")
_FUNCTION = re.compile(
    r"\s*at (?:async |new )*(?P<chromium>[\w$.]{3,60}) (?:\[as \S+\] )?\($|(?:async\*)?(?P<gecko>[\w$.]{3,60})@$"
)
"""How a line of a stack begins that names a function; a shorter name was made by what shortens scripts."""


def thrown_at(error: PageError) -> str | None:
    """The address of the script, or of the page where it stands in that; None where the engine does not tell.

    Chromium does not for a script that it cannot read at all.
    """
    found = _first(error)
    return found[0] if found else None


def thrown_place(error: PageError) -> str | None:
    """Where in that script, such as “line 3, column 7, in load”; None where the engine does not tell."""
    found = _first(error)
    at = _AT.match(found.string, found.end()) if found else None
    if found is None or at is None:
        return None
    named = _FUNCTION.match(found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()])
    function = (named["chromium"] or named["gecko"]) if named else None
    column = f"column {at[2]}" if at[2] else None
    return ", ".join(filter(None, (f"line {at[1]}", column, f"in {function}" if function else None)))


def _first(error: PageError) -> re.Match[str] | None:
    stack = error.stack or ""
    # Some engines begin with the error's name and its words, of which the last may be an address with a port.
    name = stack.partition(error.message)[0] if error.message else ""
    told = len(name) + len(error.message) if not {"\n", "/"} & set(name) else 0
    return _AN_ADDRESS.search(stack, told)
