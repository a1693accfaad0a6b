"""Hosts of which every visit asks another one for the same file, so that no list can name them all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from e2e_linker.derive.base import fact
from e2e_linker.derive.contacts import contacts
from e2e_linker.derive.hosts import DomainList, HostUse, registrable_domain
from e2e_linker.derive.stray_answer import StrayAnswer
from e2e_linker.evidence.models import Purpose, Walk

__all__ = ["ChangingHosts", "changing_hosts", "listable", "taking_turns"]

_VISITS: frozenset[Purpose] = frozenset({"measured", "warm", "simulated"})
"""Walks that ask the same of the server; what a simulation refuses it has asked for all the same."""
_MOST_ATTEMPTS = 10
_HASH = re.compile(r"[0-9a-f]{6,40}")
_NUMBER = re.compile(r"\d+")
_PIECE = re.compile(r"[^.-]+")


@dataclass(frozen=True, slots=True)
class ChangingHosts:
    """Hosts whose names differ in a number or a hash only, and that take turns."""

    mask: str
    """Their name with ``#`` in the place of that: ``n#.example.net``."""
    hosts: tuple[str, ...]


@fact
def changing_hosts(
    attempts: tuple[tuple[Walk, ...], ...],
    stray_answer: StrayAnswer | None,
    domain_list: DomainList,
    known_masks: frozenset[str],
) -> tuple[ChangingHosts, ...]:
    """Hosts of which one came in another's place to serve the same file, from visit to visit.

    No visit uses two of them: where a page spreads what it loads, each may have files of its own. Where all of them
    are listed, nobody misses them. What is known to change from other cases changes here, too.
    """
    visits = [walk for walks in attempts[:_MOST_ATTEMPTS] for walk in walks if walk.purpose in _VISITS]
    hosts: dict[str, set[str]] = defaultdict(set)
    askers: dict[tuple[str, str], set[str]] = defaultdict(set)
    spread: set[str] = set()
    for walk in visits:
        used: dict[str, str] = {}
        for host, path in _used(walk, stray_answer):
            mask = _masked(host)
            if used.setdefault(mask, host) != host:
                spread.add(mask)
            hosts[mask].add(host)
            if len(path) > 1:
                askers[mask, path].add(host)
    turning = {mask for (mask, _), known in askers.items() if len(known) > 1 and mask not in spread}
    listed = domain_list.hosts | {domain_list.authorization_host}
    found = known_masks | {mask for mask in turning if hosts[mask] - listed}
    return tuple(ChangingHosts(mask, tuple(sorted(hosts.get(mask, ())))) for mask in sorted(found))


def listable(
    uses: Sequence[HostUse], changing: Iterable[ChangingHosts], listed: DomainList
) -> tuple[tuple[HostUse, ...], tuple[HostUse, ...]]:
    """(``uses`` that are listed or that an entry of their own would help, those in whose place another host comes)."""
    masks = {one.mask for one in changing}
    turning = [bool(masks) and use.host not in listed.hosts and _masked(use.host) in masks for use in uses]
    pairs = list(zip(uses, turning, strict=True))
    return tuple(use for use, turns in pairs if not turns), tuple(use for use, turns in pairs if turns)


def taking_turns(members: Sequence[Mapping[str, HostUse]]) -> list[str]:
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


def _used(walk: Walk, stray: StrayAnswer | None) -> set[tuple[str, str]]:
    return {(one.host, one.path) for one in contacts(walk, stray)}


def _masked(host: str) -> str:
    """``host`` with ``#`` for each number and each hash before its registrable domain."""
    domain = registrable_domain(host)
    return _PIECE.sub(_mask, host.removesuffix(domain)) + domain if host.endswith("." + domain) else host


def _mask(piece: re.Match[str]) -> str:
    text = piece[0]
    hashed = _HASH.fullmatch(text) and any(char.isdigit() for char in text)
    return "#" if hashed else _NUMBER.sub("#", text)
