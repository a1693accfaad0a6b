"""The Domain List has room for every host the login needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from e2e_linker.alexa.facts import MAX_DOMAINS
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.domain_list import WHERE, domains_array
from e2e_linker.audits.further_hosts import MOST, named
from e2e_linker.audits.runner import CaseTable
from e2e_linker.config.hosts import host_problem
from e2e_linker.derive.changing_hosts import listable
from e2e_linker.derive.hosts import DomainList, HostUse, domain_list, merged, paste_ready
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Fault

_UNKNOWN = "; a run in which every case arrives tells which they are"


def judge(cases: CaseTable, skill: SkillFacts) -> Outcome:
    """Amazon takes at most 15 entries; what is needed beyond that must be served from a host already listed."""
    listed = domain_list(skill)
    tables = cases.collect("hosts")
    seen_in = {use.host: case.id for case, table in reversed(tables) for use in table}
    used = _lasting(merged(table for _, table in tables), cases, listed)
    found = tuple(_findings(used, listed, seen_in, cases.all_arrived))
    if not found and not cases.all_arrived:
        return Inconclusive(missing=("not every case reached Alexa, so more hosts may be needed",))
    return verdict(found) if found or not cases.missing("hosts") else Inconclusive(missing=cases.missing("hosts"))


def _lasting(used: tuple[HostUse, ...], cases: CaseTable, listed: DomainList) -> tuple[HostUse, ...]:
    """``used`` without the hosts that only take turns: their number grows with the cases, not with what is needed."""
    changing = {one for _, found in cases.collect("changing_hosts") for one in found}
    return listable(used, changing, listed)[0]


def _findings(
    used: tuple[HostUse, ...], listed: DomainList, seen_in: Mapping[str, str], complete: bool
) -> Iterator[Finding]:
    # What no list can hold is told by itself.
    of_lists = [use for use in used if not use.needless and not host_problem(use.host)]
    needed = [use for use in of_lists if use.host != listed.authorization_host]
    pasted, rest = paste_ready(used, listed)
    left_over = f" No room is left for {named(rest)}." if rest else ""
    if len(needed) > MAX_DOMAINS:
        yield finding(
            "domains-max-15",
            f"The login uses {len(needed):,} hosts besides its own; the Domain List takes {MAX_DOMAINS}.{left_over}",
            subject="needed hosts",
            at=EvidenceRef(kind="host", ref=needed[MAX_DOMAINS].host, case=seen_in[needed[MAX_DOMAINS].host]),
            related=[
                EvidenceRef(kind="host", ref=use.host, case=seen_in[use.host]) for use in needed[MAX_DOMAINS + 1 : MOST]
            ],
            fix="Serve the content of these hosts from a host that is listed: " + named(rest) + ".",
            paste=domains_array(pasted),
            where=WHERE,
            blame=Fault.IDENTITY_PROVIDER,
        )
    elif len(listed.entries) > MAX_DOMAINS:
        yield finding(
            "domains-max-15",
            f"The Domain List has {len(listed.entries)} entries; Amazon takes {MAX_DOMAINS}.",
            subject="listed hosts",
            at=EvidenceRef(kind="configuration", ref="domains"),
            fix=f"Keep the hosts that the login uses{'' if complete else _UNKNOWN}.",
            paste=domains_array(pasted) if complete else None,
            where=WHERE,
            blame=Fault.SKILL_CONFIGURATION,
        )


AUDIT = Audit(
    id="domain-list-size",
    rules=("domains-max-15",),
    title="The Domain List has room for every host the login needs",
    failed_title="The login needs more hosts than the Domain List can hold",
    scope="run",
    early=True,
    judge=judge,
)
