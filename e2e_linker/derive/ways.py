"""The way of a walk, page by page, as it is held against the ways of many others: what is read off it is read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import CspViolation, PageError, Request, Walk, records
from e2e_linker.model import host_of

__all__ = ["Key", "Stage", "Trouble", "Way", "answer", "general", "key_of", "unnumbered"]

Key = tuple[str, str, str, str]
"""What a request is known by on every device: method, kind, host and path less what is random in it."""
Trouble = tuple[float, str, str]
"""When something was met, what it is in words, and those words less the addresses and numbers in them."""

_NEEDED = frozenset({"document", "script", "stylesheet", "xhr", "fetch", "font", "websocket"})
_RANDOM = re.compile(r"(?=[^/]*\d)[A-Za-z0-9_~.-]{8,}|[0-9]+|<[a-z][a-z0-9_]*#\d+>")
_WORDY = re.compile(r"[A-Za-z-]+(?:\.[a-z0-9]+){0,2}")
_ADDRESSES = re.compile(r"https?://[^\s)]+|:\d+(:\d+)?|\d+")
_URL = re.compile(r"(https?://[^\s/]+)(/[^\s,)]*)")
_QUOTED = 160


class Stage:
    """One document of the way and what was loaded while it was shown."""

    def __init__(self, walk: Walk, document: Request, until: float) -> None:
        """``until`` is when the next document was asked for, in seconds since the walk began."""
        self._walk = walk
        self.document = document
        self._until = until
        self.key = key_of(document)

    @cached_property
    def _loads(self) -> tuple[Request, ...]:
        known = records(self._walk.requests)
        return tuple(one for one in self._during(known) if not one.leads)

    @cached_property
    def loaded(self) -> Mapping[Key, Request]:
        """What came."""
        return {key_of(request): request for request in self._loads if answer(request) == "loaded"}

    @cached_property
    def lost(self) -> tuple[tuple[Key, Request], ...]:
        """What a page may need and did not come."""
        lost = (one for one in self._loads if one.resource_type in _NEEDED)
        return tuple((key_of(one), one) for one in lost if answer(one) not in {"loaded", "unknown"})

    @cached_property
    def cookies(self) -> frozenset[str]:
        """The names of the cookies that came with the document, less what is random in them."""
        return frozenset(_RANDOM.sub("*", cookie.name) for cookie in self.document.set_cookies)

    @cached_property
    def violations(self) -> tuple[Trouble, ...]:
        """What a Content-Security-Policy forbade."""
        return tuple(map(_violation, self._during(records(self._walk.csp_violations))))

    @cached_property
    def errors(self) -> tuple[Trouble, ...]:
        """The errors of scripts."""
        return tuple(map(_error, self._during(records(self._walk.page_errors))))

    @cached_property
    def known(self) -> frozenset[str]:
        """What was met, less addresses and numbers."""
        return frozenset(words for _, _, words in (*self.violations, *self.errors))

    def _during(self, records: Sequence[Any]) -> Iterable[Any]:
        return (record for record in records if self.document.at <= record.at < self._until)


class Way:
    """The stages of ``walk``, in order."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """One for each document of a window."""
        steps = [one for one in records(self.walk.requests) if one.leads]
        ends = (*(step.at for step in steps[1:]), float("inf"))
        return tuple(Stage(self.walk, step, end) for step, end in zip(steps, ends, strict=False))

    def screen(self, stage: Stage) -> ScreenVerdict | None:
        """What a person saw last of the page of ``stage``."""
        return self._screens.get(stage.document.n)

    @cached_property
    def _screens(self) -> Mapping[int, ScreenVerdict]:
        verdicts: Sequence[ScreenVerdict] = records(walk_facts(self.walk).get("screen_verdicts"))
        return {verdict.page.request: verdict for verdict in verdicts if isinstance(verdict.page, Page)}


def key_of(request: Request) -> Key:
    """What ``request`` is known by on every device."""
    parts = split(request.url)
    path = "/".join(_plain(part) for part in parts.path.split("/"))
    return request.method, "" if request.navigation else request.resource_type, parts.netloc.lower(), path


def _plain(part: str) -> str:
    """A part of a path, with what may be random in it left out."""
    return part if _WORDY.fullmatch(part) else _RANDOM.sub("*", part)


def general(words: str) -> str:
    """``words`` with what may be random in the paths of their addresses left out."""
    return _URL.sub(lambda found: found[1] + "/".join(map(_plain, found[2].split("/"))), words)


def unnumbered(words: str) -> str:
    """``words`` less the addresses and numbers in them."""
    return _ADDRESSES.sub("", words)


def answer(request: Request) -> str:
    """What became of ``request``, as coarse as it has to be told apart."""
    if request.status is None:
        return "failed" if request.failure and not request.called_off else "unknown"
    # A page and its answer from the cache are the same thing.
    return "loaded" if request.status < 300 or request.status == 304 else str(request.status)


def _error(record: PageError) -> Trouble:
    lines = record.message.strip().splitlines()
    words = f"the script error “{lines[0][:_QUOTED] if lines else ''}”"
    return record.at, words, unnumbered(words)


def _violation(record: CspViolation) -> Trouble:
    blocked = host_of(record.blocked) or record.blocked
    words = f"its Content-Security-Policy ({record.directive}), which stopped {blocked}"
    return record.at, words, unnumbered(words)
