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
    """The first point at which a broken walk parts from a healthy one, in one sentence."""

    broken: WalkName
    healthy: WalkName
    """The nearest device that got through; for a simulation the measured walk of the same case."""
    simulated: bool
    point: PartingPoint
    request: int | None
    """Number of the request in the broken walk at which they part."""
    text: str
    cases: tuple[str, ...]
    """All cases that part in this way."""
