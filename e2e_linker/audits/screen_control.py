"""Fields and buttons of each step can be reached and pressed."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import ends_untold, no_arrival
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import CaseFacts, Control, Ending, LoginStep, Present, Walk
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_NEEDED = frozenset({"field", "button", "checkbox"})
_SMALLEST_PX = 2


def judge(case: CaseFacts, walk: Walk, screen_verdicts: tuple[ScreenVerdict, ...], ending: Ending) -> Outcome:
    """Controls of the screen at which the login stopped. Whatever could be put aside on the way kept nobody out."""
    if ending.kind == "arrived":
        return verdict(())
    last = screen_verdicts[-1] if screen_verdicts else None
    if last is None or last.empty or ends_untold(walk):
        return no_arrival(ending)
    found = tuple(_findings(case, walk, last))
    return verdict(found) if found else no_arrival(ending)


def _findings(case: CaseFacts, walk: Walk, last: ScreenVerdict) -> Iterator[Finding]:
    needed = [control for control in last.digest.controls if control.kind in _NEEDED and control.enabled]
    # What lies over one control hides what a person does not miss; over the one that was tried it stops the login.
    tried = _tried(walk, last)
    covered = [c for c in needed if c.visible and c.covered_by and (not tried or any(_name(c) in one for one in tried))]
    for control in covered[:1]:
        yield _finding(case, walk, last, control, f"lies under {control.covered_by}", len(covered) - 1)
    beyond = [control for control in needed if control.out_of_reach]
    for control in beyond[:1]:
        what = f"lies at {round(control.rect.x)} pixels on a screen of {round(last.digest.client_width)}"
        yield _finding(
            case, walk, last, control, f"{what}, in a part of the page that cannot be scrolled to", len(beyond) - 1
        )
    tiny = [c for c in needed if c.type == "submit" and not c.visible and _is_tiny(c) and not c.out_of_reach]
    seen = any(c.kind == "button" and c.visible for c in needed)
    for control in () if seen else tiny[:1]:
        yield _finding(case, walk, last, control, "has no size", len(tiny) - 1)


def _tried(walk: Walk, last: ScreenVerdict) -> list[str]:
    """The targets of presses that failed since the screen before the last one was left."""
    steps: tuple[LoginStep, ...] = walk.login.value if isinstance(walk.login, Present) else ()
    failed: list[str] = []
    for step in steps:
        if step.outcome == "failed":
            failed.append(step.target)
        elif step.action in {"click", "submit"}:
            failed.clear()
    return failed


def _is_tiny(control: Control) -> bool:
    return control.rect.width < _SMALLEST_PX or control.rect.height < _SMALLEST_PX


def _name(control: Control) -> str:
    return control.label or control.name or control.type


def _finding(case: CaseFacts, walk: Walk, last: ScreenVerdict, control: Control, problem: str, more: int) -> Finding:
    others = f" So do{'es' * (more == 1)} {more} more." if more else ""
    return finding(
        "screen-control-reachable",
        f"On {case.project} the {control.kind} “{_name(control)}” of {last.host} cannot be pressed: "
        f"it {problem}.{others}",
        subject=f"{last.host} {control.kind} {_name(control)}",
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{last.screen}"),
        related=[EvidenceRef(kind="login", ref=f"{walk.id}#{n}") for n in _failures(walk)],
        confidence=Confidence.CERTAIN if _failures(walk) else Confidence.LIKELY,
    )


def _failures(walk: Walk) -> list[int]:
    steps = walk.login.value if isinstance(walk.login, Present) else ()
    return [n for n, step in enumerate(steps, 1) if step.outcome == "failed"][-1:]


AUDIT = Audit(
    id="screen-control-reachable",
    rules=("screen-control-reachable",),
    title="Fields and buttons can be reached and pressed",
    failed_title="A control of the page cannot be reached",
    rendering=True,
    judge=judge,
)
