"""Look-alikes of the redirect URI, asked for in copies of the jar that is signed in.

A page costs most of what such a question costs, and many servers refuse a look-alike with a plain error page. So all
are asked without a page first, and one is opened only where that leaves a doubt. Whether the server treats a plain HTTP
client as it treats a browser is seen on the registered redirect URI, before and after; what it answers then is kept
nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import JsonValue

from e2e_linker.alexa.authorization import Authorization
from e2e_linker.alexa.look_alikes import LookAlike, look_alikes
from e2e_linker.browser.device import Device
from e2e_linker.browser.plan import WalkPlan
from e2e_linker.browser.silent import is_gone
from e2e_linker.browser.silent_walk import Reply, SilentWalk
from e2e_linker.evidence.models import Walk
from e2e_linker.model import slug
from e2e_linker.run.events import CaseProgress
from e2e_linker.run.seat import OpenWith
from e2e_linker.run.walks import OpenDevice, Walker

__all__ = ["ask_for_look_alikes"]

_LANES = 3
"""Requests under way at the same time, and copies of the jar in which pages are opened."""

_GIVEN: dict[Reply, str] = {"answer": "an answer for Alexa", "page": "a page"}
Keep = Callable[[Walk | None], None]


async def ask_for_look_alikes(walker: Walker, keep: Keep, open_device: OpenWith, jar: Mapping[str, Any]) -> None:
    """Ask for each look-alike of the case's redirect URI; every walk goes to ``keep``.

    Nobody logs in, and the hosts that look-alikes name are reached by no request.
    """
    # Local storage is for pages only, and to fill it Playwright opens one.
    async with open_device({**jar, "origins": []}) as device:
        silence = _Silence(walker, keep, device)
        doubtful = await silence.settle()
        if doubtful and await is_gone(device):
            # They end as every walk does whose browser is gone.
            await _open_pages(walker, keep, doubtful, lambda: nullcontext(device))
            return
    if doubtful:
        await _open_pages(walker, keep, doubtful, partial(open_device, jar))


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """One look-alike, and the silent walk that asked for it or would have."""

    look_alike: LookAlike
    silent: SilentWalk


class _Silence:
    """Asks for look-alikes without a page, in the jar of ``device``."""

    def __init__(self, walker: Walker, keep: Keep, device: Device) -> None:
        self._walker = walker
        self._keep = keep
        self._device = device
        self._questions = [self._question(each) for each in look_alikes(walker.plan.redirect_uri)]
        self._open: list[_Question] = []
        """Those that were asked, and are not settled."""
        self._settled: list[_Question] = []

    async def settle(self) -> list[_Question]:
        """Keep a walk for each look-alike that is settled; those for which a page has to be opened."""
        try:
            before = await self._control()
            if before is not None:
                await self._ask()
                settled = any(each.silent.ending for each in self._open)
                if settled and before == await self._control():
                    await self._keep_settled(_GIVEN[before])
        except asyncio.CancelledError:
            for each in self._open:
                self._keep(each.silent.interrupted())
            raise
        return [each for each in self._questions if each not in self._settled]

    async def _control(self) -> Reply | None:
        """How the registered redirect URI is answered; None where not as by a server that works."""
        registered = self._silent("registered", self._walker.authorization(), {})
        await registered.go()
        return registered.reply

    async def _ask(self) -> None:
        """Ask for all; where an answer fails to come, for none after it: to wait for each in vain takes long."""
        waiting = list(self._questions)

        async def lane() -> None:
            while waiting:
                each = waiting.pop(0)
                self._open.append(each)
                self._walker.shared.tell(CaseProgress(self._walker.plan.id, each.silent.plan.id.replace("-", " ")))
                await each.silent.go()
                if each.silent.failed:
                    waiting.clear()

        await asyncio.gather(*(lane() for _ in range(_LANES)))

    async def _keep_settled(self, given: str) -> None:
        said = f"The registered redirect URI, asked for in the same way before and after, was answered with {given}."
        for each in tuple(self._open):
            ending = each.silent.ending
            if ending is not None:
                found = await each.silent.record(ending, said)
                self._open.remove(each)
                self._settled.append(each)
                self._keep(found)

    def _question(self, each: LookAlike) -> _Question:
        asked = self._walker.authorization(redirect_uri=each.uri)
        return _Question(
            each, self._silent(f"unknown-{slug(each.kind)}", asked, {"look_alike": each.kind, "redirect_uri": each.uri})
        )

    def _silent(self, name: str, asked: Authorization, about: dict[str, JsonValue]) -> SilentWalk:
        walker, shared = self._walker, self._walker.shared
        plan = WalkPlan(
            id=name,
            purpose="unknown_redirect",
            variation=about,
            authorization=asked,
            redirect_uris=(*shared.arrivals, asked.request.redirect_uri),
            deadline_s=min(walker.deadline_s, walker.patience_s),
        )
        return SilentWalk(self._device, plan, refuse=shared.refuse, registry=shared.registry)


async def _open_pages(walker: Walker, keep: Keep, questions: list[_Question], open_copy: OpenDevice) -> None:
    """Ask for the look-alikes of ``questions`` with a page each."""
    waiting = list(questions)

    async def lane() -> None:
        async with walker.apart(open_copy()) as other:
            while waiting:
                each = waiting.pop(0)
                request = other.authorization(redirect_uri=each.look_alike.uri)
                name, about = each.silent.plan.id, each.silent.plan.variation
                keep(await other.walk(name, "unknown_redirect", variation=about, request=request, glance=True))

    try:
        await asyncio.gather(*(lane() for _ in range(min(_LANES, len(waiting)))))
    except asyncio.CancelledError:
        # Asked for already, and nothing is known of them yet: without a word of them, the others would pass for all.
        for each in waiting:
            if each.silent.asked:
                keep(each.silent.interrupted())
        raise
