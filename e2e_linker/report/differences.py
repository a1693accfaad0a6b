"""Where broken walks leave the way of healthy ones: between devices, and between a simulation and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import Facts
from e2e_linker.derive.causes import Simulation, got_through, healed_by, undecided
from e2e_linker.derive.differential import Parting, first_parting
from e2e_linker.evidence.models import CaseEvidence, CaseFacts, Walk
from e2e_linker.report.model import RunReport
from e2e_linker.report.partings import Difference, WalkName
from e2e_linker.report.sections import ReportScreen
from e2e_linker.report.views import fact_value

__all__ = ["differences", "walk_screens"]

Shown = tuple[CaseEvidence, Facts]


@dataclass(frozen=True, slots=True)
class _Pair:
    broken: tuple[str, Walk]
    healthy: tuple[str, Walk]
    parting: Parting
    simulated: bool
    because: str | None


def differences(shown: Sequence[Shown]) -> tuple[Difference, ...]:
    """The first point at which each broken walk parts from the nearest healthy one.

    ``shown`` holds one attempt of every case. Cases that part in the same way from the same one stand together.
    """
    names = _names([evidence.case for evidence, _ in shown])
    found: dict[tuple[object, ...], Difference] = {}
    for pair in (*_devices(shown), *_simulations(shown)):
        cut = pair.parting
        other = "" if pair.simulated else pair.healthy[0]
        same = (pair.simulated, other, cut.point, cut.what, cut.broken, pair.because)
        known = found.get(same)
        found[same] = (
            known.model_copy(update={"cases": (*known.cases, pair.broken[0])}) if known else _told(pair, names)
        )
    return tuple(found.values())


def walk_screens(report: RunReport, walk: WalkName) -> tuple[ReportScreen, ...]:
    """The screens of ``walk``, in order."""
    cases = (case for case in report.cases if case.id == walk.case)
    return tuple(screen for case in cases for screen in case.screens if screen.walk == walk.walk)


def _names(cases: Sequence[CaseFacts]) -> dict[str, str]:
    projects = [case.project for case in cases]
    return {case.id: case.project if projects.count(case.project) == 1 else case.id for case in cases}


def _devices(shown: Sequence[Shown]) -> Iterator[_Pair]:
    walked = [(evidence, facts, evidence.walks[0]) for evidence, facts in shown if evidence.walks]
    healthy = [(evidence, walk) for evidence, _, walk in walked if walk.ending.kind == "arrived"]
    for evidence, facts, walk in walked:
        if got_through(walk.ending.kind) or undecided(walk.ending.kind) or not healthy:
            continue
        like, other = min(healthy, key=lambda one: _distance(evidence.case, one[0].case))
        parting = first_parting(walk, other)
        if parting is not None:
            trial = fact_value(facts, "healing_trial")
            because = healed_by(trial) if trial else None
            yield _Pair((evidence.case.id, walk), (like.case.id, other), parting, False, because)


def _distance(one: CaseFacts, other: CaseFacts) -> tuple[bool, bool, bool, bool, int]:
    """How far two devices are from each other; what changes least about a walk counts least."""
    widths = abs((one.viewport_width or 0) - (other.viewport_width or 0))
    return (
        one.engine != other.engine,
        one.region != other.region,
        one.is_mobile != other.is_mobile,
        one.surface != other.surface,
        widths,
    )


def _simulations(shown: Sequence[Shown]) -> Iterator[_Pair]:
    for evidence, facts in shown:
        made: Simulation | None = fact_value(facts, "simulation")
        if made is None or not made.broken:
            continue
        parting = first_parting(made.walk, evidence.walks[0])
        if parting is not None:
            own = evidence.case.id
            yield _Pair((own, made.walk), (own, evidence.walks[0]), parting, True, None)


def _told(pair: _Pair, names: dict[str, str]) -> Difference:
    cut, own, other = pair.parting, names[pair.broken[0]], names[pair.healthy[0]]
    agree, ours, theirs = f"{own} and {other} agree", own, other
    if pair.simulated:
        agree = f"On {own} the simulation and the measured walk agree"
        ours, theirs = "with the Domain List enforced", "without"
        where = f"{cut.what} {cut.broken} {ours}, and {cut.healthy} {theirs}"
    else:
        because = f" because of {pair.because}" if pair.because else ""
        where = f"{cut.what} {cut.broken} on {ours}{because}, and {cut.healthy} on {theirs}"
    upto = f"up to request {cut.request}" if cut.request is not None else "at first"
    return Difference(
        broken=WalkName(case=pair.broken[0], walk=pair.broken[1].id),
        healthy=WalkName(case=pair.healthy[0], walk=pair.healthy[1].id),
        simulated=pair.simulated,
        point=cut.point,
        request=cut.request,
        text=f"{agree} {upto}; there {where}.",
        cases=(pair.broken[0],),
    )
