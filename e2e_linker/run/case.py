"""One attempt at one case, from an empty jar to evidence on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import SecretStr

from e2e_linker.browser.attached import own_agent
from e2e_linker.browser.device import Device
from e2e_linker.browser.endings import errored
from e2e_linker.browser.engines import Engine, version_of
from e2e_linker.browser.settings import DeviceSettings, device_settings
from e2e_linker.browser.tape import Tape
from e2e_linker.errors import EngineMissing, LinkerError
from e2e_linker.evidence.models import (
    Arrival,
    CaseEvidence,
    CaseFacts,
    Ending,
    NotCollected,
    Part,
    Present,
    TokenCall,
    Walk,
)
from e2e_linker.model import Depth, EngineName, Fault, Grant
from e2e_linker.run.case_facts import case_facts
from e2e_linker.run.changes import UNCHANGED, Change, OpenChanged
from e2e_linker.run.clock import Began
from e2e_linker.run.engine_choice import choose_engine, launch_arguments
from e2e_linker.run.events import Notice
from e2e_linker.run.plan import CasePlan
from e2e_linker.run.probes import probe
from e2e_linker.run.redemption import redeem, try_token
from e2e_linker.run.resources import Resources
from e2e_linker.run.seat import OpenWith, Seat
from e2e_linker.run.walks import Walker

if TYPE_CHECKING:
    from e2e_linker.run.causes import Investigation

__all__ = ["Attempt"]

Reason = Literal["first", "retry", "repeat"]
_OF_CASE = frozenset({"measured", "warm", "simulated", "special_state", "region"})
"""Walks on the case's own device and jar; the others stand with the run."""

_NO_CAUSES = NotCollected(reason="causes are looked for from --depth standard on, once the measured walk has ended")


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One attempt. :meth:`run` gathers; :meth:`evidence` is what there is at any moment, also in the middle."""

    plan: CasePlan
    number: int
    reason: Reason
    shared: Resources
    facts: CaseFacts | None = None
    walks: list[Walk] = field(default_factory=list)
    probes: list[Walk] = field(default_factory=list)
    calls: Part[tuple[TokenCall, ...]] = field(default_factory=lambda: NotCollected(reason="no code arrived"))
    causes: Investigation | None = None
    ending: Ending | None = None
    began: Began = field(default_factory=Began)
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def run(self) -> None:
        """Gather. Nothing a server or browser does is raised; only cancellation passes through.

        To be followed by :meth:`close`.
        """
        use, shared = self.plan.project.use, self.shared
        engine, asked = choose_engine(use, shared.devices, only=shared.only_engine)
        if isinstance(engine, EngineMissing):
            self.facts = case_facts(self.plan, None, asked, None, None)
            self.ending = _missing(engine.message, engine.hint)
            return
        try:
            await self._on(engine, asked)
        except EngineMissing as error:
            self.ending = _missing(error.message, error.hint)
        except LinkerError as error:
            self.ending = Ending(kind="errored", message=error.message, fault=Fault.TOOL, hint=error.hint)
        except Exception as error:
            self.ending = errored(error)

    async def _on(self, engine: Engine, asked: tuple[EngineName, ...]) -> None:
        """Gather on a device of ``engine``."""
        use, shared = self.plan.project.use, self.shared
        settings = self._settings(engine.name)
        self.facts = case_facts(self.plan, engine, asked, None, settings)
        browser = await shared.browsers.get(engine, **launch_arguments(use, shared.loaded))
        if engine.endpoint:
            settings = settings.attached(use, await own_agent(browser))
        self.facts = case_facts(self.plan, engine, asked, version_of(browser), settings)

        def open_device(
            jar: Mapping[str, Any] | Path | None, tape: Tape | None = None, change: Change = UNCHANGED
        ) -> AbstractAsyncContextManager[Device]:
            own = replace(change.applied(settings), storage_state=jar)
            refuse, resolve, upstream = change.refusing(shared.refuse), shared.resolve, shared.upstream
            return Device.open(
                browser, engine, own, refuse=refuse, resolve=resolve, upstream=upstream, tape=tape, never=shared.refused
            )

        async with self._tape() as tape:
            taped, later = (None, tape) if shared.simulating else (tape, None)
            # What is recorded is complete only once the device is closed.
            async with self._opened if tape else nullcontext():
                device = await self._opened.enter_async_context(open_device(settings.storage_state, taped))
                walker = Walker(self.plan, device, shared, self._keep, partial(open_device, None))
                await self._link(walker, open_device, lambda change: open_device(None, later, change))

    async def close(self) -> None:
        """Close the device, which the evidence does not wait for. One that is gone already takes nothing with it."""
        try:
            await self._opened.aclose()
        except Exception as error:  # a driver that died says so by no class of its own
            self.shared.tell(Notice(f"{self.plan.id}: the browser was not closed properly: {error}", "lasting"))

    def _tape(self) -> AbstractAsyncContextManager[Tape | None]:
        """What records the device of this attempt, where that is wanted."""
        shared = self.shared
        if shared.taping is None:
            return nullcontext()
        name = self.plan.id if self.number == 1 else f"{self.plan.id}.attempt-{self.number}"
        return Tape(shared.taping, name, shared.registry, lambda text: shared.tell(Notice(text, "lasting")))

    async def _link(self, walker: Walker, open_device: OpenWith, open_changed: OpenChanged) -> None:
        redeeming: list[asyncio.Task[TokenCall | None]] = []
        looking: list[asyncio.Task[None]] = []

        def arrived(answer: Arrival) -> None:
            redeeming.append(asyncio.create_task(self._exchange(answer, walker)))

        try:
            measured = await walker.measured(arrived)
            if isinstance(measured, Ending):
                self.ending = measured
                return
            self.walks.append(measured)
            self.shared.survey.ask(measured)
            if redeeming and measured.authorization.grant is Grant.IMPLICIT:
                self.calls = Present(value=await try_token(self.shared, measured))
            if self.shared.simulating:
                from e2e_linker.run.simulation import simulated_alone

                self._keep(await simulated_alone(walker, measured, open_changed))
            elif self.shared.options.depth.includes(Depth.STANDARD):
                if walker.isolated:
                    looking.append(asyncio.create_task(self._look_for_causes(walker, measured, open_changed)))
                if redeeming:
                    await self._walk_on(walker, measured, redeeming[0], open_device)
            await asyncio.gather(*redeeming, *looking)
        finally:
            for task in (*redeeming, *looking):
                task.cancel()
            await asyncio.gather(*redeeming, *looking, return_exceptions=True)

    async def _look_for_causes(self, walker: Walker, measured: Walk, open_changed: OpenChanged) -> None:
        # Loaded here: what it judges by is not needed before the first page.
        from e2e_linker.run.causes import Investigation

        self.causes = Investigation(walker, self._keep, open_changed)
        await self.causes.run(measured)

    async def _exchange(self, answer: Arrival, walker: Walker) -> TokenCall | None:
        shared, request = self.shared, walker.asked
        code = next((param.value for param in answer.params if param.name == "code" and param.value), None)
        implicit = request.grant is Grant.IMPLICIT  # nothing is redeemed, whatever address the skill still names
        if implicit or shared.endpoint is None:
            self.calls = Present(value=()) if implicit else NotCollected(reason="the skill names no access token URL")
        elif code is not None:
            shared.registry.register_fields([("code", code)])
            calls = await redeem(
                shared, shared.endpoint, SecretStr(code), request.redirect_uri, verifier=walker.code_verifier
            )
            self.calls = Present(value=calls)
            return next(call for call in calls if call.purpose == "exchange")
        return None

    async def _walk_on(
        self, walker: Walker, measured: Walk, exchange: asyncio.Task[TokenCall | None], open_device: OpenWith
    ) -> None:
        """Link again in the jar the first link left, and once per run make what serves all cases."""
        battery, sitting = self.shared.battery, partial(self._seat, walker, open_device)
        if walker.isolated:
            await battery.hurry(sitting, exchange)
        await walker.warm(self._keep, measured)
        if not walker.isolated:
            return
        # Before anything else goes on in this jar: to read all of it, Playwright opens a page of its own.
        seat = await sitting() if battery.wanting else None
        regions_tried = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            if self.shared.prober is None:
                self.shared.prober = self.plan.id
                probing = group.create_task(probe(walker, self._keep, measured, open_device, regions_tried))
                probing.add_done_callback(lambda _: regions_tried.set())
            else:
                regions_tried.set()
            if seat is not None:
                await regions_tried.wait()
                await battery.offer(seat, exchange)

    async def _seat(self, walker: Walker, open_device: OpenWith) -> Seat:
        """Where the token endpoint is probed with copies of this jar."""
        return Seat(self.plan, self.shared, open_device, await walker.jar(), walker.patience_s)

    def _keep(self, walk: Walk | None) -> None:
        if walk is not None:
            (self.walks if walk.purpose in _OF_CASE else self.probes).append(walk)

    def evidence(self) -> CaseEvidence:
        """What has been gathered by now."""
        if self.facts is None:
            self.facts = case_facts(self.plan, None, self.plan.project.use.browser_name or ("chromium",), None, None)
        ending = self.ending
        if not self.walks and ending is None:
            ending = Ending(kind="interrupted", message="the run was interrupted before this case reached its page")
        return CaseEvidence(
            source="browser",
            case=self.facts,
            attempt=self.number,
            reason=self.reason,
            started_at=self.began.at,
            finished_at=self.began.by_now(),
            skill=self.shared.skill,
            walks=tuple(self.walks),
            token_calls=self.calls,
            causes=self.causes.evidence() if self.causes else _NO_CAUSES,
            ending=ending,
        )

    def _settings(self, engine: EngineName) -> DeviceSettings:
        use, linker = self.plan.project.use, self.shared.loaded.config.linker
        settings = device_settings(use, self.shared.devices, engine)
        return replace(settings, locale=use.locale or linker.locales[0], vouching=self.shared.vouching)


def _missing(message: str, hint: str | None) -> Ending:
    return Ending(kind="engine_missing", message=message, fault=Fault.TOOL, hint=hint)
