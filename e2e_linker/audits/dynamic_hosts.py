"""The hosts of the login are the same every time, so that a fixed list can name them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Options, Outcome, finding
from e2e_linker.audits.base import verdict as outcome_of
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.hosts import HostUse, shared_suffix
from e2e_linker.model import Confidence

_NUMBER = re.compile(r"\d+")
_Groups = dict[str, list[dict[str, HostUse]]]
"""For each name that hosts share, the hosts of every attempt."""


def judge(cases: CaseTable, options: Options) -> Outcome:
    """Hosts of one registrable domain, or under one provider's suffix, that take turns between repeats of a case.

    A host that is only sometimes missing (a consent page shown at the first link) is not dynamic: another one must have
    come in its place.
    """
    if options.repeat < 2:
        return NotApplicable(reason="seen only when cases are repeated: run with --repeat 3")
    attempts: dict[str, list[Sequence[HostUse]]] = defaultdict(list)
    for case, table, ending in cases.collect("hosts", "ending"):
        if ending.kind == "arrived":
            attempts[case.id].append(table)
    compared = {case: tables for case, tables in attempts.items() if len(tables) > 1}
    if not compared:
        return Inconclusive(missing=("no case reached Alexa more than once",))
    found = {one.fingerprint: one for case, tables in compared.items() for one in _findings(case, tables)}
    return outcome_of(found.values())


def _findings(case: str, tables: list[Sequence[HostUse]]) -> Iterator[Finding]:
    own, shared = _grouped(tables, lambda use: use.registrable_domain), _grouped(tables, _provider)
    for domain, members in own.items():
        sets: list[set[str]] = [set(hosts) for hosts in members]
        if not any(one - other and other - one for one in sets for other in sets):
            continue
        changing = sorted(sets[0].union(*sets) - sets[0].intersection(*sets[1:]))
        fix = f"Serve the login's content from one fixed host of {domain}, or list every host it can use."
        yield _found(case, domain, changing, members, fix)
    for suffix, members in shared.items():
        if changing := _taking_turns(members):
            fix = (
                f"Put a host of your own domain (a CNAME) in front of what {suffix} serves, let the pages name that "
                f"one, and list it; a name that {suffix} gives out may be another one tomorrow."
            )
            yield _found(case, suffix, changing, members, fix)


def _grouped(tables: Sequence[Sequence[HostUse]], by: Callable[[HostUse], str | None]) -> _Groups:
    """The hosts of each attempt, by what ``by`` says they belong to."""
    groups: _Groups = defaultdict(lambda: [{} for _ in tables])
    for n, table in enumerate(tables):
        for use in table:
            if (name := by(use)) is not None:
                groups[name][n][use.host] = use
    return groups


def _provider(use: HostUse) -> str | None:
    return shared_suffix(use.host)


def _taking_turns(members: list[dict[str, HostUse]]) -> list[str]:
    """The hosts under a provider's suffix of which one came in another's place.

    Such hosts can be anybody's, so that it is not enough that one was missing and another was there.
    """
    pairs = [
        (one[gone], other[come])
        for one, other in combinations(members, 2)
        for gone in one.keys() - other.keys()
        for come in other.keys() - one.keys()
    ]
    return sorted({use.host for pair in pairs if _same_role(*pair) for use in pair})


def _same_role(one: HostUse, other: HostUse) -> bool:
    """Whether both served the same file, or traffic of the same kind under names that differ in a number only."""
    if one.registrable_domain == other.registrable_domain:
        return False  # told by their own domain
    alike = _NUMBER.sub("#", one.host) == _NUMBER.sub("#", other.host)
    return bool(one.kinds & other.kinds and (alike or one.files & other.files))


def _found(case: str, name: str, changing: Sequence[str], members: list[dict[str, HostUse]], fix: str) -> Finding:
    first = next(hosts[changing[0]] for hosts in members if changing[0] in hosts)
    return finding(
        "domains-dynamic-hosts",
        f"Hosts of {name} change from link to link: {', '.join(changing)}. A fixed list will miss the next one.",
        subject=name,
        at=EvidenceRef(kind="request", ref=first.first, case=case),
        related=[EvidenceRef(kind="host", ref=host, case=case) for host in changing],
        confidence=Confidence.LIKELY,
        fix=fix,
    )


AUDIT = Audit(
    id="dynamic-hosts",
    rules=("domains-dynamic-hosts",),
    title="The login's hosts are the same every time",
    failed_title="The login's hosts change from link to link",
    scope="run",
    judge=judge,
)
