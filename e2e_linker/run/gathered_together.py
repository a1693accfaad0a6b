"""What several runs gathered once each, as far as it counts in the run that is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import get_args

from e2e_linker.audits.base import Failed, Outcome
from e2e_linker.audits.registry import audits
from e2e_linker.derive.base import parameters_of
from e2e_linker.evidence.apart import apart
from e2e_linker.evidence.models import CaseEvidence, GatheredOnce, NotCollected, Part, Present, RunEvidence, Walk
from e2e_linker.evidence.served_tls import HostRole, ServedTls
from e2e_linker.evidence.store import SavedRun
from e2e_linker.evidence.token_calls import TokenBattery, TokenCall
from e2e_linker.model import Severity

__all__ = ["gathered", "numbered_apart", "served_together", "without_retried"]

_RETRIED = NotCollected(reason="a later run of the same cases stands in for this one")
_MINTED = "minted-"


def gathered(run: RunEvidence) -> bool:
    """Whether ``run`` made any walk or call that is made once per run."""
    return isinstance(run.probes, Present) or isinstance(run.battery, Present)


def without_retried(runs: Sequence[SavedRun]) -> list[SavedRun]:
    """``runs``, each later one a retry of the cases of earlier ones: what was gathered beside cases that were all
    tried again does not count where it was gathered again, too."""
    told = []
    for n, saved in enumerate(runs):
        run, later = saved.run, runs[n + 1 :]
        if _all_in(saved, [one for one in later if any(map(gathered, apart(one.run)))]):
            run = run.model_copy(update={"probes": _RETRIED, "battery": _RETRIED, "further": ()})
        if _all_in(saved, [one for one in later if isinstance(one.run.served_tls, Present)]):
            run = run.model_copy(update={"served_tls": _RETRIED})
        told.append(replace(saved, run=run))
    return told


def _all_in(saved: SavedRun, later: Iterable[SavedRun]) -> bool:
    again = {evidence.case.id for one in later for evidence in one.cases}
    return bool(saved.cases) and all(evidence.case.id in again for evidence in saved.cases)


def numbered_apart(
    run: RunEvidence, cases: Iterable[CaseEvidence], taken: Counter[str]
) -> tuple[RunEvidence, list[CaseEvidence]]:
    """``run`` and its ``cases`` with names of token calls, links of probes and walks that no run before it uses.

    ``taken`` holds the highest number of each kind so far, and afterwards those of this run, too.
    """
    numbers = _Numbers(taken)
    first, *others = [numbers.part(GatheredOnce(probes=one.probes, battery=one.battery)) for one in apart(run)]
    told = [
        evidence.model_copy(update={"token_calls": Present(value=numbers.calls(evidence.token_calls.value))})
        if isinstance(evidence.token_calls, Present)
        else evidence
        for evidence in cases
    ]
    update = {"probes": first.probes, "battery": first.battery, "further": tuple(others)}
    return run.model_copy(update=update), told


class _Numbers:
    """The numbers of one run, moved behind those that are taken."""

    def __init__(self, taken: Counter[str]) -> None:
        self._taken = taken
        self._before = dict(taken)

    def part(self, old: GatheredOnce) -> GatheredOnce:
        probes, battery = old.probes, old.battery
        if isinstance(probes, Present):
            self._taken["part"] += 1
            probes = Present(value=tuple(map(self._walk, probes.value)))
        if isinstance(battery, Present):
            battery = Present(value=self._battery(battery.value))
        return GatheredOnce(probes=probes, battery=battery)

    def calls(self, old: Iterable[TokenCall]) -> tuple[TokenCall, ...]:
        return tuple(
            call.model_copy(update={"n": self._moved("call", call.n), "link": self._link(call.link)}) for call in old
        )

    def _battery(self, old: TokenBattery) -> TokenBattery:
        links = tuple(
            link.model_copy(update={"id": self._link(link.id), "walk": self._walk_id(link.walk)}) for link in old.links
        )
        return old.model_copy(update={"links": links, "calls": self.calls(old.calls)})

    def _walk(self, old: Walk) -> Walk:
        return old.model_copy(update={"id": self._walk_id(old.id)})

    def _walk_id(self, old: str | None) -> str | None:
        if old is None or old.startswith(_MINTED):
            return old and f"{_MINTED}{self._link(old.removeprefix(_MINTED))}"
        nth = self._taken["part"]
        return old.partition("~")[0] + (f"~{nth}" if nth > 1 else "")

    def _link(self, old: str | None) -> str | None:
        probe, _, number = (old or "").rpartition("-")
        return f"{probe}-{self._moved(probe, int(number))}" if number.isdecimal() else old

    def _moved(self, kind: str, number: int) -> int:
        fresh = self._before.get(kind, 0) + number
        self._taken[kind] = max(self._taken[kind], fresh)
        return fresh


def served_together(parts: Iterable[Part[tuple[ServedTls, ...]]]) -> Part[tuple[ServedTls, ...]]:
    """What was served to any of several runs; of a host that several asked, what is judged worst."""
    known = list(parts)
    hosts: dict[tuple[str, int], list[ServedTls]] = {}
    for served in (served for part in known if isinstance(part, Present) for served in part.value):
        hosts.setdefault((served.host, served.port), []).append(served)
    if not any(isinstance(part, Present) for part in known):
        return known[0]
    return Present(value=tuple(map(_gravest, hosts.values())))


def _gravest(alike: Sequence[ServedTls]) -> ServedTls:
    """Of one host the worst, the first of equally bad ones, as what the host is to any of the runs."""
    if len(alike) == 1:
        return alike[0]
    has = {role for one in alike for role in one.roles}
    roles = tuple(role for role in get_args(HostRole) if role in has)
    return min(alike, key=_gravity).model_copy(update={"roles": roles})


def _gravity(served: ServedTls) -> tuple[object, ...]:
    """Less for what is worse; what said nothing comes last, because another has said something."""
    found = [
        finding.severity for outcome in _judged(served) if isinstance(outcome, Failed) for finding in outcome.findings
    ]
    return (*(-found.count(severity) for severity in Severity), not served.answered)


def _judged(served: ServedTls) -> Iterable[Outcome]:
    """What the audits say that judge by certificates and handshakes alone."""
    own = (served,)
    known = {"hosts_tls": own if served.roles else (), "content_tls": () if served.roles else own}
    for audit in audits().values():
        names = parameters_of(audit.judge)
        if names and known.keys() >= set(names):
            with suppress(Exception):  # the runner tells of it
                yield audit.judge(**{name: known[name] for name in names})
