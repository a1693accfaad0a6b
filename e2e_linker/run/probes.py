"""The walks that are made once per run, by the first case that reached Alexa."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal

from e2e_linker.alexa import facts
from e2e_linker.alexa.authorization import new_state
from e2e_linker.evidence.models import Walk, records
from e2e_linker.model import Depth, Region, host_of
from e2e_linker.run.failures import answered
from e2e_linker.run.look_alike_probes import ask_for_look_alikes
from e2e_linker.run.plan import further_regions
from e2e_linker.run.seat import OpenWith
from e2e_linker.run.walks import Walker

__all__ = ["probe"]

Keep = Callable[[Walk | None], None]
_TIMES = 3
"""How often a region is tried where the server fails each time: one that does so now and then refuses none."""


async def probe(
    walker: Walker, keep: Keep, measured: Walk, open_device: OpenWith, regions_tried: asyncio.Event
) -> None:
    """Hand every walk to ``keep``; what the budget of logins leaves no room for is left out.

    The cookies of the hosts that ``measured`` passes through are grown at depth thorough. The other regions are tried
    in the jar that is signed in already, then redirect URIs that nobody registered in copies of it; everything else in
    jars of its own, side by side. A server may know of one request at a time in a session, so that another one answers
    in its place: until ``regions_tried`` is set, nothing else may ask for a code in this one.
    """
    # Before anything walks in this jar: to read all of it, Playwright opens a page of its own, which disturbs a walk.
    jar = await walker.jar()
    async with asyncio.TaskGroup() as group:
        group.create_task(_special_state(walker, keep))
        group.create_task(_pair(walker, keep))
        if walker.shared.options.depth.includes(Depth.THOROUGH):
            group.create_task(_abandoned(walker, keep))
            group.create_task(_grown(walker, keep, _hosts(measured)))
        await _regions(walker, keep, measured)
        regions_tried.set()
        if jar is not None:
            async with walker.shared.asking:
                await ask_for_look_alikes(walker, keep, open_device, jar)


async def _regions(walker: Walker, keep: Keep, measured: Walk) -> None:
    for region in further_regions(walker.shared.skill, walker.plan.region):
        await answered(partial(_region, walker, region), f"region-{region}", keep, measured, _TIMES)


async def _region(walker: Walker, region: Region, name: str) -> Walk | None:
    request = walker.authorization(region=region, redirect_uri=walker.shared.uris[region])
    return await walker.within_budget(name, "region", {"region": str(region)}, request=request)


async def _special_state(walker: Walker, keep: Keep) -> None:
    async with walker.apart() as other:
        request = other.authorization(state=new_state("special"))
        keep(await other.within_budget("special-state", "special_state", {"state": "special"}, request=request))


async def _pair(walker: Walker, keep: Keep) -> None:
    """Two logins at the same moment, which must not swap their states; none where a command fetches their codes."""
    if walker.shared.account.otp_command is not None:
        return

    async def one(name: str) -> None:
        async with walker.apart() as other:
            keep(await other.within_budget(f"parallel-{name}", "parallel", {"pair": name}))

    await asyncio.gather(one("a"), one("b"))


async def _abandoned(walker: Walker, keep: Keep) -> None:
    """Logins that stop at the form, then one that goes all the way, in one jar."""
    async with walker.apart() as other:
        for n in range(1, facts.ABANDONED_LOGINS + 1):
            keep(await other.walk(f"abandoned-{n}", "abandoned", variation={"attempt": n}, until="login_form"))
        keep(await other.within_budget("abandoned-last", "abandoned", {"completed": True}))


async def _grown(walker: Walker, keep: Keep, hosts: frozenset[str]) -> None:
    await _growing(walker, keep, hosts, "cookie_bytes", facts.GROWN_COOKIE_BYTES)
    await _growing(walker, keep, hosts, "state_length", facts.GROWN_STATE_BYTES)


async def _growing(
    walker: Walker,
    keep: Keep,
    hosts: frozenset[str],
    what: Literal["cookie_bytes", "state_length"],
    sizes: Iterable[int],
) -> None:
    """The largest size first: where it passes, no smaller one needs a login. Otherwise upwards, until one breaks."""
    *smaller, largest = sorted(sizes)
    for size in (largest, *smaller):
        async with walker.apart() as other:
            request = other.authorization(state=new_state(length=size)) if what == "state_length" else None
            async with other.padded(hosts if what == "cookie_bytes" else (), size):
                name = f"{what.partition('_')[0]}-{size}"
                found = await other.within_budget(name, "grown", {what: size}, request=request)
        keep(found)
        arrived = found is not None and found.ending.kind == "arrived"
        if arrived == (size == largest):
            return


def _hosts(measured: Walk) -> frozenset[str]:
    """The hosts the login's pages came from."""
    found = {host_of(request.url) for request in records(measured.requests) if request.leads}
    return frozenset(found - facts.REDIRECT_HOSTS)
