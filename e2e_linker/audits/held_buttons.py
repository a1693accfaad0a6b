"""Buttons below the edge of a page that no finger scrolls: a test that scrolls by script presses them all the same."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import EvidenceRef, Finding, finding
from e2e_linker.audits.covers import place_of
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import CaseFacts, Control, Walk, records
from e2e_linker.model import Confidence

__all__ = ["UNREACHED", "held_buttons"]

UNREACHED = (
    "Let the page scroll to it, or keep it in the normal page flow: look for what cuts the page off, such as "
    "`overflow: hidden`, a fixed height, or `position: fixed` on a part that has no room on a small screen."
)


def held_buttons(case: CaseFacts, walk: Walk, screens: Sequence[ScreenVerdict]) -> Finding | None:
    """The first page of which no button is in reach, one of which was pressed all the same; None where there is none.

    Where anything else can be pressed, such as a banner's button or a field whose keyboard sends the form, that may
    bring the rest.
    """
    for one in screens:
        shown = [control for control in one.digest.controls if control.visible]
        near = any(not control.held_below and not _leads_away(control) for control in shown)
        held = [control for control in shown if control.held_below and control.kind == "button" and control.enabled]
        pressed = next((control for control in held if _pressed(walk, one, control)), None)
        if pressed is not None and not near and one.digest.styled:
            return _finding(case, walk, one, pressed)
    return None


def _leads_away(control: Control) -> bool:
    """Whether ``control`` is a link to another page, and not one to a part of this one or to a script."""
    href = control.href or "#"
    return control.kind == "link" and "#" not in href and not href.startswith("javascript:")


def _pressed(walk: Walk, screen: ScreenVerdict, control: Control) -> bool:
    later = (step for step in records(walk.login) if step.at >= screen.at and step.action in {"click", "submit"})
    step = next(later, None)
    return step is not None and step.outcome == "done" and f"“{control.label}”" in step.target


def _finding(case: CaseFacts, walk: Walk, one: ScreenVerdict, control: Control) -> Finding:
    return finding(
        "screen-control-reachable",
        f"On {case.project} no button of the page of {one.host} is on the screen: “{control.label}” lies "
        f"{place_of(control, one.digest)}and the page does not scroll (`overflow: hidden`). This test pressed it, as a "
        "script can scroll there; see whether a finger can.",
        subject=f"{one.host} button {control.label}",
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{one.screen}"),
        confidence=Confidence.POSSIBLE,
        fix=UNREACHED,
    )
