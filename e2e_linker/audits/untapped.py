"""A button that a mouse can press and a finger cannot."""

from __future__ import annotations

import re

from e2e_linker.audits.base import EvidenceRef, Finding, finding
from e2e_linker.audits.screens import proven
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.unheard import unheard_press
from e2e_linker.evidence.models import CaseFacts, Trial, Walk
from e2e_linker.model import Confidence

__all__ = ["untapped"]

_LABEL = re.compile(r"“(.+)”")


def untapped(case: CaseFacts, walk: Walk, last: ScreenVerdict | None, healed: Trial | None) -> Finding | None:
    """What ``healed`` proves of the button at which ``walk`` ended on ``last``; None where it proves nothing of one."""
    press = unheard_press(walk)
    if last is None or press is None or healed is None or healed.factor != "mouse":
        return None
    label = _LABEL.search(press.target)
    name = label[1] if label else press.target
    return finding(
        "screen-control-reachable",
        f"On {case.project} “{name}” of {last.host} was tapped, as a finger does it, and nothing came of it. "
        f"{proven(healed, 'login')}",
        subject=f"{last.host} not tapped {name}",
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{last.screen}"),
        confidence=Confidence.CERTAIN,
        fix="Let the button hear of `click` alone, which fingers, mice and keys all make, and prevent neither "
        "`touchstart` nor `touchend`: no click follows a touch that was prevented.",
        cause="proven",
    )
