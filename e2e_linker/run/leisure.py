"""What Python does by itself while a run goes on: garbage collection, and turns among threads."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Iterator

__all__ = ["undisturbed"]

_ALLOCATIONS = 20_000
_TURN_S = 0.0005


class _Runs:
    """How many runs go on, and what was set before the first of them."""

    def __init__(self) -> None:
        self._going_on = 0
        self._before: tuple[int, int, int] | None = None

    def begin(self) -> None:
        """Collect rarely from now on."""
        self._going_on += 1
        before = gc.get_threshold()
        if self._before is None and 0 < before[0] < _ALLOCATIONS:
            self._before = before
            gc.set_threshold(_ALLOCATIONS, *before[1:])

    def end(self) -> None:
        """Let :meth:`restore` follow, at once where there is no loop to wait for."""
        self._going_on -= 1
        try:
            asyncio.get_running_loop().call_soon(self.restore)
        except RuntimeError:
            self.restore()

    def restore(self) -> None:
        """Collect as before, unless another run has begun."""
        if self._before is not None and not self._going_on:
            before, self._before = self._before, None
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
    turn_s = sys.getswitchinterval()
    _RUNS.begin()
    sys.setswitchinterval(min(turn_s, _TURN_S))
    try:
        yield
    finally:
        sys.setswitchinterval(turn_s)
        _RUNS.end()
