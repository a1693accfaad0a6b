"""Exchanges of the probes with which nothing interfered, so that a server has no reason to refuse their codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.evidence.models import Present, Walk
from e2e_linker.evidence.token_calls import ProbeName

__all__ = ["Moments", "code_moments", "lone_exchanges"]

Moments = tuple[datetime, datetime]
"""From when until when other codes, or the end of the session, may have come."""

_ALONE: frozenset[ProbeName | None] = frozenset({"relink", "reuse_soon", "race", "code_twice", "burst"})
"""The probes that are made one after the other, each with links of its own."""
_DOING = frozenset({"document", "xhr", "fetch"})
_ANSWERED = timedelta(seconds=1)
"""For how long a request may go on to do something, at most until its walk is over."""


def code_moments(
    probed: Probed, cases: Iterable[tuple[str, Sequence[Walk]]], others: Iterable[Walk]
) -> tuple[Moments, ...]:
    """When the walks of ``cases`` and ``others`` may have ended the code of a lone probe, or its session.

    In the session of the probes each page and each request of a script may; elsewhere it is the arrival, with which a
    new code is there.
    """
    battery = probed.battery
    if battery is None:
        return ()
    own = {link.walk for link in battery.links if link.probe in _ALONE}
    found = [moment for walk in others if walk.id not in own for moment in (*_requests(walk), *_arrivals(walk))]
    for case, walks in cases:
        for walk in walks:
            found += [*(_requests(walk) if case == battery.case else ()), *_arrivals(walk)]
    return tuple(found)


def lone_exchanges(probed: Probed, disturbed: Sequence[Moments]) -> tuple[Reply, ...]:
    """The redemptions of fresh codes by probes that are made one by one, in order.

    Of those that failed there are none before which something was sent that a server may punish, none while whose code
    was under way another one was got, which on some servers ends it, and none with a code that had come before.
    """
    found: list[Reply] = []
    crowded = _crowded(probed)
    clean, since, sent = True, None, set[str | None]()
    for reply in probed.replies:
        call = reply.call
        fresh = is_blameless(call)
        if fresh and call.probe in _ALONE:
            code = reply.sent("code")
            apart = clean and since is not None and call.link not in crowded and (code is None or code not in sent)
            if reply.worked or (apart and not _overlaps(disturbed, since or call.at, call.at)):
                found.append(reply)
        if call.probe in _ALONE:
            since = call.at
        sent.add(reply.sent("code"))
        if not fresh and not (call.purpose == "refresh" and reply.worked):
            clean = False
        elif reply.worked:
            clean = True
    return tuple(found)


def _crowded(probed: Probed) -> frozenset[str]:
    """The links beside which a probe that is not made alone had one."""
    links = [link for link in (probed.battery.links if probed.battery else ()) if link.code or link.problem]
    return frozenset(
        link.id
        for n, link in enumerate(links)
        if any(beside.probe not in _ALONE for beside in (*links[max(n - 1, 0) : n], *links[n + 1 : n + 2]))
    )


def _overlaps(moments: Sequence[Moments], begin: datetime, end: datetime) -> bool:
    return any(first <= end and last >= begin for first, last in moments)


def _requests(walk: Walk) -> list[Moments]:
    """Those by which a server may do something; the whole walk where they are not known."""
    end = walk.started_at + timedelta(seconds=walk.duration_s)
    if not isinstance(walk.requests, Present):
        return [(walk.started_at, end)]
    asked = (request for request in walk.requests.value if request.resource_type in _DOING)
    moments = [walk.started_at + timedelta(seconds=request.at) for request in asked]
    return [(moment, max(moment, min(moment + _ANSWERED, end))) for moment in moments]


def _arrivals(walk: Walk) -> list[Moments]:
    arrivals = walk.arrivals.value if isinstance(walk.arrivals, Present) else ()
    moments = [walk.started_at + timedelta(seconds=arrival.at) for arrival in arrivals]
    return [(moment, moment) for moment in moments]
