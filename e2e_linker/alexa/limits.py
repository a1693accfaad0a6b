"""How much request head servers and browsers bear by default, and how a server is known by its answer to too much.

The figures live in ``limits.json`` beside this module. Those with confidence ``M`` were measured with GET requests over
HTTP/1.1 against the default configuration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from e2e_linker.alexa.rules import Basis
from e2e_linker.model import EngineName, Record

__all__ = [
    "OVERSIZE_STATUSES",
    "BrowserLimit",
    "HeadSizes",
    "Headroom",
    "Part",
    "ServerLimit",
    "Signs",
    "Statuses",
    "blames_size",
    "browser_limits",
    "has_one_page",
    "recognise",
    "server_limits",
    "tightest",
]

OVERSIZE_STATUSES: Final = frozenset({400, 404, 413, 414, 431, 494})
"""Statuses that an over-long request can meet. 400 and 404 also have ordinary meanings."""

_SIZE_ONLY_STATUSES: Final = frozenset({413, 414, 431, 494})

Answer = int | Literal["closed", "reset"]
"""A status, or without one a connection that was closed or a stream of HTTP/2 that was reset."""

Part = Literal["request_line", "query", "header_line", "head_total", "header_count"]
"""What a limit applies to."""


class Statuses(Record):
    """What a server answers when a limit is exceeded; None where that is unknown or cannot happen."""

    line: Answer | None
    header: Answer | None
    total: Answer | None
    also: tuple[Answer, ...]
    """Further answers of other releases or of far larger requests."""

    @property
    def every(self) -> frozenset[Answer]:
        """All answers that are known."""
        return frozenset(each for each in (self.line, self.header, self.total, *self.also) if each is not None)


class Signs(Record):
    """By what an answer is known to be a server's own. Patterns are searched without regard to case."""

    server: str | None
    """Pattern of the Server header."""
    headers: tuple[str, ...]
    """Lower-case names of headers that only this server sends."""
    words: str | None
    """Pattern of a body in which the server itself blames the size."""
    page: str | None
    """Pattern of a body that shows whose error page it is, whatever the error."""
    silent: bool
    """Whether the answer comes without a body and without any header but Connection."""


class ServerLimit(Record):
    """The default limits of one server, in bytes unless said otherwise; None where no limit is known."""

    server: str
    version: str
    request_line: int | None
    """Method, target and version, without the line break."""
    query: int | None
    """The query string alone."""
    header_line: int | None
    """Name, colon and value of one header, without the line break."""
    head_total: int | None
    """Request line and all headers with their line breaks."""
    header_count: int | None
    """Number of headers."""
    statuses: Statuses
    shared_budget: bool
    """Whether URL and cookies draw on one budget, as in Amazon's advice on HTTP 400."""
    knob: str
    """The setting to raise, or ``none``."""
    confidence: Basis
    status_confidence: Basis
    source: str
    note: str | None
    signs: Signs


class BrowserLimit(Record):
    """What one browser engine, or the specification, allows; None where no figure is known."""

    engine: EngineName | Literal["specification"]
    url_chars: int
    cookie_bytes: int
    """Name and value of one cookie; a larger one is dropped silently."""
    cookie_attribute_bytes: int | None
    cookies_per_site: int
    cookies_total: int | None
    confidence: Basis
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSizes:
    """The measures of one request head, defined as in :class:`ServerLimit`."""

    request_line: int
    query: int
    header_line: int
    head_total: int
    header_count: int


@dataclass(frozen=True, slots=True)
class Headroom:
    """How near one request comes to one server's limit for one part."""

    server: ServerLimit
    part: Part
    used: int
    limit: int

    @property
    def left(self) -> int:
        """What may still be added; negative where the limit is exceeded."""
        return self.limit - self.used


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files(__package__).joinpath("limits.json").read_text("utf-8"))
    return document


@cache
def server_limits() -> tuple[ServerLimit, ...]:
    """The limits of all known servers."""
    return tuple(ServerLimit.model_validate(row) for row in _document()["servers"])


@cache
def browser_limits() -> tuple[BrowserLimit, ...]:
    """The limits of the three browser engines, then what the specifications ask of every implementation."""
    return tuple(BrowserLimit.model_validate(row) for row in _document()["browsers"])


@cache
def _limited_parts() -> tuple[tuple[ServerLimit, tuple[tuple[Part, int], ...]], ...]:
    """Each server with the parts that it limits."""
    parts: tuple[Part, ...] = get_args(Part)
    limited = ((server, tuple((part, getattr(server, part)) for part in parts)) for server in server_limits())
    return tuple((server, tuple((part, limit) for part, limit in each if limit)) for server, each in limited)


def tightest(sizes: HeadSizes) -> tuple[Headroom, ...]:
    """For each server the part of its limits that a request of these sizes fills most, the fullest server first."""
    used: dict[str, int] = {part: getattr(sizes, part) for part in get_args(Part)}
    rooms = []
    for server, limits in _limited_parts():
        if limits:
            part, limit = max(limits, key=lambda each: used[each[0]] / each[1])
            rooms.append(Headroom(server, part, used[part], limit))
    return tuple(sorted(rooms, key=lambda room: room.used / room.limit, reverse=True))


def _found(pattern: str | None, text: str) -> bool:
    return pattern is not None and re.search(pattern, text, re.IGNORECASE) is not None


def _likeness(limit: ServerLimit, status: int, headers: Mapping[str, str], body: str) -> int:
    """How strongly an answer points at this server: 0 not at all; its own words weigh more than its name."""
    signs = limit.signs
    words = _found(signs.words, body)
    if not words and status not in limit.statuses.every:
        return 0
    silent = signs.silent and not body and not set(headers) - {"connection"}
    marked = any(name in headers for name in signs.headers)
    named = _found(signs.server, headers.get("server", ""))
    return 8 * words + 4 * _found(signs.page, body) + 2 * (named or marked) + silent


def recognise(
    status: int | None,
    headers: Mapping[str, str],
    body_excerpt: str,
    connection_closed: bool,
    *,
    stream_reset: bool = False,
) -> tuple[ServerLimit, ...]:
    """The servers that are likely to have sent this answer to an over-long request, best first; () when none is known.

    ``status`` is None when no answer came. This says *who* answered; whether size was the reason, ask
    :func:`blames_size` and the sizes of the request. Servers whose answers look alike are returned together.
    """
    if status is None:
        how = "reset" if stream_reset else "closed" if connection_closed else None
        closing = [each for each in server_limits() if how in each.statuses.every]
        return tuple(sorted(closing, key=lambda each: each.statuses.line != "closed"))
    if status < 400:
        return ()
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    scored = [(_likeness(each, status, lowered, body_excerpt.strip()), each) for each in server_limits()]
    likely = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return tuple(each for _, each in likely)


def has_one_page(server: ServerLimit, body_excerpt: str) -> bool:
    """Whether the answer is the page of ``server`` itself, which has no other words for a request that is too large."""
    return server.signs.words is None and _found(server.signs.page, body_excerpt.strip())


def blames_size(status: int | None, body_excerpt: str) -> bool:
    """Whether the answer itself says that the request was too large: by its status, or in a known server's words."""
    if status in _SIZE_ONLY_STATUSES:
        return True
    if status is None or status < 400:
        return False
    return any(_found(each.signs.words, body_excerpt.strip()) for each in server_limits())
