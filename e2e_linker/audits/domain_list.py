"""The Domain List holds every host the login needs, by its exact name."""

from __future__ import annotations

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.further_hosts import MOST, changing_together, first_seen, further, named, needless
from e2e_linker.audits.screens import consequence, listed_in_words
from e2e_linker.audits.walks import walk_ref
from e2e_linker.config.hosts import host_problem
from e2e_linker.derive.causes import HostCause, Simulation
from e2e_linker.derive.changing_hosts import ChangingHosts, listable
from e2e_linker.derive.hosts import DomainList, HostUse, coverage, paste_ready
from e2e_linker.evidence.models import CaseFacts, Ending
from e2e_linker.model import Fault, Severity

WHERE = "developer console, Build > Account Linking > Domain List (SMAPI: accountLinkingRequest.domains)"


def judge(
    case: CaseFacts,
    hosts: tuple[HostUse, ...],
    domain_list: DomainList,
    simulation: Simulation | None,
    host_cause: HostCause | None,
    changing_hosts: tuple[ChangingHosts, ...],
    ending: Ending,
) -> Outcome:
    """Every contacted host must be listed; a listed parent domain does not count.

    Hosts that take turns are told together, as far as pages do not work without them: naming each helps nobody, and
    the audit of dynamic hosts tells of them, too.
    """
    covered = coverage(hosts, domain_list)
    if all(use.on_error for use in covered.missing) and ending.kind != "arrived":
        return Inconclusive(missing=(f"the login ended before Alexa was reached: {ending.message}",))
    kept, _ = listable(hosts, changing_hosts, domain_list)
    pasted, rest = paste_ready(kept, domain_list)
    causes = host_cause.hosts if host_cause is not None else ()
    proven = causes if host_cause is not None and host_cause.proven else ()
    lasting, changing = listable(covered.missing, changing_hosts, domain_list)
    missing = sorted(lasting, key=lambda use: (use.on_error, use.host not in causes))
    found = [_missing(use, covered.parents.get(use.host), pasted, rest, use.host in proven) for use in missing[:MOST]]
    told = [_tried(one, case, simulation, host_cause) for one in found]
    turning = {host for one in changing_hosts for host in one.hosts} - domain_list.hosts
    told += changing_together(changing, turning - {domain_list.authorization_host}, WHERE)
    more = [use for use in missing[MOST:] if not use.on_error]
    return verdict([*told, further(more, WHERE)] if more else told)


def _missing(use: HostUse, parent: str | None, pasted: tuple[str, ...], rest: tuple[str, ...], proven: bool) -> Finding:
    """``rest`` are the hosts that the list to paste has no room for; ``proven`` says more than what may happen."""
    if use.needless:
        return needless(use, WHERE)
    unlistable = host_problem(use.host)
    if unlistable is not None:
        more = f" and cannot be: it {unlistable}"
    elif parent is not None:
        more = f". {parent} is, but that does not cover its subdomains"
    elif proven:
        more = ""
    else:
        more = f"; where the list is enforced, {'the page may stop there' if use.active else 'this content is missing'}"
    full = f"; there is no room for all that the login uses, and none is left for {named(rest)}" if rest else ""
    no_room = f"Serve it from a host that is listed, or do without it: the Domain List has no room for {use.host}."
    fix = no_room if use.host in rest else f"Add {use.host} to the Domain List{full}."
    return finding(
        "domains-exact-host" if parent is not None and unlistable is None else "domains-complete",
        f"{use.host} ({', '.join(sorted(use.kinds))}) is not on the Domain List{more}.",
        subject=use.host,
        at=first_seen(use),
        related=(EvidenceRef(kind="host", ref=use.host),),
        severity=None if use.active else Severity.DEGRADES,
        fix=f"Serve it from a host that can be listed, not from {use.host}." if unlistable else fix,
        paste=None if unlistable else domains_array(pasted),
        where=WHERE,
        blame=Fault.IDENTITY_PROVIDER if unlistable else Fault.SKILL_CONFIGURATION,
    )


def _tried(found: Finding, case: CaseFacts, made: Simulation | None, cause: HostCause | None) -> Finding:
    """``found`` with what the simulation made of it."""
    if made is None:
        return found
    if cause is None:
        form = "the login form was shown; whether it can be sent was not tried, as limits.logins left no login for it"
        how_far = form if made.until_form else "the login got through all the same"
        more = f" Tried on {case.project}: with the list enforced, {how_far}."
        return found.model_copy(update={"message": found.message + more})
    if found.subject not in cause.hosts:
        return found
    seen = {"related": (*found.related, walk_ref(made.walk)), "cause": "proven" if cause.proven else "suspected"}
    if not cause.proven:
        more = f" Suspected, not proven: it is why, with the list enforced on {case.project}, {consequence(made)}."
        return found.model_copy(update={**seen, "message": found.message + more})
    others = [host for host in cause.hosts if host != found.subject]
    together = f", together with {listed_in_words(others)}" if others else ""
    worst = rule(found.rule).effective_severity
    said = (
        f"Unlisted {found.subject} is why, with the Domain List enforced, {consequence(made)} on {case.project}"
        f"{together}. Proven: let through, with every other unlisted host refused, the page is whole again. "
        f"{found.message}"
    )
    return found.model_copy(update={**seen, "message": said, "severity": worst})


def domains_array(domains: tuple[str, ...]) -> str:
    """``domains`` as the member of the account linking request, ready to paste."""
    inner = ",\n".join(f'  "{domain}"' for domain in domains)
    return f'"domains": [\n{inner}\n]'


AUDIT = Audit(
    id="domain-list",
    rules=("domains-complete", "domains-exact-host"),
    title="Every host the login needs is on the Domain List",
    failed_title="Hosts the login needs are missing from the Domain List",
    judge=judge,
)
