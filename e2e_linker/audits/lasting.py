"""Which of several walks that were made alike count where a server failed on some: it may do so now and then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.server_failures import FAILED
from e2e_linker.evidence.models import Walk
from e2e_linker.model import Region

__all__ = ["IN_THE_LOG", "fails_now_and_then", "lasting", "server_error"]

IN_THE_LOG: Final = "Look into the server's log at that moment: it failed, and what it says there tells why."
_TIMES = 2
"""Failures in a row that may be laid to what was asked."""


def server_error(walk: Walk) -> int | None:
    """The status of 5xx that ``walk`` ends on; None where it ends otherwise."""
    ladder: Ladder | None = of_walk(walk, "ladder")
    status = ladder.last.status if ladder and ladder.last and not ladder.last.arrival else None
    return status if status is not None and status >= FAILED else None


def lasting(walks: Sequence[Walk]) -> tuple[Walk, ...]:
    """``walks`` without those on which the server failed, where another one arrived."""
    arrived = any(walk.ending.kind == "arrived" for walk in walks)
    return tuple(walk for walk in walks if not arrived or server_error(walk) is None)


def fails_now_and_then(walk: Walk, others: Iterable[Walk], accepted: Collection[Region], repeats: int) -> bool:
    """Whether the failure that ``walk`` ends on need not be about its region.

    So it is where that came but once, in ``others`` and as many ``repeats``, or for ``accepted`` regions, too.
    """
    failed = {id(one): one.authorization.region for one in (walk, *others) if server_error(one) is not None}
    alike = sum(region == walk.authorization.region for region in failed.values())
    return alike + repeats < _TIMES or not set(accepted).isdisjoint(failed.values())
