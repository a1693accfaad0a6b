"""With the Domain List enforced, as the Alexa app does it, every step still shows something to read and to use."""

from __future__ import annotations

from e2e_linker.audits.base import (
    Audit,
    EvidenceRef,
    Finding,
    Fix,
    Inconclusive,
    NotApplicable,
    Outcome,
    Passed,
    finding,
    verdict,
)
from e2e_linker.audits.domain_list import WHERE, domains_array
from e2e_linker.audits.further_hosts import to_be_listed
from e2e_linker.audits.screens import listed_in_words, shows
from e2e_linker.audits.walks import further, walk_ref
from e2e_linker.derive.causes import HostCause, Simulation
from e2e_linker.derive.changing_hosts import ChangingHosts, listable
from e2e_linker.derive.hosts import DomainList, HostUse, paste_ready
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import CaseFacts, Causes, Walk
from e2e_linker.model import Depth, Fault

__all__ = ["AUDIT"]


def judge(
    case: CaseFacts,
    simulation: Simulation | None,
    host_cause: HostCause | None,
    hosts: tuple[HostUse, ...],
    domain_list: DomainList,
    changing_hosts: tuple[ChangingHosts, ...],
    walks: tuple[Walk, ...],
    known_causes: Causes,
) -> Outcome:
    """What the simulation ended on. One that broke elsewhere is told with the hosts that are not on the list."""
    if simulation is None:
        return _unsimulated(walks, known_causes)
    last = simulation.last
    if host_cause is not None and last is None:
        return _untold(simulation.walk.ending.message)
    if host_cause is None or last is None or not last.empty:
        short = "only the pages before the password were tried: raise limits.logins for more, or run fewer cases"
        return Passed(note=short if simulation.until_form else None)
    kept, _ = listable(hosts, changing_hosts, domain_list)
    paste, _ = paste_ready(kept, domain_list)
    changing = {host for one in changing_hosts for host in one.hosts}
    fix = to_be_listed(host_cause.hosts, changing, domains_array(paste), WHERE)
    return verdict([_finding(case, simulation, last, host_cause, fix)])


def _unsimulated(walks: tuple[Walk, ...], known: Causes) -> Outcome:
    """Why there is nothing to judge: there was nothing to simulate, or the simulation came to nothing."""
    made = next(iter(further(walks, "simulated")), None)
    if made is not None:
        return _untold(made.ending.message)
    if known.skipped is None and known.unfinished is not None:
        return _untold(known.unfinished)
    return NotApplicable(reason=known.skipped or "the Domain List was not simulated")


def _untold(why: str) -> Inconclusive:
    return Inconclusive(missing=(f"what the customer sees with the Domain List enforced: {why}",))


def _finding(case: CaseFacts, made: Simulation, last: ScreenVerdict, cause: HostCause, fix: Fix) -> Finding:
    named = listed_in_words(cause.hosts)
    if cause.proven:
        is_why = "is why" if len(cause.hosts) == 1 else "are why, all of them together"
        told = (
            f"Proven: unlisted {named} {is_why}. Let through, with every other unlisted host refused, the page is "
            f"whole again ({cause.loads} trials)."
        )
    elif cause.hosts:
        told = f"Suspected, not proven: it asked in vain for {named}, not on the list."
    else:
        told = "Which host is to blame could not be told."
    return finding(
        "screen-blank",
        f"With the Domain List enforced, the login on {case.project} stops at a screen of {last.host} that "
        f"{shows(last)}. {told}",
        subject=f"{last.host} with the Domain List enforced",
        at=EvidenceRef(kind="screen", ref=f"{made.walk.id}#{last.screen}"),
        related=[walk_ref(made.walk), *(EvidenceRef(kind="host", ref=host) for host in cause.hosts)],
        confidence=last.confidence,
        fix=fix,
        blame=Fault.SKILL_CONFIGURATION,
        symptom=True,
        cause="proven" if cause.proven else "suspected",
    )


AUDIT = Audit(
    id="enforced-list",
    rules=("screen-blank",),
    title="With the Domain List enforced every step shows something",
    failed_title="With the Domain List enforced the login stops at a blank screen",
    depth=Depth.STANDARD,
    rendering=True,
    judge=judge,
)
