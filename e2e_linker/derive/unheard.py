"""A button that was pressed, and nothing came of it. Pure."""

from __future__ import annotations

from e2e_linker.evidence.models import LoginStep, Walk, records
from e2e_linker.evidence.traffic import SCRIPTED

__all__ = ["unheard_press"]

_PRESSES = frozenset({"click", "submit"})
_DONE_SINCE = frozenset({"fill", "check", "python"})


def unheard_press(walk: Walk) -> LoginStep | None:
    """The press of a button at which ``walk`` came to a dead end, where no page asked for anything since."""
    steps = records(walk.login)
    # What is sent by the return key in a field that was typed into is pressed as nothing else is.
    typed_into = {step.target for step in steps if step.action == "fill"}
    pressed = [n for n, step in enumerate(steps) if step.action in _PRESSES and step.target not in typed_into]
    if walk.ending.kind != "dead_end" or not pressed:
        return None
    press, later = steps[pressed[-1]], steps[pressed[-1] :]
    # A page in which more was done since let the customer go on.
    if press.outcome != "done" or any(step.action in _DONE_SINCE for step in later):
        return None
    asked = any(r.at >= press.at and (r.navigation or r.resource_type in SCRIPTED) for r in records(walk.requests))
    return None if asked else press
