"""What is said of a capture that came back to Alexa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from e2e_linker.report.model import CaseReport

__all__ = ["CAME_BACK", "came_back_words"]

CAME_BACK: Final = "came back to Alexa; whether the code was redeemed, a capture does not show"
"""Said of a capture that shows the whole way there is to see."""


def came_back_words(cases: Sequence[CaseReport]) -> str:
    """What is said of captures that came back to Alexa; one of them has a hint only where Alexa did not link then."""
    refused = sum(case.ending.kind == "arrived" and case.ending.hint is not None for case in cases)
    if refused < len(cases):
        return f"{CAME_BACK}{f', but of {refused} its own page says that it did not link' * bool(refused)}"
    return "came back to Alexa, whose own page then says that it did not link"
