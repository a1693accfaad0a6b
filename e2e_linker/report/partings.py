"""Where a broken walk leaves the way of a healthy one, as the report publishes it."""

from __future__ import annotations

from e2e_linker.derive.differential import PartingPoint
from e2e_linker.model import Record

__all__ = ["Difference", "WalkName"]


class WalkName(Record):
    """A walk of a case."""

    case: str
    walk: str


class Difference(Record):
    """The first point at which broken walks part from healthy ones.

    Every walk that broke is held against every one that got through; pairs that part in the same way stand together.
    """

    broken: WalkName
    healthy: WalkName
    """Of the pairs that part in this way the nearest; for a simulation the measured walk of the same case."""
    simulated: bool
    point: PartingPoint
    request: int | None
    """Number of the request in the broken walk at which they part."""
    text: str
    """One sentence about :attr:`broken` and :attr:`healthy`."""
    cases: tuple[str, ...]
    """All cases that part in this way."""
    requests: tuple[int | None, ...] = ()
    """For each of :attr:`cases` what :attr:`request` is for the first."""
    healthy_cases: tuple[str, ...] = ()
    """Those that each of :attr:`cases` parts from in this way, the nearest first; empty for simulations, each of which
    parts from the measured walk of its own case."""
    nearest: bool = True
    """Whether :attr:`healthy` is the nearest to :attr:`broken` of all that got through."""
    line: str = ""
    """One sentence about all pairs that part in this way."""
