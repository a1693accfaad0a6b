"""Which controls stand still, going by one look after another."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from e2e_linker.browser.login.memory import Key
from e2e_linker.browser.pages.controls import Box, Seen, View

__all__ = ["Stillness"]

_STILL_S = 0.035
"""Seconds between two looks that find a control in the same place, for it to stand still: more than two frames."""
_DRAWN_S = 0.017
"""The same where the page has been drawn in between, as for a picture: more than one frame."""


@dataclass(slots=True)
class Stillness:
    """Where each control is, and since when: seconds of the monotonic clock."""

    _places: dict[Key, tuple[Box, float]] = field(default_factory=dict)

    def note(self, view: View) -> None:
        """Remember ``view``, which has just been seen."""
        now = time.monotonic()
        for control in view.controls:
            if self._places.get(control.key, (None, 0.0))[0] != control.box:
                self._places[control.key] = control.box, now

    def at(self, control: Seen, asked_at: float, *, drawn: bool = False) -> float | None:
        """``asked_at`` where the look asked for then found ``control`` as it had been some frames before.

        None where it may be moving, is in a frame, or has something in its way. ``drawn``: the page has been drawn
        since it was looked at before.
        """
        box, since = self._places[control.key]
        stood = box == control.box and asked_at - since >= (_DRAWN_S if drawn else _STILL_S)
        return asked_at if stood and control.frame == 0 and control.enabled and not control.covered_by else None
