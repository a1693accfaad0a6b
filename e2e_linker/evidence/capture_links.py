"""Where in a network capture somebody tried to link: from an authorization request to the arrival at Alexa.

A phone's capture holds the traffic of all its apps. To a link belongs what the same browser, known by its user agent,
sent between those two moments for a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.evidence.capture import Capture
from e2e_linker.evidence.capture_arrivals import Answers, Handed
from e2e_linker.evidence.capture_browsers import is_browsers_own
from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.capture_overlaps import Owners, own_answers
from e2e_linker.evidence.capture_repeats import is_altered, redirect_target, redirect_url, requested
from e2e_linker.evidence.captured import request_of
from e2e_linker.evidence.loose_json import a_moment, a_text, an_object
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import url_as_sent
from e2e_linker.evidence.traffic import Request
from e2e_linker.model import host_of

__all__ = ["FULL_REQUESTS", "MOST_LINKS", "CapturedLink", "links_in"]

FULL_REQUESTS = 2000
"""Requests of a link that are kept with headers; of later ones that are neither pages nor errors only sizes are."""
MOST_LINKS = 100
"""Links of a capture that are judged: more than any tester makes, and few enough to be looked for at every request."""
_AFTER_ARRIVAL = timedelta(seconds=2)
"""How long after an arrival a second one still belongs to the same link."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Kept:
    started: datetime | None
    request: Request
    leads_to: str | None


@dataclass(slots=True)
class CapturedLink:
    """One link that was tried, and what of the capture belongs to it."""

    authorization: AuthorizationRequest
    begins: datetime | None
    user_agent: str
    first: int
    last: int | None = None
    """Numbers of the first and the last entry, which count where the capture has no times."""
    ends: datetime | None = None
    strangers: int = 0
    """Requests in between that another app sent."""
    browsers_own: Counter[str] = field(default_factory=Counter)
    """Requests in between that the browser sent by itself, by their hosts."""
    overlapping: bool = False
    """Whether another one was under way at the same time."""
    _kept: list[_Kept] = field(default_factory=list)

    def holds(self, n: int, moment: datetime | None) -> bool:
        """Whether the ``n``-th entry, sent at ``moment``, falls into it."""
        if self.begins is None or moment is None:
            return self.first <= n and (self.last is None or n <= self.last)
        return self.begins <= moment and (self.ends is None or moment <= self.ends)

    def close(self, after: CapturedLink | None, handed: Iterable[Handed]) -> None:
        """End it with the first answer ``handed`` to Alexa in it, or else where ``after`` begins."""
        if after is not None:
            self.ends, self.last = after.begins, after.first - 1
        for answer in handed:
            if self.holds(answer.n, answer.started) and answer.is_of(self.user_agent):
                self.last = answer.n
                if answer.ended is not None:
                    limit = answer.ended + _AFTER_ARRIVAL
                    self.ends = min(limit, self.ends) if self.ends else limit
                return

    def add(self, entry: Entry, registry: SecretRegistry) -> None:
        """Keep ``entry``, unless another app sent it, or the browser by itself."""
        agent = entry.header("user-agent")
        if agent and self.user_agent and agent != self.user_agent:
            self.strangers += 1
            return
        if is_browsers_own(entry):
            self.browsers_own[host_of(entry.url)] += 1
            return
        number, at = len(self._kept) + 1, _seconds_between(self.begins, entry.started)
        lean = number > FULL_REQUESTS and not entry.navigation and (entry.status or 0) < 400
        request = request_of(entry, n=number, at=at, redirected_from=None, registry=registry, lean=lean)
        self._kept.append(_Kept(entry.started, request, redirect_url(entry)))

    def clear(self) -> None:
        """Keep nothing of what was added."""
        self.strangers = 0
        self.browsers_own.clear()
        self._kept.clear()

    @property
    def untimed(self) -> bool:
        """Whether entries lack a usable time, so that they stand in the order of the file."""
        return any(kept.started is None for kept in self._kept)

    def requests(self) -> tuple[tuple[Request, ...], dict[int, str]]:
        """Its requests in the order they were sent, redirects joined to what sent them.

        Beside them, by the number of the request so answered, where the redirects lead that nothing follows.
        """
        if not self.untimed:
            self._kept.sort(key=lambda kept: kept.started or _LONG_AGO)
        begins = next((kept.started for kept in self._kept if kept.started), None)
        redirects: dict[str, int] = {}
        found, at = [], 0.0
        for n, kept in enumerate(self._kept, 1):
            if kept.started is not None:
                at = _seconds_between(begins, kept.started)
            source = redirects.pop(url_as_sent(kept.request.url), None) if redirects else None
            right = source is None and kept.request.n == n and kept.request.at == at
            place = {"n": n, "at": at, "redirected_from": source}
            found.append(kept.request if right else kept.request.model_copy(update=place))
            if kept.leads_to is not None:
                redirects[url_as_sent(kept.leads_to)] = n
        return tuple(found), {n: self._kept[n - 1].leads_to or "" for n in sorted(redirects.values())}


def _seconds_between(begins: datetime | None, moment: datetime | None) -> float:
    return max(0.0, (moment - begins).total_seconds()) if begins is not None and moment is not None else 0.0


def links_in(capture: Capture, arrivals_at: Sequence[str], registry: SecretRegistry) -> tuple[CapturedLink, ...]:
    """The first :data:`MOST_LINKS` links of ``capture``, oldest first; the secrets in them are registered.

    ``arrivals_at`` are the addresses at which Alexa receives answers. ``capture.gaps`` is complete afterwards.
    """
    reading = _Reading(arrivals_at, registry)
    for n, raw in enumerate(capture.entries()):
        reading.read(n, raw)
    links, left_out = reading.links()
    stop = links[-1] if left_out else None
    owners = Owners([link for link in links if link.overlapping])

    def owner(n: int, moment: datetime | None) -> CapturedLink | None:
        link = next((one for one in reversed(links) if one.holds(n, moment)), None)
        return None if link is stop else link

    if owners or not all(owner(n, moment) is given for n, (moment, given) in enumerate(reading.given)):
        # The file is not in the order of time. Either reading tells the same gaps.
        capture.gaps.clear()
        for link in links:
            link.clear()
        for n, raw in enumerate(capture.entries()):
            moment = a_moment(raw.get("startedDateTime"))
            if (holder := owners.of(n, moment, raw) or owner(n, moment)) is not None:
                holder.add(Entry.read(raw), registry)
    if left_out:
        capture.gaps.append(f"{left_out} more of its links, all after the first {MOST_LINKS}, were not judged")
    return tuple(links[:MOST_LINKS])


class _Reading:
    """A capture that is read once: where links begin and end is known only after the last entry.

    As long as the file is in the order of time, what comes belongs to the link that began last. So each entry is given
    to that one at once; :attr:`given` tells afterwards whether that was right.
    """

    def __init__(self, arrivals_at: Sequence[str], registry: SecretRegistry) -> None:
        self._registry = registry
        self._answers = Answers(arrivals_at)
        self._hosts = self._answers.hosts
        self._found: dict[str, CapturedLink] = {}
        self._replaced: dict[str, str] = {}
        """By a state, the other one of the request that was redirected to a request with it."""
        self._open: CapturedLink | None = None
        self._until: datetime | None = None
        self.given: list[tuple[datetime | None, CapturedLink | None]] = []
        """When each entry was sent, and the link it was given to."""

    def read(self, n: int, raw: Mapping[str, Any]) -> None:
        """Take the ``n``-th entry."""
        url = a_text(an_object(raw.get("request")).get("url"))
        moment = a_moment(raw.get("startedDateTime"))
        if self._answers.concern(url):
            self._note(self._answers.read_request(n, raw, moment))
        else:
            self._answers.read_redirect(n, raw, moment)
            self._begin(n, raw, url, moment)
        if self._until is not None and moment is not None and moment > self._until:
            self._open = None
        if self._open is not None:
            self._open.add(Entry.read(raw), self._registry)
        self.given.append((moment, self._open))

    def _note(self, handed: Handed | None) -> None:
        """End the open link where its answer was ``handed`` over."""
        link = self._open
        if link is None or handed is None or handed.started is None or self._until is not None:
            return
        if link.holds(handed.n, handed.started) and handed.is_of(link.user_agent):
            self._until = handed.started + _AFTER_ARRIVAL

    def _begin(self, n: int, raw: Mapping[str, Any], url: str, moment: datetime | None) -> None:
        """Begin a link where the entry is an authorization request that is not known yet."""
        if "redirect_uri=" in url and (asked := requested(url, self._hosts)):
            entry = Entry.read(raw)
            target = requested(redirect_target(entry) or "", self._hosts)
            if target is not None and target.state != asked.state:
                self._replaced[target.state] = asked.state
            if self._is_first(asked.state, moment):
                link = CapturedLink(asked, moment, entry.header("user-agent"), n)
                self._found[asked.state] = link
                self._open, self._until = link if len(self._found) <= MOST_LINKS else None, None

    def _is_first(self, state: str, moment: datetime | None) -> bool:
        before = self._found.get(state)
        return before is None or (before.begins is not None and moment is not None and moment < before.begins)

    def links(self) -> tuple[list[CapturedLink], int]:
        """The links that are judged and the one that ends the last of them, and how many more there are."""
        links = self._begun()
        left_out = max(0, len(links) - MOST_LINKS)
        del links[MOST_LINKS + 1 :]
        handed = self._answers.found()
        own = own_answers(links[:MOST_LINKS], handed)
        for link, after in zip_longest(links, links[1:]):
            link.overlapping = link.authorization.state in own
            link.close(*((None, [own[link.authorization.state]]) if link.overlapping else (after, handed)))
        return links, left_out

    def _begun(self) -> list[CapturedLink]:
        """The links oldest first, without requests that repeat an earlier one with its state changed."""
        begun: list[CapturedLink] = []
        earlier: set[str] = set()
        for link in sorted(self._found.values(), key=lambda link: (link.begins or _LONG_AGO, link.first)):
            replaced = self._replaced.get(link.authorization.state) in earlier
            if not replaced and not (begun and _repeats(link, begun[-1])):
                begun.append(link)
            earlier.add(link.authorization.state)
        return begun


def _repeats(link: CapturedLink, before: CapturedLink) -> bool:
    same_browser = link.user_agent == before.user_agent
    return same_browser and is_altered(link.authorization.state, before.authorization.state)
