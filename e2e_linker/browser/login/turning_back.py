"""The window that a login gives up for the one that opened it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Page

from e2e_linker.evidence.models import Ending

__all__ = ["LeavableWindows", "TurningBack"]


class LeavableWindows(Protocol):
    """The windows of a walk, as far as one may be left for another."""

    def turn_back(self) -> bool:
        """Leave the newest window for the one that opened it, where that has moved on since; False where not."""
        ...

    def return_to(self, page: Page) -> None:
        """Go back to a window that was left."""
        ...


@dataclass(slots=True)
class TurningBack:
    """A page may open a second window with nothing in it to do, and itself lead on."""

    _left: tuple[Page, Ending, int] | None = None
    """The window that was left, why, and how much had been done by then."""

    def give_up(self, windows: LeavableWindows, page: Page, ending: Ending, actions: int) -> tuple[Page, Ending] | None:
        """Where and why the walk ends that was stuck on ``page`` after so many ``actions``.

        None where another window is to be looked at. Where there is nothing to do in that one either, the walk ends
        where it was before, and as it would have.
        """
        if windows.turn_back():
            self._left = page, ending, actions
            return None
        if self._left is not None and self._left[-1] == actions:
            page, ending, _ = self._left
            windows.return_to(page)
        return page, ending
