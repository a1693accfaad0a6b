"""The hosts of the login are the same every time, so that a fixed list can name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Options, Outcome, finding
from e2e_linker.audits.base import verdict as outcome_of
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.changing_hosts import taking_turns
from e2e_linker.derive.hosts import HostUse, registrable_domain, shared_suffix
from e2e_linker.model import Confidence

_ONCE = "seen for sure only when cases are repeated: run with --repeat 3"
_FIXED = "Serve the login's content from one fixed host of {}, or list every host it can use."
_Groups = dict[str, list[dict[str, HostUse]]]
"""For each name that hosts share, the hosts of every attempt."""


def judge(cases: CaseTable, options: Options) -> Outcome:
    """Hosts of one registrable domain, or under one provider's suffix, that take turns between repeats of a case.

    What differs in a number only is told from the walks of one case alone, where the list lacks some of it.

    A host that is only sometimes missing (a consent page shown at the first link) is not dynamic: another one must have
    come in its place.
    """
    within = {one.fingerprint: one for one in _within(cases)}
    if options.repeat < 2:
        return outcome_of(within.values()) if within else NotApplicable(reason=_ONCE)
    attempts: dict[str, list[Sequence[HostUse]]] = defaultdict(list)
    for case, table, ending in cases.collect("hosts", "ending"):
        if ending.kind == "arrived":
            attempts[case.id].append(table)
    compared = {case: tables for case, tables in attempts.items() if len(tables) > 1}
    if not compared and not within:
        return Inconclusive(missing=("no case reached Alexa more than once",))
    found = {one.fingerprint: one for case, tables in compared.items() for one in _findings(case, tables)}
    return outcome_of({**within, **found}.values())


def _within(cases: CaseTable) -> Iterator[Finding]:
    """What the walks of one case show without a repeat: the first page once more, or the second link."""
    named: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, dict[str, tuple[str, HostUse]]] = defaultdict(dict)
    for case, changing, table in cases.collect("changing_hosts", "hosts"):
        hosts = {host for one in changing for host in one.hosts}
        for host in hosts:
            named[registrable_domain(host)].add(host)
        for use in (use for use in table if use.host in hosts):
            seen[use.registrable_domain].setdefault(use.host, (case.id, use))
    for domain, found in seen.items():
        yield _told(domain, sorted(named[domain]), [found[host] for host in sorted(found)], _FIXED.format(domain))


def _findings(case: str, tables: list[Sequence[HostUse]]) -> Iterator[Finding]:
    own, shared = _grouped(tables, lambda use: use.registrable_domain), _grouped(tables, _provider)
    for domain, members in own.items():
        sets: list[set[str]] = [set(hosts) for hosts in members]
        if not any(one - other and other - one for one in sets for other in sets):
            continue
        changing = sorted(sets[0].union(*sets) - sets[0].intersection(*sets[1:]))
        yield _found(case, domain, changing, members, _FIXED.format(domain))
    for suffix, members in shared.items():
        if changing := taking_turns(members):
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


def _found(case: str, name: str, changing: Sequence[str], members: list[dict[str, HostUse]], fix: str) -> Finding:
    uses = [next(hosts[host] for hosts in members if host in hosts) for host in changing]
    return _told(name, changing, [(case, use) for use in uses], fix)


def _told(name: str, changing: Sequence[str], seen: Sequence[tuple[str, HostUse]], fix: str) -> Finding:
    """``seen`` are the cases in which ``changing`` hosts were met, and as what."""
    case, first = seen[0]
    return finding(
        "domains-dynamic-hosts",
        f"Hosts of {name} change from link to link: {', '.join(changing)}. A fixed list will miss the next one.",
        subject=name,
        at=EvidenceRef(kind="request", ref=first.first, case=case),
        related=[EvidenceRef(kind="host", ref=use.host, case=where) for where, use in seen],
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
