"""The hosts of the login are the same every time, so that a fixed list can name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Options, Outcome, finding
from e2e_linker.audits.base import verdict as outcome_of
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.hosts import HostUse
from e2e_linker.model import Confidence


def judge(cases: CaseTable, options: Options) -> Outcome:
    """Hosts of one registrable domain that take turns between repeats of a case.

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
    groups: dict[str, list[dict[str, HostUse]]] = defaultdict(lambda: [{} for _ in tables])
    for n, table in enumerate(tables):
        for use in table:
            groups[use.registrable_domain][n][use.host] = use
    for domain, members in groups.items():
        sets: list[set[str]] = [set(hosts) for hosts in members]
        if not any(one - other and other - one for one in sets for other in sets):
            continue
        changing = sorted(sets[0].union(*sets) - sets[0].intersection(*sets[1:]))
        first = next(hosts[changing[0]] for hosts in members if changing[0] in hosts)
        yield finding(
            "domains-dynamic-hosts",
            f"Hosts of {domain} change from link to link: {', '.join(changing)}. A fixed list will miss the next one.",
            subject=domain,
            at=EvidenceRef(kind="request", ref=first.first, case=case),
            related=[EvidenceRef(kind="host", ref=host, case=case) for host in changing],
            confidence=Confidence.LIKELY,
            fix=f"Serve the login's content from one fixed host of {domain}, or list every host it can use.",
        )


AUDIT = Audit(
    id="dynamic-hosts",
    rules=("domains-dynamic-hosts",),
    title="The login's hosts are the same every time",
    failed_title="The login's hosts change from link to link",
    scope="run",
    judge=judge,
)
