"""Links of a capture that were tried at the same time: which requests belong to which of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.evidence.capture_arrivals import Handed
from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.capture_repeats import redirect_target
from e2e_linker.evidence.sizes import url_as_sent

__all__ = ["Owners", "own_answers"]


class _Link(Protocol):
    authorization: AuthorizationRequest

    def holds(self, n: int, moment: datetime | None) -> bool: ...


_L = TypeVar("_L", bound=_Link)


def own_answers(links: Sequence[_Link], handed: Iterable[Handed]) -> dict[str, Handed]:
    """By their states, the answers of those links that were under way at the same time as another one.

    So it is only where each of the two has an answer with its own state, and the earlier one has it after the other has
    begun. Where a state is that of another login, one of them has none.
    """
    answers: dict[str, Handed] = {}
    for answer in handed:
        answers.setdefault(_state(answer.url), answer)
    own = [(link, answers[state]) for link in links if (state := link.authorization.state) in answers]
    own = [(link, answer) for link, answer in own if link.holds(answer.n, answer.started)]
    found: dict[str, Handed] = {}
    for n, (link, answer) in enumerate(own):
        for other, its in own[n + 1 :]:
            if other.holds(answer.n, answer.started):
                found |= {link.authorization.state: answer, other.authorization.state: its}
    return found


def _state(url: str) -> str:
    """The one state that ``url`` carries; empty where it carries none, or several."""
    try:
        states = [value for name, value in parse_qsl(urlsplit(url).query) if name == "state"]
    except ValueError:
        return ""
    return states[0] if len(states) == 1 else ""


class Owners(Generic[_L]):
    """Which of ``links``, which were under way at the same time, an entry belongs to."""

    def __init__(self, links: Sequence[_L]) -> None:
        self._links = {link.authorization.state: link for link in links}
        self._targets: dict[str, _L] = {}

    def __bool__(self) -> bool:
        return bool(self._links)

    def of(self, n: int, moment: datetime | None, raw: Mapping[str, Any]) -> _L | None:
        """The link whose state the entry, its referrer or its redirect carries, or that was redirected there; or None.

        Entries are given in the order of the file, so that a redirect is seen before what it leads to.
        """
        if not self._links:
            return None
        entry = Entry.read(raw)
        target = redirect_target(entry)
        told = (entry.url, target or "", entry.header("referer"))
        found = next((link for url in told if (link := self._links.get(_state(url)))), None)
        found = found or self._targets.pop(url_as_sent(entry.url), None)
        if found is None or not found.holds(n, moment):
            return None
        if target:
            self._targets[target] = found
        return found
