"""Derived facts in the shapes the report publishes. A fact that is missing leaves its section out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from e2e_linker.alexa.limits import Headroom as Room
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive import sizes as size_facts
from e2e_linker.derive import state_trail as trails
from e2e_linker.derive.base import Facts
from e2e_linker.derive.changing_hosts import listable
from e2e_linker.derive.hosts import coverage, domain_list, merged, paste_ready
from e2e_linker.derive.ladder import Hop, Ladder
from e2e_linker.evidence.models import Failed, Present, Request, SkillFacts, records
from e2e_linker.evidence.served_tls import ServedTls
from e2e_linker.model import host_of
from e2e_linker.report.sections import (
    DomainHost,
    Domains,
    Headroom,
    LadderHop,
    SizeHeadroom,
    SizeHop,
    StatePlace,
    StateTrail,
    TlsHost,
)

__all__ = ["domains", "fact_value", "ladder_hops", "size_headroom", "state_trail", "tls_hosts"]

_TIGHTEST = 4


def fact_value(facts: Facts, name: str) -> Any:
    """The fact ``name``, or None where it is missing."""
    part = facts.get(name)
    return part.value if isinstance(part, Present) else None


def domains(skill: SkillFacts, cases: CaseTable) -> Domains:
    """The Domain List against what all cases contacted."""
    listed = domain_list(skill)
    rows = cases.collect("hosts")
    used = merged(table for _, table in rows)
    covered = coverage(used, listed)
    changing = {one for _, found in cases.collect("changing_hosts") for one in found}
    paste, rest = paste_ready(listable(used, changing, listed)[0], listed)
    first = {use.host: f"{case.id} {use.first}" for case, table in reversed(rows) for use in table}
    users = {use.host: tuple(dict.fromkeys(case.id for case, table in rows if _has(table, use.host))) for use in used}
    lacking = {use.host for use in covered.missing}
    return Domains(
        authorization_host=listed.authorization_host,
        listed=skill.domains,
        observed=tuple(
            DomainHost(
                host=use.host,
                registrable_domain=use.registrable_domain,
                kinds=tuple(sorted(use.kinds)),
                first_seen=first[use.host],
                cases=users[use.host],
                listed=use.host not in lacking,
                needed=use.active,
            )
            for use in used
        ),
        missing=tuple(use.host for use in covered.missing),
        unused=tuple(entry.raw for entry in covered.unused) if rows else (),
        paste=paste,
        self_host=rest,
    )


def _has(table: Any, host: str) -> bool:
    return any(use.host == host for use in table)


def ladder_hops(facts: Facts) -> tuple[LadderHop, ...]:
    """The rungs of the measured walk."""
    found: Ladder | None = fact_value(facts, "ladder")
    return tuple(_rung(hop) for hop in found.hops) if found else ()


def _rung(hop: Hop) -> LadderHop:
    return LadderHop(
        n=hop.n,
        request=hop.request,
        at=hop.at,
        method=hop.method,
        url=hop.url,
        host=host_of(hop.url),
        status=hop.status,
        how=hop.how,
        target=hop.location,
        head_bytes=hop.head,
        time_ms=hop.time_ms,
        window=hop.window,
        main_frame=hop.main_frame,
        # Alexa's host is refused on purpose, so that no code reaches it: no failure of the server's.
        failure=None if hop.arrival else hop.failure,
        arrival=hop.arrival,
    )


def state_trail(facts: Facts) -> StateTrail | None:
    """The state of the measured walk at every place it was seen."""
    found: trails.StateTrail | None = fact_value(facts, "state_trail")
    if found is None:
        return None
    return StateTrail(
        sent=found.sent,
        places=tuple(
            StatePlace(
                request=place.request,
                place=place.where,
                name=place.name,
                drift=place.drift.kind if place.drift else None,
                detail=place.drift.text if place.drift else None,
                value=place.value,
            )
            for place in found.places
        ),
        first_change=_first_change(found),
    )


def _first_change(found: trails.StateTrail) -> str | None:
    wrong = found.first_wrong
    if found.drift is None or wrong is None:
        return None
    right = found.last_right
    before = f"right at request {right.request} ({right.where})" if right else "not seen before"
    return f"{before}, {found.drift.text} at request {wrong.request} ({wrong.where})"


def size_headroom(facts: Facts) -> SizeHeadroom | None:
    """Sizes of the measured walk's hops and of the redirect to Alexa."""
    found: size_facts.Sizes | None = fact_value(facts, "sizes")
    if found is None:
        return None
    hops = [
        SizeHop(
            request=hop.request,
            url=hop.url,
            request_line=hop.request_line,
            cookie_header=hop.cookie_header,
            head=hop.head,
            largest=hop.largest.text if hop.largest else None,
            headroom=tuple(map(_room, _telling(hop.rooms))),
            arrival=False,
        )
        for hop in (*found.hops, *found.subrequests)
    ]
    if found.arrival is not None:
        hops.append(_arrival(found.arrival))
    return SizeHeadroom(hops=tuple(hops))


def _telling(rooms: Sequence[Room]) -> Iterable[Room]:
    """Of ``rooms``, tightest first, those that leave the least room, and of every kind of limit the tightest."""
    kinds: dict[str, Room] = {}
    for room in rooms:
        kinds.setdefault(room.part, room)
    return (room for n, room in enumerate(rooms) if n < _TIGHTEST or kinds[room.part] is room)


def _room(room: Room) -> Headroom:
    return Headroom(
        server=f"{room.server.server} {room.server.version or ''}".strip(),
        limit=room.part,
        limit_bytes=room.limit,
        used_bytes=room.used,
        used=round(room.used / room.limit, 4),
    )


def _arrival(arrival: size_facts.ArrivalSize) -> SizeHop:
    longest = arrival.params[0] if arrival.params else None
    return SizeHop(
        request=arrival.request,
        url="the redirect to Alexa",
        request_line=arrival.request_line,
        cookie_header=None,
        head=arrival.with_cookies,
        largest=f"parameter {longest.name} ({longest.length:,} characters)" if longest else None,
        headroom=(),
        arrival=True,
    )


def tls_hosts(facts: Facts) -> tuple[TlsHost, ...]:
    """The hosts that were asked for their TLS, then those whose certificate a browser was shown."""
    requests: tuple[Request, ...] = fact_value(facts, "requests") or ()
    shown: dict[str, str | None] = {}
    for request in requests:
        host = host_of(request.url)
        if request.url.startswith("https:") and not shown.get(host):
            shown[host] = request.server_certificate
    asked: tuple[ServedTls, ...] = fact_value(facts, "hosts_tls") or ()
    known = {served.host for served in asked}
    rest = (TlsHost(host=host, certificate=certificate) for host, certificate in sorted(shown.items()))
    return (*(_tls_host(served, shown.get(served.host)) for served in asked), *(r for r in rest if r.host not in known))


def _tls_host(served: ServedTls, shown: str | None) -> TlsHost:
    chain = records(served.chain)
    own = chain[0] if chain else None
    said = "; ".join(filter(None, (served.trust_detail, *served.also)))
    return TlsHost(
        host=served.host,
        certificate=shown,
        port=served.port,
        roles=served.roles,
        verdict=served.trust,
        detail=said or (served.chain.error if isinstance(served.chain, Failed) else None),
        subject=own.subject if own else None,
        issuer=own.issuer if own else None,
        not_after=own.not_after if own else None,
        handshakes=served.handshakes,
    )
