"""The probes of the token endpoint: which are made, when, and what they have left.

Made once per run, on copies of the jar of the first case whose code was redeemed. Each destructive probe has a link of
its own. What would disturb a case (an outage, a burst) waits until the last case has ended; what was obtained is
given back after that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal, Self

from e2e_linker.derive.replies import read_reply
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import NotCollected, Part, Present, TokenCall, Walk
from e2e_linker.evidence.token_calls import ProbeName, SkippedProbe, TokenBattery
from e2e_linker.model import Depth
from e2e_linker.run.battery_plan import ALL, CODELESS, FINAL, FIRST, GRACE, THOROUGH, WITHOUT_TOKEN, stages, why_not
from e2e_linker.run.events import Notice
from e2e_linker.run.fault_hook import outage
from e2e_linker.run.mint import Mint
from e2e_linker.run.prober import Ledger, Prober, Skip
from e2e_linker.run.revocation import revoke_all
from e2e_linker.run.seat import Seat
from e2e_linker.run.token_probes import PROBES, burst

__all__ = ["Battery"]

_AT_ONCE = 4
"""Probes side by side: many a test server keeps its tokens in one file, and answers 500 where eight come at once."""
Ended = Literal["link", "access token"]
_REFUSED_AT_ONCE = "a repeated refresh is refused at once already, so none was made later"
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

    @property
    def wanting(self) -> bool:
        """Whether a seat is still of use."""
        return self._task is None and self._depth.includes(Depth.STANDARD)

    def offer(self, seat: Seat, measured: TokenCall | None) -> None:
        """Begin on ``seat``, in the background, unless that was done already.

        ``measured`` is the exchange of its case; where that failed, a later case may have better luck.
        """
        if not self.wanting:
            return
        succeeded = measured is not None and read_token_answer(measured).succeeded
        if self._seat is None or succeeded:
            self._seat, self._measured = seat, measured
        if succeeded:
            self._task = asyncio.create_task(self._guarded(seat))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """After the last case: do what is left, or, where the run is given up, stop."""
        try:
            if kind is None:
                await self._finish()
        except Exception as error:
            self._trouble = f"{type(error).__name__}: {error}".splitlines()[0]
        finally:
            if self._task is not None:
                self._task.cancel()
                await asyncio.wait([self._task])

    async def _finish(self) -> None:
        """What needs the server for itself, and giving back what was obtained."""
        seat = self._seat
        if seat is None:
            return
        if self._task is not None:
            if not self._task.done():
                seat.shared.tell(Notice("waiting for the probes of the token endpoint"))
            await self._task
        async with Mint(seat, self._ledger.walks.append) as mint:
            if self._task is None:
                await self._after_failure(seat, mint)
            else:
                for probe in self._left:
                    await self._one(seat, mint, probe)
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
            self._trouble = f"{type(error).__name__}: {error}".splitlines()[0]

    async def _run(self, seat: Seat) -> None:
        """Everything that may go on beside the cases.

        Linking again goes first, alone. Where that ends the earlier link, or its access token, every probe would do it
        to the others and every case to them: the rest is made one by one, after the last case. Otherwise the rest is
        made in groups, so that none which a server may answer by ending the whole session meets a link of another.
        """
        wanted = self._wanted(seat, ALL)
        self._left = [probe for probe in wanted if probe in FINAL]
        async with Mint(seat, self._ledger.walks.append) as mint:
            await self._together(seat, mint, [probe for probe in wanted if probe in CODELESS or probe in FIRST])
            rest = stages(probe for probe in wanted if probe not in {*CODELESS, *FIRST, *FINAL})
            ended = self._ended_by_the_next()
            for group in rest:
                await self._together(seat, mint, [probe for probe in group if self._is_due(probe, ended)])
        if ended:
            self._left = [*(probe for group in rest for probe in group if probe not in THOROUGH), *self._left]

    def _is_due(self, probe: ProbeName, ended: Ended | None) -> bool:
        """Whether ``probe`` is made beside the cases. One that is not made at all is noted with the reason."""
        if ended == "link" and probe in THOROUGH - {"code_later"}:
            self._ledger.skipped[probe] = _ENDS_EARLIER
        elif probe in GRACE and self._refuses_at_once():
            self._ledger.skipped[probe] = _REFUSED_AT_ONCE
        else:
            return probe in THOROUGH or not ended
        return False

    async def _after_failure(self, seat: Seat, mint: Mint) -> None:
        """What can be told where no case got a token."""
        measured = self._measured
        reason = "the measured exchange failed"
        if measured is None:
            reason = "no code arrived, so nothing was exchanged"
        elif measured.status is None:
            reason = f"the measured exchange got no answer: {measured.failure}"
        still = WITHOUT_TOKEN if measured is not None and measured.status is not None else frozenset()
        wanted = self._wanted(seat, ALL)
        for probe in wanted:
            if probe not in still:
                self._ledger.skipped[probe] = reason
        await self._together(seat, mint, [probe for probe in wanted if probe in still])

    def _wanted(self, seat: Seat, probes: Sequence[ProbeName]) -> list[ProbeName]:
        """Those of ``probes`` that configuration and depth ask for; the others are noted with their reasons."""
        reasons = {probe: why_not(probe, seat) for probe in probes}
        self._ledger.skipped |= {probe: reason for probe, reason in reasons.items() if reason}
        return [probe for probe, reason in reasons.items() if not reason and probe != "revocation"]

    async def _together(self, seat: Seat, mint: Mint, probes: Sequence[ProbeName]) -> None:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(probe: ProbeName) -> None:
            if probe in THOROUGH:  # it mostly waits, which takes nobody's place
                await self._one(seat, mint, probe)
                return
            async with slots:
                await self._one(seat, mint, probe)

        async with asyncio.TaskGroup() as group:
            for probe in probes:
                group.create_task(one(probe))

    async def _one(self, seat: Seat, mint: Mint, probe: ProbeName) -> None:
        """Make one probe; what stands against it is noted."""
        endpoint = seat.shared.endpoint
        assert endpoint is not None
        at = Prober(probe=probe, seat=seat, mint=mint, ledger=self._ledger, endpoint=endpoint)
        special = {"burst": burst, "outage": outage}
        try:
            await (special[probe] if probe in special else PROBES[probe])(at)
        except Skip as skip:
            self._ledger.skipped[probe] = str(skip)
        except Exception as error:
            self._ledger.skipped[probe] = f"{type(error).__name__}: {error}".splitlines()[0]
        self._ledger.ended.add(probe)

    def _refuses_at_once(self) -> bool:
        """Whether a refresh token that was spent is refused already when it comes again in the next moment."""
        again = next((call for call in self._ledger.calls if (call.probe, call.step) == ("reuse_soon", 3)), None)
        return again is not None and read_reply(again).final

    def _ended_by_the_next(self) -> Ended | None:
        """What a new link of the same account has ended of the earlier one, as far as linking again has shown."""
        told = {call.step: call for call in self._ledger.calls if call.probe == "relink"}
        used, earlier, later = told.get(3), told.get(4), told.get(5)
        if earlier and later and _brought(later) and not _brought(earlier):
            return "link"
        return "access token" if used and (used.status in {401, 403} or _is_inactive(used)) else None

    async def _given_back(self, seat: Seat) -> None:
        linker = seat.shared.loaded.config.linker
        if linker.revocation and seat.shared.endpoint is not None:
            await revoke_all(self._ledger, seat.shared, seat.shared.endpoint, linker.revocation)
            self._ledger.ended.add("revocation")


def _brought(call: TokenCall) -> bool:
    return read_token_answer(call).succeeded


def _is_inactive(call: TokenCall) -> bool:
    return call.endpoint == "introspection" and (read_token_answer(call).json or {}).get("active") is False
