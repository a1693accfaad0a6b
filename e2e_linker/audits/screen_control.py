"""Fields and buttons of each step can be reached and pressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.covers import cover_name, cover_remedy, for_this_agent, place_of
from e2e_linker.audits.held_buttons import UNREACHED, held_buttons
from e2e_linker.audits.screens import proven
from e2e_linker.audits.untapped import untapped
from e2e_linker.audits.walks import ends_untold, no_arrival
from e2e_linker.derive.obstacles import Obstacles
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import CaseFacts, Causes, Control, Ending, Trial, Walk, records
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_FOR_AGENT = " So it did with another user agent and nothing hidden: the page lays that there for this one."


def judge(
    case: CaseFacts,
    walk: Walk,
    screen_verdicts: tuple[ScreenVerdict, ...],
    obstacles: Obstacles,
    healing_trial: Trial | None,
    known_causes: Causes,
    ending: Ending,
) -> Outcome:
    """Controls of the screen at which the login stopped. Whatever could be put aside on the way kept nobody out.

    Of a login that arrived, those that were pressed although nobody could have scrolled to them.
    """
    if ending.kind == "arrived":
        held = held_buttons(case, walk, screen_verdicts)
        return verdict([held] if held else ())
    last = screen_verdicts[-1] if screen_verdicts else None
    tapped = untapped(case, walk, last, healing_trial)
    if tapped is not None:
        return verdict([tapped])
    if last is None or last.empty or ends_untold(walk):
        return no_arrival(ending)
    found = tuple(_findings(case, walk, last, obstacles, healing_trial, known_causes.trials))
    return verdict(found) if found else no_arrival(ending)


def _findings(
    case: CaseFacts, walk: Walk, last: ScreenVerdict, stands: Obstacles, healed: Trial | None, trials: Sequence[Trial]
) -> Iterator[Finding]:
    for control in stands.covered[:1]:
        proof = healed if healed and healed.factor == "uncovered" and healed.address == control.covered_by else None
        cover = control.covered_by or ""
        problem = f"lies under {cover_name(cover, last)}"
        if control.covered_by in last.digest.sealed:
            # What hiding it would prove is no matter: a person may close what the tester cannot look into.
            problem += ", a component that cannot be looked into (a closed shadow root, it seems): "
            problem += "a person may be able to close it"
            yield _finding(case, walk, last, control, problem, len(stands.covered) - 1, None, Confidence.POSSIBLE)
            continue
        agent = for_this_agent(proof, trials)
        fix = cover_remedy(cover, last, agent)
        yield _finding(case, walk, last, control, problem, len(stands.covered) - 1, proof, fix=fix, agent=agent)
    for control in stands.beyond[:1]:
        proof = healed if healed and healed.factor == "wide_screen" else None
        problem = f"lies {place_of(control, last.digest)}in a part of the page that cannot be scrolled to"
        yield _finding(case, walk, last, control, problem, len(stands.beyond) - 1, proof, fix=UNREACHED)
    for control in stands.tiny[:1]:
        yield _finding(case, walk, last, control, "has no size", len(stands.tiny) - 1, None)


def _name(control: Control) -> str:
    return control.label or control.name or control.type


def _finding(
    case: CaseFacts,
    walk: Walk,
    last: ScreenVerdict,
    control: Control,
    problem: str,
    more: int,
    proof: Trial | None,
    sure: Confidence | None = None,
    fix: str | None = None,
    agent: Trial | None = None,
) -> Finding:
    others = f" So do{'es' * (more == 1)} {more} more." if more else ""
    return finding(
        "screen-control-reachable",
        f"On {case.project} the {control.kind} “{_name(control)}” of {last.host} cannot be pressed: "
        f"it {problem.rstrip(',')}.{others}"
        + (f" {proven(proof, 'login')}{_FOR_AGENT if agent else ''}" if proof else ""),
        subject=f"{last.host} {control.kind} {_name(control)}",
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{last.screen}"),
        related=[EvidenceRef(kind="login", ref=f"{walk.id}#{n}") for n in _failures(walk)],
        confidence=sure or (Confidence.CERTAIN if _failures(walk) or proof else Confidence.LIKELY),
        fix=fix,
        cause="proven" if proof else None,
    )


def _failures(walk: Walk) -> list[int]:
    return [n for n, step in enumerate(records(walk.login), 1) if step.outcome == "failed"][-1:]


AUDIT = Audit(
    id="screen-control-reachable",
    rules=("screen-control-reachable",),
    title="Fields and buttons can be reached and pressed",
    failed_title="A control of the page cannot be reached",
    rendering=True,
    judge=judge,
)
