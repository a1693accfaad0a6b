"""The Domain List holds every host the login needs, by its exact name."""

from __future__ import annotations

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.screens import consequence, listed_in_words
from e2e_linker.audits.walks import walk_ref
from e2e_linker.config.hosts import host_problem
from e2e_linker.derive.causes import HostCause, Simulation
from e2e_linker.derive.hosts import DomainList, HostUse, coverage, paste_ready
from e2e_linker.evidence.models import CaseFacts, Ending
from e2e_linker.model import Confidence, Fault, Severity

WHERE = "developer console, Build > Account Linking > Domain List (SMAPI: accountLinkingRequest.domains)"


def judge(
    case: CaseFacts,
    hosts: tuple[HostUse, ...],
    domain_list: DomainList,
    simulation: Simulation | None,
    host_cause: HostCause | None,
    ending: Ending,
) -> Outcome:
    """Every contacted host must be listed; a listed parent domain does not count."""
    covered = coverage(hosts, domain_list)
    if not covered.missing and ending.kind != "arrived":
        return Inconclusive(missing=(f"the login ended before Alexa was reached: {ending.message}",))
    pasted, _ = paste_ready(hosts, domain_list)
    found = [_missing(use, covered.parents.get(use.host), pasted) for use in covered.missing]
    return verdict(_tried(one, case, simulation, host_cause) for one in found)


def _missing(use: HostUse, parent: str | None, pasted: tuple[str, ...]) -> Finding:
    does = ", ".join(sorted(use.kinds))
    unlistable = host_problem(use.host)
    if unlistable is not None:
        message = f"{use.host} ({does}) is not on the Domain List and cannot be: it {unlistable}."
    elif parent is not None:
        message = f"{use.host} ({does}) is not on the Domain List. {parent} is, but that does not cover its subdomains."
    elif use.active:
        message = f"{use.host} ({does}) is not on the Domain List; where the list is enforced, the page stops there."
    else:
        message = f"{use.host} ({does}) is not on the Domain List; where the list is enforced, this content is missing."
    return finding(
        "domains-exact-host" if parent is not None and unlistable is None else "domains-complete",
        message,
        subject=use.host,
        at=EvidenceRef(kind="request" if "#" in use.first else "walk", ref=use.first),
        related=(EvidenceRef(kind="host", ref=use.host),),
        severity=None if use.active else Severity.DEGRADES,
        confidence=Confidence.CERTAIN,
        fix=f"Serve it from a host that can be listed, not from {use.host}."
        if unlistable
        else f"Add {use.host} to the Domain List.",
        paste=None if unlistable else domains_array(pasted),
        where=WHERE,
        blame=Fault.IDENTITY_PROVIDER if unlistable else Fault.SKILL_CONFIGURATION,
    )


def _tried(found: Finding, case: CaseFacts, made: Simulation | None, cause: HostCause | None) -> Finding:
    """``found`` with what the simulation made of it."""
    if made is None:
        return found
    if cause is None:
        how_far = "the login form came" if made.until_form else "the login got through"
        more = f" Tried on {case.project}: with the list enforced, {how_far} all the same."
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
