"""The Domain List holds every host the login needs, by its exact name."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.derive.hosts import Coverage, DomainList, HostUse, coverage, paste_ready
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence, Fault, Severity

WHERE = "developer console, Build > Account Linking > Domain List (SMAPI: accountLinkingRequest.domains)"


def judge(hosts: tuple[HostUse, ...], domain_list: DomainList, ending: Ending) -> Outcome:
    """Every contacted host must be listed; a listed parent domain does not count."""
    covered = coverage(hosts, domain_list)
    if not covered.missing and ending.kind != "arrived":
        return Inconclusive(missing=(f"the login ended before Alexa was reached: {ending.message}",))
    return verdict(_missing(use, covered, hosts, domain_list) for use in covered.missing)


def _missing(use: HostUse, covered: Coverage, hosts: tuple[HostUse, ...], listed: DomainList) -> Finding:
    pasted, _ = paste_ready(hosts, listed)
    parent = covered.parents.get(use.host)
    does = ", ".join(sorted(use.kinds))
    if parent is not None:
        message = f"{use.host} ({does}) is not on the Domain List. {parent} is, but that does not cover its subdomains."
    elif use.active:
        message = f"{use.host} ({does}) is not on the Domain List; where the list is enforced, the page stops there."
    else:
        message = f"{use.host} ({does}) is not on the Domain List; where the list is enforced, this content is missing."
    return finding(
        "domains-exact-host" if parent is not None else "domains-complete",
        message,
        subject=use.host,
        at=EvidenceRef(kind="request" if "#" in use.first else "walk", ref=use.first),
        related=(EvidenceRef(kind="host", ref=use.host),),
        severity=None if use.active else Severity.DEGRADES,
        confidence=Confidence.CERTAIN,
        fix=f"Add {use.host} to the Domain List.",
        paste=domains_array(pasted),
        where=WHERE,
        blame=Fault.SKILL_CONFIGURATION,
    )


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
