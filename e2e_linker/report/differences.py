"""Where broken walks leave the way of healthy ones: between devices, and between a simulation and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2e_linker.audits.screens import listed_in_words
from e2e_linker.derive.base import Facts
from e2e_linker.derive.causes import Simulation, got_through, healed_by, undecided
from e2e_linker.derive.differential import Parting, first_parting
from e2e_linker.derive.ways import Way
from e2e_linker.evidence.models import CaseEvidence, CaseFacts
from e2e_linker.report.model import RunReport
from e2e_linker.report.partings import Difference, WalkName
from e2e_linker.report.sections import ReportScreen
from e2e_linker.report.views import fact_value

__all__ = ["differences", "walk_screens"]

Shown = tuple[CaseEvidence, Facts]
_MOST_NAMED = 6
"""Names in one sentence; all stand beside it."""


@dataclass(frozen=True, slots=True)
class _Walked:
    """One attempt of a case and the way of one of its walks."""

    case: CaseFacts
    way: Way
    facts: Facts

    @property
    def name(self) -> WalkName:
        return WalkName(case=self.case.id, walk=self.way.walk.id)


@dataclass(frozen=True, slots=True)
class _Group:
    """A broken walk and the healthy ones that it parts from in the same way, the nearest first."""

    broken: _Walked
    healthy: tuple[_Walked, ...]
    parting: Parting
    because: str | None
    nearest: bool
    simulated: bool = False

    @property
    def alike(self) -> tuple[object, ...]:
        """Equal for groups that are told in one."""
        others = () if self.simulated else tuple(sorted(one.case.id for one in self.healthy))
        return self.simulated, self.parting.alike, self.because, others


def differences(shown: Sequence[Shown]) -> tuple[Difference, ...]:
    """The first points at which each broken walk parts from every healthy one, the nearest pairs first.

    ``shown`` holds one attempt of every case.
    """
    names = _names([evidence.case for evidence, _ in shown])
    told: dict[tuple[object, ...], list[_Group]] = {}
    for group in (*_devices(shown), *_simulations(shown)):
        told.setdefault(group.alike, []).append(group)
    found = [_told(groups, names) for groups in told.values()]
    return tuple(sorted(found, key=lambda one: not one.nearest))


def walk_screens(report: RunReport, walk: WalkName) -> tuple[ReportScreen, ...]:
    """The screens of ``walk``, in order."""
    cases = (case for case in report.cases if case.id == walk.case)
    return tuple(screen for case in cases for screen in case.screens if screen.walk == walk.walk)


def _names(cases: Sequence[CaseFacts]) -> dict[str, str]:
    projects = [case.project for case in cases]
    return {case.id: case.project if projects.count(case.project) == 1 else case.id for case in cases}


def _devices(shown: Sequence[Shown]) -> Iterator[_Group]:
    walked = [_Walked(evidence.case, Way(evidence.walks[0]), facts) for evidence, facts in shown if evidence.walks]
    healthy = [one for one in walked if one.way.walk.ending.kind == "arrived"]
    for broken in walked:
        ending = broken.way.walk.ending.kind
        if not got_through(ending) and not undecided(ending):
            yield from _of_one(broken, healthy)


def _of_one(broken: _Walked, healthy: Iterable[_Walked]) -> Iterator[_Group]:
    """What ``broken`` parts from ``healthy`` over, the nearest of them first."""
    trial = fact_value(broken.facts, "healing_trial")
    because = healed_by(trial) if trial else None
    alike: dict[tuple[object, ...], tuple[Parting, list[_Walked]]] = {}
    for other in sorted(healthy, key=lambda one: _distance(broken.case, one.case)):
        parting = first_parting(broken.way, other.way)
        if parting is not None:
            alike.setdefault((parting.alike, parting.request), (parting, []))[1].append(other)
    for n, (parting, others) in enumerate(alike.values()):
        yield _Group(broken, tuple(others), parting, because, nearest=n == 0)


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


def _simulations(shown: Sequence[Shown]) -> Iterator[_Group]:
    for evidence, facts in shown:
        made: Simulation | None = fact_value(facts, "simulation")
        if made is None or not made.broken:
            continue
        broken, measured = (_Walked(evidence.case, Way(walk), facts) for walk in (made.walk, evidence.walks[0]))
        parting = first_parting(broken.way, measured.way)
        if parting is not None:
            yield _Group(broken, (measured,), parting, None, nearest=True, simulated=True)


def _told(groups: Sequence[_Group], names: dict[str, str]) -> Difference:
    """``groups`` that are alike, told by the first whose nearest is the nearest of all."""
    groups = sorted(groups, key=lambda group: not group.nearest)
    first = groups[0]
    return Difference(
        broken=first.broken.name,
        healthy=first.healthy[0].name,
        simulated=first.simulated,
        point=first.parting.point,
        request=first.parting.request,
        text=_pair(first, names),
        cases=tuple(group.broken.case.id for group in groups),
        requests=tuple(group.parting.request for group in groups),
        healthy_cases=() if first.simulated else tuple(one.case.id for one in first.healthy),
        nearest=first.nearest,
        line=_line(groups, names),
    )


def _pair(group: _Group, names: dict[str, str]) -> str:
    cut, own, other = group.parting, names[group.broken.case.id], names[group.healthy[0].case.id]
    agree, sides = f"{own} and {other} agree", (f"on {own}", f"on {other}")
    if group.simulated:
        agree, sides = f"On {own} the simulation and the measured walk agree", _SIMULATED
    upto = f"up to request {cut.request}" if cut.request is not None else "at first"
    return f"{agree} {upto}; there {_where(group, *sides, several=False)}."


_SIMULATED = "with the Domain List enforced", "without"


def _line(groups: Sequence[_Group], names: dict[str, str]) -> str:
    first, several = groups[0], len(groups) > 1
    ours = _listed([names[group.broken.case.id] for group in groups])
    at = list(dict.fromkeys(str(group.parting.request) for group in groups if group.parting.request is not None))
    place = f"at request {' or '.join(at)}" if at else "at first"
    if first.simulated:
        parts = f"On {ours} the simulation parts from the measured walk"
        return f"{parts} {place}: {_where(first, *_SIMULATED, several=several)}."
    theirs = _listed([names[one.case.id] for one in first.healthy])
    where = _where(first, "there", f"on {theirs}", several=several)
    return f"{ours} {'part' if several else 'parts'} from {theirs} {place}: {where}."


def _where(group: _Group, ours: str, theirs: str, *, several: bool) -> str:
    cut, because = group.parting, group.because or ""
    if several and because.startswith("its "):
        because = f"their {because.removeprefix('its ')}"
    because = f" because of {because}" if because else ""
    return f"{cut.what} {cut.broken} {ours}{because}, and {cut.healthy} {theirs}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return listed_in_words([*names[:_MOST_NAMED], f"{more} more"] if more > 1 else names)
