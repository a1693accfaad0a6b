"""Whether a page shows what its customer will see, so that it may be typed into, pictured and measured."""

from __future__ import annotations

from e2e_linker.browser.pages.controls import View

__all__ = ["DRAWING_S", "is_drawn"]

DRAWING_S = 1.0
"""Seconds that a page is given to be drawn before the first action on it: its sheets and its words may never come."""


def is_drawn(view: View) -> bool:
    """Whether every style sheet has come and, where there are fields, a word: scripts may put in all texts after them.

    Fields that are named by their placeholders, and buttons by their values, need no other word.
    """
    shown = [control for control in view.controls if control.visible]
    fields = any(control.kind == "field" for control in shown)
    return view.styled and not (fields and _is_wordless(view) and not any(control.label for control in shown))


def _is_wordless(view: View) -> bool:
    return not any(frame.text.strip() for frame in view.frames)
