"""The tightest places of a case's requests, one for each kind of limit."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.report.sections import Headroom, SizeHeadroom, SizeHop
from e2e_linker.report.words import LIMITS

__all__ = ["Tightest", "tightest"]


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
                found[room.limit] = Tightest(LIMITS.get(room.limit, room.limit), hop, room)
    return tuple(found[limit] for limit in LIMITS if limit in found)
