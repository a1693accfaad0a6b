"""Where a network capture shows an answer handed to Alexa: by a request, or by a redirect that nothing follows.

Alexa's app and pages talk to the hosts that take answers all the time. An app may take the redirect to Alexa from the
browser before a request is sent, and its own connections are often closed to a capture.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from e2e_linker.alexa.authorization import is_arrival
from e2e_linker.alexa.facts import is_alexas
from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.capture_repeats import redirect_target
from e2e_linker.evidence.loose_json import a_number, an_object
from e2e_linker.evidence.sizes import url_as_sent
from e2e_linker.evidence.traffic import Request
from e2e_linker.model import host_of

__all__ = ["Answers", "Handed", "is_led"]

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LONGEST_ANSWER_MS = 600_000


@dataclass(frozen=True, slots=True)
class Handed:
    """What may have handed an answer to Alexa."""

    n: int
    """Number of the entry."""
    url: str
    """Alexa's address, without fragment."""
    started: datetime | None
    """When the entry was sent."""
    ended: datetime | None
    """When Alexa's address was known to the browser."""
    user_agent: str
    certain: bool
    """Whether the address alone shows that it is an answer."""
    led: bool = True
    """Whether a page led there, as far as the entry tells."""

    def is_of(self, user_agent: str) -> bool:
        """Whether it is the answer of a link that ``user_agent`` made: its own, or one that an app took over."""
        return self.certain or not self.user_agent or not user_agent or self.user_agent == user_agent


class Answers:
    """What the entries of a capture hand to Alexa; ``arrivals_at`` are the addresses at which it receives answers."""

    def __init__(self, arrivals_at: Sequence[str]) -> None:
        self._arrivals_at = arrivals_at
        self.hosts = frozenset(host_of(uri) for uri in arrivals_at)
        self._asked: list[Handed] = []
        self._redirects: dict[str, Handed] = {}
        """By their targets, the redirects of other hosts to one of Alexa's."""

    def concern(self, url: str) -> bool:
        """Whether ``url`` is one of Alexa's addresses."""
        return host_of(url) in self.hosts and is_arrival(url, self._arrivals_at)

    def read_request(self, n: int, raw: Mapping[str, Any], moment: datetime | None) -> Handed | None:
        """Take the ``n``-th entry, to one of Alexa's addresses; what it hands over, as far as known by now."""
        entry = Entry.read(raw)
        certain = is_arrival(entry.url, self._arrivals_at, led=False)
        led = certain or is_led(entry, self.hosts)
        agent = entry.header("user-agent")
        handed = Handed(n, url_as_sent(entry.url), moment, moment, agent, certain=certain, led=led)
        self._asked.append(handed)
        return handed if self._is_one(handed) else None

    def read_redirect(self, n: int, raw: Mapping[str, Any], moment: datetime | None) -> None:
        """Take the ``n``-th entry, to another address: it may redirect to one of Alexa's."""
        status = a_number(an_object(raw.get("response")).get("status")) or 0
        if not 300 <= status < 400:
            return
        entry = Entry.read(raw)
        target = redirect_target(entry) or ""
        if target not in self._redirects and self.concern(target):
            took = min(max(a_number(raw.get("time")) or 0.0, 0.0), _LONGEST_ANSWER_MS)
            ended = moment + timedelta(milliseconds=took) if moment is not None else None
            self._redirects[target] = Handed(n, target, moment, ended, entry.header("user-agent"), certain=False)

    def found(self) -> list[Handed]:
        """What handed an answer over, oldest first: requests, and redirects to what is surely one, without request."""
        asked = [one for one in self._asked if self._is_one(one)]
        followed = {one.url for one in self._asked}
        unsent = (
            one
            for one in self._redirects.values()
            if one.url not in followed and is_arrival(one.url, self._arrivals_at, led=False)
        )
        return sorted([*asked, *unsent], key=lambda one: (one.started or _LONG_AGO, one.n))

    def _is_one(self, asked: Handed) -> bool:
        return asked.led or asked.url in self._redirects


def is_led(one: Entry | Request, hosts: Collection[str]) -> bool:
    """Whether a page of none of ``hosts``, which are Alexa's, sent the browser to where ``one`` goes."""
    if not one.navigation:
        return False
    headers = {name.lower(): value for name, value in one.headers}
    source = host_of(headers.get("referer", ""))
    if source:
        return source not in hosts and not is_alexas(source)
    return headers.get("sec-fetch-site", "").lower() == "cross-site"
