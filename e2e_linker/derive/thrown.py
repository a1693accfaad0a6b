"""Where an uncaught error of a page was thrown."""

from __future__ import annotations

import re

from e2e_linker.evidence.models import PageError

__all__ = ["thrown_at"]

_AN_ADDRESS = re.compile(r"https?://[^\s()]+?(?=(?::\d+){1,2}\)?\s*$)", re.MULTILINE)
"""Where a line of a stack says that it is: the words of an error name other addresses."""


def thrown_at(error: PageError) -> str | None:
    """The address of the script, or of the page where it stands in that; None where the engine does not tell.

    Chromium does not for a script that it cannot read at all.
    """
    stack = error.stack or ""
    # Some engines begin with the error's name and its words, of which the last may be an address with a port.
    name = stack.partition(error.message)[0] if error.message else ""
    told = len(name) + len(error.message) if not {"\n", "/"} & set(name) else 0
    found = _AN_ADDRESS.search(stack, told)
    return found[0] if found else None
