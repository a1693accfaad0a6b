"""Hosts that are told in other words than one that is simply missing from the Domain List."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from e2e_linker.alexa.facts import MAX_DOMAINS
from e2e_linker.audits.base import EvidenceRef, Finding, Fix, finding
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.derive.hosts import HostUse, registrable_domain
from e2e_linker.model import Severity

__all__ = ["MOST", "changing_together", "first_seen", "further", "named", "needless", "to_be_listed"]

MOST = 2 * MAX_DOMAINS
"""Hosts that are told one by one. No list has room for more, and nobody reads the 2,000 of a page gone mad."""


def first_seen(use: HostUse) -> EvidenceRef:
    """Where a host was used first."""
    return EvidenceRef(kind="request" if "#" in use.first else "walk", ref=use.first)


def further(uses: Sequence[HostUse], where: str) -> Finding:
    """All of ``uses``, which no list has room for, as one finding; ``where`` the list is."""
    such = ", ".join(use.host for use in uses[:3])
    return finding(
        "domains-complete",
        f"Not on the Domain List, beside the {MOST} hosts told one by one: {len(uses):,} more, such as {such}.",
        subject="further hosts",
        at=first_seen(uses[0]),
        related=[EvidenceRef(kind="host", ref=use.host) for use in uses[:MOST]],
        severity=None if any(use.active for use in uses) else Severity.DEGRADES,
        fix=f"Serve their content from a few hosts: the Domain List takes {MAX_DOMAINS}.",
        where=where,
    )


def changing_together(uses: Sequence[HostUse], known: Iterable[str], where: str) -> list[Finding]:
    """All of ``uses``, in whose place another host comes at each link, by domain: those that a page needs.

    ``known`` are the hosts that took turns, in other attempts at the case, too.
    """
    named_by: dict[str, set[str]] = {}
    for host in known:
        named_by.setdefault(registrable_domain(host), set()).add(host)
    domains: dict[str, list[HostUse]] = {}
    for use in uses:
        domains.setdefault(use.registrable_domain, []).append(use)
    needed = [(domain, of) for domain, of in domains.items() if any(use.active for use in of)]
    return [_changing(domain, of, named_by.get(domain, set()), where) for domain, of in needed]


def _changing(domain: str, uses: Sequence[HostUse], known: set[str], where: str) -> Finding:
    does = ", ".join(sorted(frozenset[str]().union(*(use.kinds for use in uses))))
    return finding(
        "domains-complete",
        f"Hosts of {domain} ({does}) that change from link to link are not on the Domain List: "
        f"{named(sorted(known.union(use.host for use in uses)))}. Where the list is enforced, the page may stop there, "
        "and entries for these hosts do not help with another one.",
        subject=f"changing hosts of {domain}",
        at=first_seen(uses[0]),
        related=[EvidenceRef(kind="host", ref=use.host) for use in uses],
        fix=f"Serve it from one fixed host of {domain}, and add that to the Domain List, or list every host it can be.",
        where=where,
    )


def needless(use: HostUse, where: str) -> Finding:
    """Advice on a host that is not on the list ``where`` the hosts are, and that no login misses that works."""
    if use.ahead:
        told = (
            f"{use.host} is not on the Domain List. It was only asked ahead (prefetch) for what no page of this login "
            "came to need, so that nothing is missing where the list is enforced."
        )
        fix = f"Do not fetch ahead from {use.host} on the pages of the login; add it to the list only if one needs it."
    elif use.unseen:
        told = (
            f"{use.host} is not on the Domain List. Only the icon of the tab comes from it, which no page of the login "
            "shows, so that nothing is missing where the list is enforced."
        )
        fix = f"Serve the icon from a host of the login, or leave it as it is: it needs no entry for {use.host}."
    else:
        told = (
            f"{use.host} ({', '.join(sorted(use.kinds))}) is not on the Domain List. Only an error page with which a "
            "login ended loads from it: a login that works misses nothing where the list is enforced."
        )
        fix = f"Correct that error first; add {use.host} to the list only if error pages are to look whole."
    return finding(
        "domains-complete",
        told,
        subject=use.host,
        at=first_seen(use),
        related=(EvidenceRef(kind="host", ref=use.host),),
        severity=Severity.RECOMMENDED,
        fix=fix,
        where=where,
        symptom=not use.unseen,
    )


_ON_FIXED_HOSTS = "Serve from fixed hosts what comes from another one at each link, and add those to the Domain List."


def to_be_listed(hosts: Sequence[str], changing: Set[str], paste: str, where: str) -> Fix:
    """What to do about ``hosts``; an entry does not help with those of them in whose place others come."""
    lasting = [host for host in hosts if host not in changing]
    add = f"Add {listed_in_words(lasting)} to the Domain List." if lasting else "Complete the Domain List."
    if len(lasting) == len(hosts):
        return Fix(text=add, paste=paste, where=where)
    if not lasting:
        return Fix(text=_ON_FIXED_HOSTS, where=where)
    return Fix(text=f"{add} {_ON_FIXED_HOSTS}", paste=paste, where=where)


def named(hosts: Sequence[str]) -> str:
    """``hosts`` by name, as many as anybody reads."""
    more = f" and {len(hosts) - MOST:,} more" if len(hosts) > MOST else ""
    return ", ".join(hosts[:MOST]) + more
