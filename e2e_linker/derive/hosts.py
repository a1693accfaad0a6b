"""Which hosts the login pulled content from or went to, and how that compares with the Domain List."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tldextract

from e2e_linker.alexa.facts import MAX_DOMAINS
from e2e_linker.config.hosts import host_problem
from e2e_linker.derive.base import fact
from e2e_linker.derive.contacts import AHEAD, ICON, Contact, contacts
from e2e_linker.evidence.models import SkillFacts, Walk
from e2e_linker.model import host_of

if TYPE_CHECKING:
    from e2e_linker.derive.stray_answer import StrayAnswer

__all__ = [
    "Coverage",
    "DomainList",
    "HostUse",
    "ListedEntry",
    "coverage",
    "domain_list",
    "hosts",
    "merged",
    "paste_ready",
    "registrable_domain",
    "shared_suffix",
]

ACTIVE_KINDS = frozenset(
    {"navigation", "redirect", "frame", "script", "stylesheet", "xhr", "fetch", "websocket", "eventsource", "form"}
)
"""Kinds of traffic without which a page does not work; the others (images, fonts, beacons) only look or count."""

_TELLING = re.compile(r"/[^/]+/[^/]|\.\w+$")
"""A path of several parts, or the name of a file."""

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:]+")

# No suffix list is fetched: the one that comes with the library is used, private suffixes included.
_EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@cache
def registrable_domain(host: str) -> str:
    """The registrable domain of ``host``: ``brand.co.uk`` for ``login.brand.co.uk``; an address or a suffix is its own.

    Under a top level that the suffix list does not know (``.test``, ``.internal``) it is the last two labels, as the
    list's own default rule has it.
    """
    found = _EXTRACT(host)
    known = found.top_domain_under_public_suffix
    if known or found.suffix == host or ":" in host or host.replace(".", "").isdigit():
        return known or host
    return ".".join(host.split(".")[-2:])


@cache
def shared_suffix(host: str) -> str | None:
    """The suffix under which a provider gives everybody a name, such as ``cloudfront.net``; None for other hosts."""
    found = _EXTRACT(host)
    return found.suffix if found.is_private and found.suffix != host else None


@dataclass(frozen=True, slots=True)
class HostUse:
    """A host that page traffic went to. ``first`` and ``seen`` name requests as ``<walk>#<n>``."""

    host: str
    registrable_domain: str
    kinds: frozenset[str]
    first: str
    seen: tuple[str, ...]
    files: frozenset[str] = frozenset()
    """The paths that were fetched from it, as far as they say what they are: ``/`` and ``/x`` do not."""

    on_error: bool = False
    """Whether nothing but an error page with which a walk ended loads from it."""

    @property
    def active(self) -> bool:
        """Whether a page of the login cannot work without it."""
        return bool(self.kinds & ACTIVE_KINDS) and not self.on_error

    @property
    def ahead(self) -> bool:
        """Whether things were fetched from it ahead only, which none of the pages needed in the end."""
        return self.kinds == {AHEAD}

    @property
    def unseen(self) -> bool:
        """Whether nothing of it is on a page: what was fetched ahead, or for the icon of a tab."""
        return self.kinds <= {AHEAD, ICON}

    @property
    def needless(self) -> bool:
        """Whether a login that works misses nothing without it."""
        return self.unseen or self.on_error


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry of the Domain List. ``host`` is what it means, or None where that cannot be said (a wildcard)."""

    raw: str
    host: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class DomainList:
    """The skill's Domain List and the one host that needs no entry."""

    entries: tuple[ListedEntry, ...]
    authorization_host: str

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that are meant."""
        return frozenset(entry.host for entry in self.entries if entry.host)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is missing from the list and what on it was not contacted."""

    missing: tuple[HostUse, ...]
    parents: dict[str, str]
    """Missing host to the listed entry that looks as if it covered it: its parent domain."""
    unused: tuple[ListedEntry, ...]


@fact
def hosts(walks: tuple[Walk, ...], stray_answer: StrayAnswer | None) -> tuple[HostUse, ...]:
    """Every host on every path taken, most needed first; not Alexa's own, nor where its answer went instead.

    A simulation takes paths that only an incomplete Domain List leads to: it does not count. Without the measured
    walk's requests a stray answer cannot be told, so that there is no table instead of an empty one.
    """
    uses: dict[str, list[Contact]] = {}
    for walk in (one for one in walks if one.purpose != "simulated"):
        for contact in contacts(walk, stray_answer):
            uses.setdefault(contact.host, []).append(contact)
    found = [_use(host, made) for host, made in uses.items()]
    return tuple(sorted(found, key=lambda use: (not use.active, use.host)))


def _use(host: str, made: Sequence[Contact]) -> HostUse:
    return HostUse(
        host,
        registrable_domain(host),
        kinds=frozenset(one.kind for one in made),
        first=made[0].ref,
        seen=tuple(dict.fromkeys(one.ref for one in made)),
        files=frozenset(one.path for one in made if _TELLING.search(one.path)),
        on_error=all(one.on_error for one in made),
    )


@fact
def domain_list(skill: SkillFacts) -> DomainList:
    """The Domain List with each entry read for what it means."""
    return DomainList(tuple(_entry(raw) for raw in skill.domains), host_of(skill.authorization_url))


@lru_cache(maxsize=1_000)
def _entry(raw: str) -> ListedEntry:
    problem = host_problem(raw)
    text = raw.strip().lower()
    if "*" in text:
        return ListedEntry(raw, None, problem)
    try:
        meant = urlsplit(text if "//" in text else f"//{text}").hostname
        host = meant.rstrip(".").encode("idna").decode("ascii") if meant else ""
    except (ValueError, UnicodeError):
        host = ""
    return ListedEntry(raw, host if _HOST.fullmatch(host) else None, problem)


def coverage(uses: Sequence[HostUse], listed: DomainList) -> Coverage:
    """``uses`` held against ``listed``, host by exact host: an entry covers no subdomain (Amazon's blog, 2020)."""
    covered = listed.hosts | {listed.authorization_host}
    missing = tuple(use for use in uses if use.host not in covered)
    used = {use.host for use in uses}
    parents = {use.host: parent for use in missing if (parent := _looks_covering(use.host, listed))}
    # A parent that was listed in place of its child is a mistake of another kind than a host nobody needs.
    known = used | {entry.host for entry in listed.entries if entry.raw in parents.values()}
    unused = {entry.host: entry for entry in reversed(listed.entries) if entry.host and entry.host not in known}
    return Coverage(missing, parents, tuple(reversed(unused.values())))


def _looks_covering(host: str, listed: DomainList) -> str | None:
    candidates = [entry for entry in listed.entries if entry.host and host.endswith("." + entry.host)]
    return max(candidates, key=lambda entry: len(entry.host or "")).raw if candidates else None


def merged(tables: Iterable[Sequence[HostUse]]) -> tuple[HostUse, ...]:
    """Several cases' hosts as one table."""
    found: dict[str, HostUse] = {}
    for use in (use for table in tables for use in table):
        known = found.get(use.host)
        found[use.host] = use if known is None else _joined(known, use)
    return tuple(sorted(found.values(), key=lambda use: (not use.active, use.host)))


def _joined(known: HostUse, use: HostUse) -> HostUse:
    return replace(
        known,
        kinds=known.kinds | use.kinds,
        seen=known.seen + use.seen,
        files=known.files | use.files,
        on_error=known.on_error and use.on_error,
    )


def paste_ready(uses: Sequence[HostUse], listed: DomainList) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the ``domains`` array to paste, the hosts it has no room for).

    The array never exceeds Amazon's 15. Hosts the page cannot work without come first, then the rest of what was
    contacted, then entries that were not contacted this time, because another path may need them. What no list can
    hold, such as an address, is left out, and what no login misses that works.
    """
    listable = (use.host for use in uses if not use.needless and not host_problem(use.host))
    needed = [host for host in listable if host != listed.authorization_host]
    rest = [entry.host for entry in listed.entries if entry.host and entry.host != listed.authorization_host]
    wanted = list(dict.fromkeys(needed))
    room = max(MAX_DOMAINS - len(wanted), 0)
    spare = [host for host in dict.fromkeys(rest) if host not in wanted and not host_problem(host)][:room]
    return tuple(wanted[:MAX_DOMAINS] + spare), tuple(wanted[MAX_DOMAINS:])
