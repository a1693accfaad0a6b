"""What keeps a person from pressing what the last screen asks them to press: it is covered, or out of reach."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.wordings import CONSENT
from e2e_linker.evidence.models import Control, Walk, records

__all__ = ["Obstacles", "obstacles"]

_NEEDED = frozenset({"field", "button", "checkbox"})
_MADE_BY_SCRIPT = "generic"
_SMALLEST_PX = 2


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Fields, buttons and boxes of the last screen that cannot be pressed, by what is wrong with them."""

    covered: tuple[Control, ...] = ()
    """Under something else; where presses failed there, only what they were meant for."""
    beyond: tuple[Control, ...] = ()
    """Where nobody can scroll to; where a button of a form can be seen, not what a script alone makes a button, but for
    what says that it leads on."""
    tiny: tuple[Control, ...] = ()
    """Buttons without a size, where no other can be seen."""


@fact
def obstacles(screen_verdicts: tuple[ScreenVerdict, ...], walk: Walk) -> Obstacles:
    """Those of the last screen of ``walk``; none where it arrived or nobody could look."""
    last = screen_verdicts[-1] if screen_verdicts else None
    if last is None or walk.ending.kind == "arrived":
        return Obstacles()
    needed = [control for control in last.digest.controls if control.kind in _NEEDED and control.enabled]
    tried = _tried(walk)
    seen = any(c.kind == "button" and c.visible for c in needed)
    sends = any(c.type == "submit" and c.visible for c in needed)
    flat = (c for c in needed if c.type == "submit" and not c.visible and _is_tiny(c) and not c.out_of_reach)
    return Obstacles(
        covered=tuple(c for c in needed if c.visible and c.covered_by and _meant(c, tried)),
        beyond=tuple(c for c in needed if c.out_of_reach and not (sends and _is_beside(c))),
        tiny=() if seen else tuple(flat),
    )


def _is_beside(control: Control) -> bool:
    """Whether a script alone makes ``control`` a button, and it does not say that it leads on: a flag, a menu."""
    return control.type == _MADE_BY_SCRIPT and not CONSENT.search(control.label or "")


def _meant(control: Control, tried: list[str]) -> bool:
    """Whether ``control`` was tried. What lies over one that was not hides what a person does not miss."""
    name = control.label or control.name or control.type
    return not tried or any(name in target for target in tried)


def _tried(walk: Walk) -> list[str]:
    """The targets of presses that failed since the screen before the last one was left."""
    steps = records(walk.login)
    failed: list[str] = []
    for step in steps:
        if step.outcome == "failed":
            failed.append(step.target)
        elif step.action in {"click", "submit"}:
            failed.clear()
    return failed


def _is_tiny(control: Control) -> bool:
    return control.rect.width < _SMALLEST_PX or control.rect.height < _SMALLEST_PX
