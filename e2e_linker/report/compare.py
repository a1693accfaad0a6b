"""What changed between two runs: findings, cases, domains, and where the way of a case first differs.

Pure: two reports in, a comparison out. Findings are the same where audit and fingerprint are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from e2e_linker.evidence.labels import unnumbered
from e2e_linker.model import Severity
from e2e_linker.report.fate import fate
from e2e_linker.report.looked_for import looked_for
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.report.sections import LadderHop
from e2e_linker.report.texts import short_url
from e2e_linker.report.words import STANDINGS, STATUSES, Standing, ending_words

__all__ = ["CaseChange", "Comparison", "FindingChange", "ListChange", "Side", "compare", "side_by_side", "told"]

_RANK: dict[Standing, int] = {"links": 0, "unknown": 1, "errored": 1, "fails": 2}


@dataclass(frozen=True, slots=True)
class Side:
    """One thing that can be said of both cases; None where it is of one only."""

    label: str
    before: str | None
    after: str | None

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding that both runs have, and what of it changed."""

    before: FindingReport
    after: FindingReport
    joined: tuple[str, ...] = ()
    """Cases that show it only now."""
    left: tuple[str, ...] = ()
    """Cases that showed it before, and do not now."""
    unchecked: tuple[str, ...] = ()
    """Cases that showed it before, and in which the later run did not look for it again."""

    @property
    def worse(self) -> bool:
        """Whether it weighs more than before."""
        return self.after.severity.rank < self.before.severity.rank


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case in both runs or in one; ``sides`` puts them side by side, what differs first."""

    id: str
    before: CaseReport | None
    after: CaseReport | None
    was: Standing | None
    now: Standing | None
    sides: tuple[Side, ...]

    @property
    def fate(self) -> Literal["worse", "better", "same", "new", "gone"]:
        """What became of it."""
        if self.was is None or self.now is None:
            return "new" if self.was is None else "gone"
        then, now = _RANK[self.was], _RANK[self.now]
        return "same" if then == now else "worse" if now > then else "better"

    @property
    def differing(self) -> tuple[Side, ...]:
        """What differs, in the order of the way."""
        return tuple(side for side in self.sides if not side.same)


@dataclass(frozen=True, slots=True)
class ListChange:
    """What came and what went of a list."""

    name: str
    came: tuple[str, ...]
    went: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, ``before`` and ``after``."""

    before: RunReport
    after: RunReport
    new: tuple[FindingReport, ...]
    """Worst first."""
    gone: tuple[FindingReport, ...]
    unchecked: tuple[FindingReport, ...]
    """Those of before that the later run did not look for again wherever they were."""
    kept: tuple[FindingChange, ...]
    cases: tuple[CaseChange, ...]
    """Those that became worse first."""
    lists: tuple[ListChange, ...]
    """Of hosts and Domain List, only those that changed."""
    worse: bool
    """A new or graver finding that reaches the later run's ``fail_on``, or a case that linked and no longer does."""


def compare(before: RunReport, after: RunReport) -> Comparison:
    """What changed from ``before`` to ``after``."""
    then, now = _by_print(before.findings), _by_print(after.findings)
    new = tuple(found for key, found in now.items() if key not in then)
    kept = tuple(_kept(then[key], found, after) for key, found in now.items() if key in then)
    cases = _cases(before, after)
    fail_on = Severity(str(after.options.get("fail_on", Severity.DEGRADES)))
    missing = tuple(found for key, found in then.items() if key not in now)
    gone = tuple(found for found in missing if looked_for(found.audit, found.cases, after))
    graver = (*new, *(change.after for change in kept if change.worse))
    return Comparison(
        before=before,
        after=after,
        new=new,
        gone=gone,
        unchecked=tuple(found for found in missing if found not in gone),
        kept=kept,
        cases=cases,
        lists=_lists(before, after),
        worse=any(found.severity.at_least(fail_on) and not found.expected for found in graver)
        or any(case.fate == "worse" for case in cases),
    )


def _by_print(findings: Iterable[FindingReport]) -> dict[tuple[str, str], FindingReport]:
    return {(found.audit, found.fingerprint): found for found in findings}


def _kept(before: FindingReport, after: FindingReport, later: RunReport) -> FindingChange:
    run = {case.id for case in later.cases}
    gone = [case for case in before.cases if case not in after.cases]
    left = tuple(case for case in gone if case in run and looked_for(before.audit, (case,), later))
    joined = tuple(case for case in after.cases if case not in before.cases)
    return FindingChange(before, after, joined, left, tuple(case for case in gone if case not in left))


def _cases(before: RunReport, after: RunReport) -> tuple[CaseChange, ...]:
    then, now = {case.id: case for case in before.cases}, {case.id: case for case in after.cases}
    was = {case.id: fate(case, before.findings) for case in before.cases}
    became = {case.id: fate(case, after.findings) for case in after.cases}
    changes = []
    for id_ in dict.fromkeys([*now, *then]):
        sides = side_by_side(then.get(id_), now.get(id_), before.findings, after.findings)
        changes.append(CaseChange(id_, then.get(id_), now.get(id_), was.get(id_), became.get(id_), sides))
    order = ("worse", "better", "new", "gone", "same")
    return tuple(sorted(changes, key=lambda change: (order.index(change.fate), not change.differing)))


def side_by_side(
    before: CaseReport | None,
    after: CaseReport | None,
    found_before: Sequence[FindingReport] = (),
    found_after: Sequence[FindingReport] = (),
) -> tuple[Side, ...]:
    """Everything that can be held against each other, in the order of the way: what differs first stands first."""
    left, right = dict(told(before, found_before)), dict(told(after, found_after))
    sides = [Side(label, left.get(label), right.get(label)) for label in _merged(list(left), list(right))]
    return tuple(sorted(sides, key=lambda side: side.same))


def _merged(left: Sequence[str], right: Sequence[str]) -> Iterable[str]:
    return dict.fromkeys(label for pair in zip_longest(left, right) for label in pair if label is not None)


def told(case: CaseReport | None, findings: Sequence[FindingReport] = ()) -> Iterable[tuple[str, str]]:
    """(label, what is said of it) of everything about ``case`` that another case can be held against.

    ``findings`` say what became of a case that ended for want of a page, see :func:`fate`.
    """
    if case is None:
        return
    yield "result", STANDINGS[fate(case, findings)]
    for hop in case.ladder:
        yield f"hop {hop.n}", _hop(hop)
    yield "how it ended", unnumbered(ending_words(case))
    for screen in case.screens:
        if screen.walk == "measured":
            title = f": {unnumbered(screen.title)}" if screen.title else ""
            yield f"screen {screen.n + 1}", f"{screen.label}{title}"
    for outcome in case.outcomes:
        reason = f": {outcome.reason}" if outcome.reason and outcome.status == "failed" else ""
        yield f"audit {outcome.audit}", unnumbered(f"{STATUSES[outcome.status]}{reason}")
    engine = f"{case.engine} {(case.engine_version or '').partition('.')[0]}".strip() if case.engine else "none"
    yield "engine", engine
    yield "device", case.device or "none"


def _hop(hop: LadderHop) -> str:
    """A hop without what changes from run to run: values of parameters and times."""
    answer = "to Alexa" if hop.arrival else str(hop.status) if hop.status is not None else hop.failure or "no answer"
    return f"{hop.method} {unnumbered(short_url(hop.url).partition('?')[0])} → {answer}"


def _lists(before: RunReport, after: RunReport) -> tuple[ListChange, ...]:
    then, now = before.domains, after.domains
    pairs = (
        ("Hosts contacted", [one.host for one in then.observed], [one.host for one in now.observed]),
        ("Domain List", then.listed, now.listed),
        ("Missing from the Domain List", then.missing, now.missing),
    )
    changes = (
        ListChange(name, tuple(one for one in right if one not in left), tuple(one for one in left if one not in right))
        for name, left, right in pairs
    )
    return tuple(change for change in changes if change.came or change.went)
