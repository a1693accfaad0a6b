"""The probes that wait, and the times at which none of them calls."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.run.prober import Ledger

__all__ = ["Sleepers"]


class Sleepers:
    """Probes that go on by themselves, asleep for most of the time (:meth:`~e2e_linker.run.prober.Prober.pause`)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._tasks: dict[ProbeName, asyncio.Task[None]] = {}

    def __contains__(self, probe: ProbeName) -> bool:
        return probe in self._tasks

    def begin(self, probe: ProbeName, work: Coroutine[Any, Any, None]) -> None:
        """Let ``work``, which is ``probe``, go on in the background."""
        self._tasks[probe] = asyncio.create_task(work)

    async def asleep(self) -> None:
        """Wait until all have fallen asleep; those that have ended instead are forgotten."""
        while awake := self._awake():
            self._ledger.lain_down.clear()
            signal = asyncio.create_task(self._ledger.lain_down.wait())
            await asyncio.wait([*awake, signal], return_when=asyncio.FIRST_COMPLETED)
            signal.cancel()
        self._tasks = {probe: task for probe, task in self._tasks.items() if not task.done()}

    async def woken(self) -> None:
        """Wait for all to end."""
        await asyncio.gather(*self._tasks.values())

    async def let_go(self) -> None:
        """End all, wherever they are, and forget them: each may begin anew."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def gap(self, over: asyncio.Event, room_s: float) -> float | None:
        """Wait for ``over``, and for a time in which none of them calls for ``room_s`` seconds.

        When that ends, by the event loop's clock; None where all have ended before there was one.
        """
        loop, signal = asyncio.get_running_loop(), asyncio.create_task(over.wait())
        try:
            while asleep := [task for task in self._tasks.values() if not task.done()]:
                until = self._next_call()
                if over.is_set() and until - loop.time() >= room_s:
                    return until
                awaited = [*asleep, *([] if signal.done() else [signal])]
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            signal.cancel()
        return None

    def _next_call(self) -> float:
        """When the next of them calls, by the event loop's clock: at once for one that is not asleep."""
        return asyncio.get_running_loop().time() if self._awake() else min(self._ledger.wakes.values())

    def _awake(self) -> list[asyncio.Task[None]]:
        return [task for probe, task in self._tasks.items() if not task.done() and probe not in self._ledger.wakes]
