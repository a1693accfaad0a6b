"""What to do about what may have kept a screen from showing anything."""

from __future__ import annotations

from e2e_linker.derive.screen_causes import Suspect, SuspectKind

__all__ = ["blank_remedy"]

_BY_KIND: dict[SuspectKind, str] = {
    "status": "Answer with a page that says what went wrong, and repair what makes the server answer so.",
    "policy": "Allow in the page's Content-Security-Policy what the page needs to be shown.",
    "request": "Make what did not load available, and let the page show its form without it.",
    "mixed": "Ask for it over https; browsers load nothing over http into a page that came over https.",
    "page_error": "Repair the script error, and let the page show its form when a script fails.",
    "framing": "Lead the browser to the framed page and back instead of showing it in a frame.",
    "waiting": "Do not wait without end for what may never come: show the page after a second at the latest.",
}


def blank_remedy(first: Suspect) -> str:
    """What to do about ``first``, the likeliest of all suspects."""
    return first.fix or _BY_KIND[first.kind]
