"""What Python does by itself while a run goes on: garbage collection, and turns among threads."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["undisturbed"]

_ALLOCATIONS = 20_000
_TURN_S = 0.0005


@dataclass(slots=True)
class _Runs:
    """How many runs go on, and what was set before the first of them."""

    going_on: int = 0
    threshold: tuple[int, int, int] | None = None
    turn_s: float = 0.0

    def begin(self) -> None:
        """Collect rarely and take short turns from now on."""
        self.going_on += 1
        if self.going_on == 1:
            self.turn_s = sys.getswitchinterval()
            sys.setswitchinterval(min(self.turn_s, _TURN_S))
        before = gc.get_threshold()
        if self.threshold is None and 0 < before[0] < _ALLOCATIONS:
            self.threshold = before
            gc.set_threshold(_ALLOCATIONS, *before[1:])

    def end(self) -> None:
        """Take turns as before; :meth:`collect` follows, at once where there is no loop to wait for."""
        self.going_on -= 1
        if not self.going_on:
            sys.setswitchinterval(self.turn_s)
        try:
            asyncio.get_running_loop().call_soon(self.collect)
        except RuntimeError:
            self.collect()

    def collect(self) -> None:
        """Collect as before, unless a run goes on."""
        if self.threshold is not None and not self.going_on:
            before, self.threshold = self.threshold, None
            gc.set_threshold(*before)


_RUNS = _Runs()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """For as long as the ``with`` block lasts, the loop that drives the browsers is held up less by Python itself.

    Cyclic garbage is looked for after 20,000 new objects. Python's own 700 are reached dozens of times by one case, and
    now and then everything that was ever loaded is gone through: a twentieth of the time of a run, while the browser
    waits. A thread that computes gives way after half a millisecond, not after five: the loop wants a turn hundreds of
    times in a case. Where collecting is rarer already, or off, or turns are shorter, it stays so.

    With its own threshold back, Python goes through what a run left behind. The running loop gets to that at its next
    turn: whoever has waited for the run does not wait for it.
    """
    _RUNS.begin()
    try:
        yield
    finally:
        _RUNS.end()
