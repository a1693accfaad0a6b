"""What Python does by itself while a run goes on: garbage collection, and turns among threads."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator

__all__ = ["undisturbed"]

_ALLOCATIONS = 20_000
_TURN_S = 0.0005


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """For as long as the ``with`` block lasts, the loop that drives the browsers is held up less by Python itself.

    Cyclic garbage is looked for after 20,000 new objects. Python's own 700 are reached dozens of times by one case, and
    now and then everything that was ever loaded is gone through: a twentieth of the time of a run, while the browser
    waits. A thread that computes gives way after half a millisecond, not after five: the loop wants a turn hundreds of
    times in a case. Where collecting is rarer already, or off, or turns are shorter, it stays so.
    """
    before, turn_s = gc.get_threshold(), sys.getswitchinterval()
    if 0 < before[0] < _ALLOCATIONS:
        gc.set_threshold(_ALLOCATIONS, *before[1:])
    sys.setswitchinterval(min(turn_s, _TURN_S))
    try:
        yield
    finally:
        sys.setswitchinterval(turn_s)
        gc.set_threshold(*before)
