"""What to do about what may have kept a screen from showing anything."""

from __future__ import annotations

from e2e_linker.audits.screens import shows
from e2e_linker.derive.screen_causes import Suspect, SuspectKind
from e2e_linker.derive.screens import ScreenVerdict

__all__ = ["LOOK", "blank_remedy", "colour_remedy", "so_far", "unexplained"]

_BY_KIND: dict[SuspectKind, str] = {
    "status": "Answer with a page that says what went wrong, and repair what makes the server answer so.",
    "policy": "Allow in the page's Content-Security-Policy what the page needs to be shown.",
    "request": "Make what did not load available, and let the page show its form without it.",
    "mixed": "Ask for it over https; browsers load nothing over http into a page that came over https.",
    "page_error": "Repair the script error, and let the page show its form when a script fails.",
    "framing": "Lead the browser to the framed page and back instead of showing it in a frame.",
    "waiting": "Do not wait without end for what may never come: show the page after a second at the latest.",
}
_LONGER = " Where it is only slow, `expect.timeout` lets the tester wait longer for it."
_COLOURS = (
    "Set the colour of text, fields and buttons together with that of the background behind them, in every rule that "
    "changes one of the two: under `prefers-color-scheme: dark`, at this screen's width, in a theme."
)
LOOK = (
    "Open the page in a browser whose window is as large as this screen, and look in its developer tools at what the "
    "document holds, at the styles that hide it, and at what its scripts wait for."
)
"""What to do where nothing that failed is known."""
_LONGEST, _MOST_NAMED = 60, 3


def blank_remedy(first: Suspect) -> str:
    """What to do about ``first``, the likeliest of all suspects."""
    return first.fix or f"{_BY_KIND[first.kind]}{_LONGER * _may_come(first)}"


def so_far(last: ScreenVerdict, first: Suspect | None) -> str:
    """What an empty screen shows, the rest of a sentence; of one that waits for ``first``, as long as it was seen."""
    shown = shows(last)
    return shown.replace("stays blank", "was blank as long as the tester waited", 1) if _may_come(first) else shown


def _may_come(first: Suspect | None) -> bool:
    """Whether it is only not answered yet."""
    asked = first.request if first is not None and first.kind == "waiting" else None
    return asked is not None and asked.status is None and asked.failure is None


def unexplained(last: ScreenVerdict) -> str:
    """What is known of the cause where nothing is suspected, as a sentence."""
    if last.faded:
        held = [control.label or control.name for control in last.digest.controls if control.faint]
        named = ", ".join(f"“{label[:_LONGEST]}”" for label in list(filter(None, held))[:_MOST_NAMED])
        return f"The page's own colours hide it{named and f': {named}'}."
    return "Nothing in the evidence says why: no failed request, no script error, no violated policy."


def colour_remedy(last: ScreenVerdict) -> str | None:
    """What to do about a page that its own colours hide; None for others."""
    return _COLOURS if last.faded else None
