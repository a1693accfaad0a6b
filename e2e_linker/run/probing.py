"""Making probes: one, or several side by side, with what stands against each noted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from e2e_linker.errors import in_one_line
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.run.fault_hook import outage
from e2e_linker.run.mint import Mint
from e2e_linker.run.prober import Ledger, Prober, Skip
from e2e_linker.run.seat import Seat
from e2e_linker.run.token_probes import PROBES, burst

__all__ = ["Probing"]

_AT_ONCE = 4
"""Probes side by side: many a test server keeps its tokens in one file, and answers 500 where eight come at once."""
_ALONE: dict[ProbeName, Callable[[Prober], Awaitable[None]]] = {"burst": burst, "outage": outage}


@dataclass(frozen=True, slots=True)
class Probing:
    """Makes probes with links from ``mint``, and keeps in ``ledger`` what they leave."""

    seat: Seat
    mint: Mint
    ledger: Ledger

    @classmethod
    @asynccontextmanager
    async def on(cls, seat: Seat, ledger: Ledger) -> AsyncIterator[Probing]:
        """Make probes on ``seat``, for as long as the ``async with`` block lasts."""
        async with Mint(seat, ledger.walks.append) as mint:
            yield cls(seat, mint, ledger)

    async def together(self, probes: Iterable[ProbeName]) -> None:
        """Make ``probes`` side by side, a few at a time."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def in_turn(probe: ProbeName) -> None:
            async with slots:
                await self.one(probe)

        async with asyncio.TaskGroup() as group:
            for probe in probes:
                group.create_task(in_turn(probe))

    async def spaced(self, probe: ProbeName) -> None:
        """Make ``probe``, and the next misuse after it."""
        await self.one(probe)
        await self.misuse()

    async def misuse(self) -> None:
        """Make the next misuse, where one is left."""
        if self.ledger.misuses:
            await self.one(self.ledger.misuses.pop(0))

    async def one(self, probe: ProbeName) -> None:
        """Make ``probe``; what ends it early is noted, only cancellation passes through."""
        endpoint = self.seat.shared.endpoint
        assert endpoint is not None
        self.ledger.skipped.pop(probe, None)
        if shut := self.seat.shared.door.shut:
            self.ledger.skipped[probe] = shut.message
            return
        try:
            await (PROBES | _ALONE)[probe](
                Prober(probe=probe, seat=self.seat, mint=self.mint, ledger=self.ledger, endpoint=endpoint)
            )
        except Skip as skip:
            self.ledger.skipped[probe] = str(skip)
        except Exception as error:
            self.ledger.skipped[probe] = in_one_line(error)
        self.ledger.ended.add(probe)
