"""The probes of the token endpoint: which are made, when, and what they have left.

Made once per run, on copies of the jar of the first case whose code was redeemed. Each destructive probe has a link of
its own. What would disturb a case (an outage, a burst) waits until the last case has ended; what was obtained is
given back after that. The run lasts as long as the probes that wait, so these begin as early as may be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Self

from e2e_linker.errors import in_one_line
from e2e_linker.evidence.models import NotCollected, Part, Present, TokenCall, Walk
from e2e_linker.evidence.token_calls import ProbeName, SkippedProbe, TokenBattery
from e2e_linker.model import Depth
from e2e_linker.run.battery_plan import ALL, CODELESS, FIRST, GRACE, MISUSES, WITHOUT_TOKEN, stages, why_not
from e2e_linker.run.events import Notice
from e2e_linker.run.prober import Ledger
from e2e_linker.run.probing import Probing
from e2e_linker.run.revocation import revoke_all
from e2e_linker.run.seat import Seat
from e2e_linker.run.shown import Ended, brought, doubtful, ended_by_the_next, is_harmful, keeps_tokens, refused_after
from e2e_linker.run.sleepers import Sleepers

__all__ = ["Battery"]

_ROOM_S = 12.0
"""For how long nobody must call where the burst is to be made: twenty calls of ten seconds at most, and their link."""
_DISTANCE_S = 0.5
_ENDS_EARLIER = "on this server a new link ends the ones before it: none lives long enough to wait with it"


class Battery:
    """The probes of one run, as an async context manager around its cases, each of which may :meth:`offer` a seat."""

    def __init__(self, depth: Depth) -> None:
        self._depth = depth
        self._ledger = Ledger()
        self._seat: Seat | None = None
        self._measured: TokenCall | None = None
        self._task: asyncio.Task[None] | None = None
        self._trouble = "the run ended before it did"
        self._left: list[ProbeName] = []
        """What waits for the last case to end."""
        self._over = asyncio.Event()
        """Set when it has."""
        self._sleepers = Sleepers(self._ledger)
        self._hurried = False
        """Whether a case is at :meth:`hurry`, or has been."""

    @property
    def wanting(self) -> bool:
        """Whether a seat is still of use."""
        return self._task is None and self._depth.includes(Depth.STANDARD)

    async def hurry(self, sitting: Callable[[], Awaitable[Seat]], exchange: Awaitable[TokenCall | None]) -> None:
        """At depth thorough, once per run: begin what waits, before anything else is done, and see it asleep.

        ``exchange`` is that of the case, ``sitting`` brings its seat. Nothing may go on in its jar meanwhile.
        """
        if self._hurried or not (self.wanting and self._depth.includes(Depth.THOROUGH)):
            return
        self._hurried = True
        self._hurried = brought(await exchange)
        if not self._hurried:
            return
        seat = await sitting()
        async with Probing.on(seat, self._ledger) as probing:
            self._put_to_sleep(probing, stages(self._wanted(seat)).sleepy, None)
            await self._sleepers.asleep()

    async def offer(self, seat: Seat, exchange: Awaitable[TokenCall | None]) -> None:
        """Begin on ``seat``, in the background, unless that was done already.

        ``exchange`` is that of its case; where that fails, a later case may have better luck.
        """
        measured = await exchange
        if not self.wanting:
            return
        if self._seat is None or brought(measured):
            self._seat, self._measured = seat, measured
        if brought(measured):
            self._task = asyncio.create_task(self._guarded(seat))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """After the last case: do what is left, or, where the run is given up, stop."""
        try:
            if kind is None:
                await self._finish()
        except Exception as error:
            self._trouble = in_one_line(error)
        finally:
            if self._task is not None:
                self._task.cancel()
                await asyncio.wait([self._task])
            await self._sleepers.let_go()

    async def _finish(self) -> None:
        """What needs the server for itself, and giving back what was obtained."""
        seat = self._seat
        if seat is None:
            return
        if self._task is not None:
            if not self._task.done():
                seat.shared.tell(Notice("waiting for the probes of the token endpoint", "doing"))
            self._over.set()
            await self._task
        async with Probing.on(seat, self._ledger) as probing:
            if self._task is None:
                await self._after_failure(probing)
            else:
                for probe in [*doubtful(self._ledger), *self._left]:
                    await probing.spaced(probe)
        await self._given_back(seat)

    def evidence(self) -> Part[TokenBattery]:
        """What has been gathered by now."""
        if not self._depth.includes(Depth.STANDARD):
            return NotCollected(reason=f"--depth {self._depth} makes one link only, as a customer would")
        if self._seat is None:
            return NotCollected(reason="no case reached Alexa, so the token endpoint was not probed")
        ledger, registry = self._ledger, self._seat.shared.registry
        undone = {probe: self._trouble for probe in ALL if probe not in ledger.ended}
        skipped = {**undone, **ledger.skipped}
        return Present(
            value=TokenBattery(
                case=self._seat.plan.id,
                links=tuple(link.record(registry) for link in ledger.links),
                calls=tuple(sorted(ledger.calls, key=lambda call: call.n)),
                skipped=tuple(SkippedProbe(probe=probe, reason=skipped[probe]) for probe in ALL if probe in skipped),
                hooks=tuple(ledger.hooks),
            )
        )

    @property
    def walks(self) -> tuple[Walk, ...]:
        """The walks that codes were got by."""
        return tuple(self._ledger.walks)

    async def _guarded(self, seat: Seat) -> None:
        """As :meth:`_run`; what nobody foresaw costs the probes, not the run."""
        try:
            await self._run(seat)
        except Exception as error:
            self._trouble = in_one_line(error)
        finally:
            await self._sleepers.let_go()

    async def _run(self, seat: Seat) -> None:
        """Everything that may go on beside the cases.

        Linking again goes first, alone. Where that ends the earlier link, or its access token, every probe would do it
        to the others and every case to them: the rest is made one by one, after the last case.
        """
        wanted = self._wanted(seat)
        rest = stages(wanted)
        self._left = [*rest.final, *rest.strange]
        async with Probing.on(seat, self._ledger) as probing:
            await probing.together([probe for probe in wanted if probe in CODELESS - MISUSES or probe in FIRST])
            self._ledger.misuses = [probe for probe in wanted if probe in MISUSES]
            await probing.misuse()
            if ended := ended_by_the_next(self._ledger):
                self._left = [*rest.others, *rest.risky, *rest.final, *rest.strange]
                await self._sleepers.let_go()
                rest = replace(rest, risky=(), others=())
            await self._risked(probing, rest.risky, rest.sleepy, ended)
            await probing.together(rest.others)
            await probing.misuse()
            await self._risked(probing, rest.last, rest.sleepy, ended)
            if not ended:
                await self._in_a_gap(probing)
            await self._sleepers.woken()

    async def _risked(
        self, probing: Probing, risky: Iterable[ProbeName], sleepy: Iterable[ProbeName], ended: Ended | None
    ) -> None:
        """Make ``risky``, each of which a server may answer by ending all links of the session, and begin ``sleepy``.

        What sleeps by then may be harmed by that, and begins anew. Where nothing is harmful, it has slept since.
        """
        for probe in risky:
            if self._is_made(probe, ended):
                await probing.spaced(probe)
            if is_harmful(self._ledger, probe):
                await self._sleepers.let_go()
            else:
                self._put_to_sleep(probing, sleepy, ended)
        self._put_to_sleep(probing, sleepy, ended)

    def _put_to_sleep(self, probing: Probing, probes: Iterable[ProbeName], ended: Ended | None) -> None:
        """Begin those of ``probes`` that are not begun yet."""
        for probe in probes:
            if self._is_made(probe, ended) and probe not in self._sleepers:
                self._sleepers.begin(probe, probing.one(probe))

    def _is_made(self, probe: ProbeName, ended: Ended | None) -> bool:
        """Whether what is known by now leaves ``probe`` a sense. Otherwise the reason is noted."""
        if probe in GRACE and ended == "link":
            self._ledger.skipped[probe] = _ENDS_EARLIER
        elif probe in GRACE and (soon := refused_after(self._ledger)):
            self._ledger.skipped[probe] = f"a repeated refresh is refused {soon} already, so none was made later"
        else:
            return True
        return False

    async def _in_a_gap(self, probing: Probing) -> None:
        """The burst, once the cases are over and while all others are asleep, where it harms none of their links."""
        if "burst" not in self._left or not keeps_tokens(self._ledger):
            return
        until = await self._sleepers.gap(self._over, _ROOM_S)
        if until is None:
            return
        with suppress(TimeoutError):  # then it is made when all have woken
            async with asyncio.timeout_at(until - _DISTANCE_S):
                await probing.one("burst")
                self._left.remove("burst")

    async def _after_failure(self, probing: Probing) -> None:
        """What can be told where no case got a token."""
        measured = self._measured
        reason = "the measured exchange failed"
        if measured is None:
            reason = "no code arrived, so nothing was exchanged"
        elif measured.status is None:
            reason = f"the measured exchange got no answer: {measured.failure}"
        still = WITHOUT_TOKEN if measured is not None and measured.status is not None else frozenset()
        wanted = self._wanted(probing.seat)
        for probe in wanted:
            if probe not in still:
                self._ledger.skipped[probe] = reason
        await probing.together([probe for probe in wanted if probe in still])

    def _wanted(self, seat: Seat) -> list[ProbeName]:
        """The probes that configuration and depth ask for; the others are noted with their reasons."""
        reasons = {probe: why_not(probe, seat) for probe in ALL}
        self._ledger.skipped |= {probe: reason for probe, reason in reasons.items() if reason}
        return [probe for probe, reason in reasons.items() if not reason and probe != "revocation"]

    async def _given_back(self, seat: Seat) -> None:
        linker = seat.shared.loaded.config.linker
        if linker.revocation and seat.shared.endpoint is not None:
            await revoke_all(self._ledger, seat.shared, seat.shared.endpoint, linker.revocation)
            self._ledger.ended.add("revocation")
