"""The tightest places of a case's requests, one for each kind of limit."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.report.sections import Headroom, SizeHeadroom, SizeHop

__all__ = ["Tightest", "tightest"]

_NAMES = {
    "request_line": "URL",
    "query": "query",
    "header_line": "cookies or another header",
    "head_total": "whole head",
    "header_count": "number of headers",
}


@dataclass(frozen=True, slots=True)
class Tightest:
    """The request that leaves the least room below one kind of limit."""

    name: str
    hop: SizeHop
    room: Headroom


def tightest(sizes: SizeHeadroom) -> tuple[Tightest, ...]:
    """Of every kind of limit the place where the least room is left."""
    found: dict[str, Tightest] = {}
    for hop in sizes.hops:
        for room in hop.headroom:
            known = found.get(room.limit)
            if known is None or room.used > known.room.used:
                found[room.limit] = Tightest(_NAMES.get(room.limit, room.limit), hop, room)
    return tuple(found[limit] for limit in _NAMES if limit in found)
