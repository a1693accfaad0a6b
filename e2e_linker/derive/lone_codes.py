"""Fresh codes that the probes redeemed, sorted by whether a server had a reason to refuse one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from e2e_linker.derive.guarded import is_blameless
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.evidence.models import LoginStep, Present, Walk, records
from e2e_linker.evidence.token_calls import ProbedLink, ProbeName

__all__ = [
    *("FreshCodes", "Moments", "by_turns", "code_moments", "fresh_codes", "logged_in_anew"),
    "only_after_login",
]

Moments = tuple[datetime, datetime]
"""From when until when other codes, or the end of the session, may have come."""

_ALONE: frozenset[ProbeName | None] = frozenset({"relink", "reuse_soon", "race", "code_twice", "burst"})
"""The probes that are made one after the other, each with links of its own."""
_FINAL: frozenset[ProbeName | None] = frozenset({"code_twice", "burst"})
"""Those of them that come when no other probe gets a code."""
_SLIGHT: frozenset[ProbeName | None] = frozenset({"garbage_grant", "missing_code", "missing_refresh_token"})
"""The misuses that carry neither a code nor a token, so that no link can be punished for them."""
_DOING = frozenset({"document", "xhr", "fetch"})
_ANSWERED = timedelta(seconds=1)
"""For how long a request may go on to do something, at most until its walk is over."""


@dataclass(slots=True)
class FreshCodes:
    """How the probes' redemptions of fresh codes went, each kind in order."""

    judged: list[Reply] = field(default_factory=list)
    """Those of probes that are made one by one which worked, or failed although nothing interfered."""
    doubted: list[Reply] = field(default_factory=list)
    """Those that failed after what a server may punish, or of which it is not known when the code came."""
    crossed: list[Reply] = field(default_factory=list)
    """Those that failed while another code was got, which on some servers ends the one before it."""


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


def fresh_codes(probed: Probed, disturbed: Sequence[Moments], others: Iterable[Walk]) -> FreshCodes:
    """What came of the fresh codes of the probes. A code that was sent before is none.

    ``disturbed`` are the moments of others, ``others`` the walks of which some brought these codes.
    """
    sorter = _Sorter(probed, disturbed, others)
    for reply in probed.replies:
        sorter.take(reply)
    return sorter.sorted()


class _Sorter:
    """Takes the answers of the token endpoint in order."""

    def __init__(self, probed: Probed, disturbed: Sequence[Moments], others: Iterable[Walk]) -> None:
        links = probed.battery.links if probed.battery else ()
        began = {walk.id: walk.started_at for walk in others}
        self._disturbed, self._crowded = disturbed, _crowded(links)
        self._begun = {link.id: began[link.walk] for link in links if link.walk in began}
        self._found = FreshCodes()
        self._sent: set[str] = set()
        self._last: datetime | None = None
        self._since: datetime | None = None
        """When a probe that is made alone last called: the code of the next one had not come by then."""
        self._grudge: Literal["none", "slight", "grave"] = "none"
        """What a server may hold against the next call: nothing, requests without code and token, or worse."""
        self._open: list[Reply] = []
        """Refused since requests without code and token."""
        self._cleared: list[Reply] = []
        """Those of them for which these were no reason."""

    def take(self, reply: Reply) -> None:
        """Sort ``reply``, which comes after those that were taken before."""
        call, code, fresh = reply.call, reply.sent("code"), is_blameless(reply.call)
        if fresh and reply.worked and call.probe in _ALONE:
            self._found.judged.append(reply)
        elif fresh and not reply.worked and code not in self._sent:
            self._pile(reply).append(reply)
        self._since, self._last = call.at if call.probe in _ALONE else self._since, call.at
        self._sent |= {code} if code else set()
        if reply.worked and (fresh or call.purpose == "refresh"):
            self._grudge = "none"
            self._settle(())
        elif not fresh:
            self._resent(reply)

    def sorted(self) -> FreshCodes:
        """All that was taken.

        What came after such requests is judged where the server refused others after nothing of the kind.
        """
        self._settle(())
        plain = any(reply.final for reply in self._found.judged)
        (self._found.judged if plain else self._found.doubted).extend(self._cleared)
        self._found.judged.sort(key=lambda reply: reply.call.n)
        return self._found

    def _pile(self, refused: Reply) -> list[Reply]:
        """Where ``refused`` belongs, which is a fresh code's."""
        call, found = refused.call, self._found
        came = self._last if call.probe in _FINAL else self._since or self._begun.get(call.link or "")
        met = came is not None and any(first <= call.at and last >= came for first, last in self._disturbed)
        if call.probe not in _ALONE or call.link in self._crowded or met:
            return found.crossed
        if came is None or self._grudge == "grave":
            return found.doubted
        return found.judged if self._grudge == "none" else self._open

    def _resent(self, reply: Reply) -> None:
        """Note what a server may punish.

        Where it refuses that with an error of its own, it had turned nobody away for what came before.
        """
        if reply.call.probe in _SLIGHT and reply.error:
            self._settle([each for each in self._open if each.error != reply.error])
            self._grudge = "slight" if self._grudge == "none" else self._grudge
        else:
            self._grudge = "grave"

    def _settle(self, innocent: Sequence[Reply]) -> None:
        self._cleared += innocent
        self._found.doubted += [reply for reply in self._open if reply not in innocent]
        self._open = []


def by_turns(fresh: Iterable[Reply]) -> list[Reply]:
    """Those of ``fresh`` that were refused, where some were taken between them and after them; else none."""
    runs = [(worked, list(group)) for worked, group in groupby(fresh, lambda reply: reply.worked)]
    # What nothing follows that was taken may be the end of all links, or of the server.
    refused = [group for worked, group in (runs if runs and runs[-1][0] else runs[:-1]) if not worked]
    return [reply for group in refused for reply in group] if len(refused) > 1 else []


def only_after_login(probed: Probed, fresh: Sequence[Reply], others: Iterable[Walk]) -> bool:
    """Whether all codes but those for which the account logged in anew were refused, as if each session had one."""
    anew = logged_in_anew(probed, others)
    return not all(reply.worked for reply in fresh) and all(
        reply.worked == (reply.call.link in anew) for reply in fresh
    )


def logged_in_anew(probed: Probed, others: Iterable[Walk]) -> frozenset[str | None]:
    """The links for which a password was typed."""
    typed = {walk.id for walk in others if isinstance(walk.login, Present) and _logs_in(walk.login.value)}
    return frozenset(link.id for link in (probed.battery.links if probed.battery else ()) if link.walk in typed)


def _logs_in(steps: Iterable[LoginStep]) -> bool:
    return any(step.what == "password" for step in steps)


def _crowded(links: Iterable[ProbedLink]) -> frozenset[str | None]:
    """The links beside which a probe that is not made alone had one."""
    tried = [link for link in links if link.code or link.problem]
    return frozenset(
        link.id
        for n, link in enumerate(tried)
        if link.probe not in _FINAL
        and any(beside.probe not in _ALONE for beside in (*tried[max(n - 1, 0) : n], *tried[n + 1 : n + 2]))
    )


def _requests(walk: Walk) -> list[Moments]:
    """Those by which a server may do something; the whole walk where they are not known."""
    end = walk.started_at + timedelta(seconds=walk.duration_s)
    if not isinstance(walk.requests, Present):
        return [(walk.started_at, end)]
    asked = (request for request in walk.requests.value if request.resource_type in _DOING)
    moments = [walk.started_at + timedelta(seconds=request.at) for request in asked]
    return [(moment, max(moment, min(moment + _ANSWERED, end))) for moment in moments]


def _arrivals(walk: Walk) -> list[Moments]:
    moments = [walk.started_at + timedelta(seconds=arrival.at) for arrival in records(walk.arrivals)]
    return [(moment, moment) for moment in moments]
