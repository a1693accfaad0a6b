"""Why a login breaks, found by changing one thing at a time and looking whether that heals it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress

from e2e_linker.derive.causes import got_through, undecided
from e2e_linker.derive.rate_limits import limited
from e2e_linker.derive.server_failures import broken_by
from e2e_linker.errors import in_one_line
from e2e_linker.evidence.models import Causes, Elsewhere, Failed, Part, Present, Trial, Walk
from e2e_linker.run.changes import Change, OpenChanged, changed_device
from e2e_linker.run.minimal_set import smallest_set
from e2e_linker.run.simulation import enforcing, not_simulated, simulated, step_patience_s, unlisted
from e2e_linker.run.suspected import (
    BLOCKED,
    NOTHING,
    ONE_WINDOW,
    Suspected,
    has_foreign_cookies,
    has_second_window,
    suspected_factors,
    worth_trials,
)
from e2e_linker.run.trials import ROUNDS, broke_by_failure, heals, let_through, made, repeating, stage
from e2e_linker.run.walks import Until, Walker

__all__ = ["Investigation"]

_SEARCH_S = 90.0
"""Seconds after which a search is given up, whatever the pages do."""
_MOST_TRIALS = 40
_AT_A_TIME = 3


class _EndedError(Exception):
    """A search cannot go on; its text says why."""


class Investigation:
    """The causes of one case. :meth:`evidence` is what was found by now, also in the middle."""

    def __init__(self, walker: Walker, keep: Callable[[Walk], None], opened: OpenChanged) -> None:
        """``keep`` gets the simulation; ``opened`` opens a device like the case's own with a change to it."""
        self._walker = walker
        self._keep = keep
        self._opened = opened
        self._trials: list[Trial] = []
        self._elsewhere: list[Elsewhere] = []
        self._made = 0
        self._skipped: str | None = None
        self._unfinished: str | None = None
        self._error: str | None = None

    def evidence(self) -> Part[Causes]:
        """What was tried."""
        if self._error is not None and not self._trials:
            return Failed(error=self._error)
        trials = tuple(sorted(self._trials, key=lambda trial: trial.n))
        unfinished = self._unfinished or self._error
        return Present(
            value=Causes(skipped=self._skipped, trials=trials, unfinished=unfinished, elsewhere=tuple(self._elsewhere))
        )

    async def run(self, measured: Walk) -> None:
        """Simulate the Domain List and look for what breaks it. Only cancellation is raised."""
        try:
            async with asyncio.timeout(_SEARCH_S):
                await self._listed(measured)
        except* TimeoutError:
            self._unfinished = f"the search was given up after {_SEARCH_S:g} s"
        except* _EndedError as ended:
            self._unfinished = str(ended.exceptions[0])
        except* Exception as group:
            self._error = in_one_line(group.exceptions[0])

    async def _listed(self, measured: Walk) -> None:
        if not got_through(measured.ending.kind):
            self._skipped = "the login does not get through with every host let through either"
            if worth_trials(measured):
                await self._healed(measured)
            return
        walker = self._walker
        walker.shared.through.setdefault(walker.plan.project.name, walker.settings)
        await self._less(measured)
        missing = unlisted(measured, walker.shared.skill)
        self._skipped = not_simulated(walker, missing)
        if self._skipped is not None:
            return
        found = await simulated(walker, measured, missing, self._opened)
        if not got_through(found.ending.kind):
            self._see_it_open()
        self._keep(found)
        if not got_through(found.ending.kind) and not undecided(found.ending.kind):
            await self._to_blame(measured, missing, found)

    async def _healed(self, measured: Walk) -> None:
        """Repeat a walk that broke, each time with one thing different, and once with nothing."""
        until = stage(measured)
        walker, shared = self._walker, self._walker.shared
        suspected = await asyncio.to_thread(
            suspected_factors, measured, walker.plan, walker.settings, shared.devices, dict(shared.through)
        )
        if not suspected:
            return
        await self._each((NOTHING, *suspected), measured, until)
        if heals(self._trials) and (broken_by(measured) or broke_by_failure(self._trials)):
            await self._both_again(suspected, measured, until)
        elif heals(self._trials):
            # A server that fails every second time failed the walk without a change, and not the one beside it. Two in
            # a row it cannot fail; where each is a login, one has to do.
            await self._each((NOTHING, NOTHING) if until == "login_form" else (NOTHING,), measured, until)

    async def _both_again(self, suspected: Sequence[Suspected], measured: Walk, until: Until) -> None:
        """Repeat what healed beside what did not, until a server that fails now and then has shown itself."""
        for _ in range(ROUNDS[until]):
            again = [each for each in suspected if each.changed in repeating(self._trials)]
            if not again or not heals(self._trials):
                return
            await self._each((NOTHING, *again), measured, until)

    async def _each(self, several: Sequence[Suspected], measured: Walk, until: Until) -> None:
        """Walk with the change of each of ``several``, side by side."""
        gate = asyncio.Semaphore(_AT_A_TIME)

        async def once(each: Suspected) -> None:
            async with gate:
                await self._tried(each, measured, until)

        async with asyncio.TaskGroup() as group:
            for each in several:
                group.create_task(once(each))

    async def _less(self, measured: Walk) -> None:
        """Repeat a walk that got through with what it may need taken from it.

        Where no login is left for it, the need stays a suspicion, and the simulation goes on without.
        """
        use = self._walker.plan.project.use
        if self._walker.settings.engine == "chromium" and await asyncio.to_thread(has_foreign_cookies, measured):
            # Once per run: a server without its session may count the login as a wrong password.
            await self._without(measured, BLOCKED, "")
        if has_second_window(measured):
            await self._without(measured, ONE_WINDOW, use.surface)

    async def _without(self, measured: Walk, each: Suspected, kind: str) -> None:
        """Repeat the walk with ``each``; where that breaks, with nothing changed. Once for each ``kind`` of devices."""
        own, tried = self._walker.plan.id, self._walker.shared.tried
        already = tried.get((each.factor, kind))
        if already is not None:
            self._elsewhere += [Elsewhere(factor=each.factor, case=already)] if already != own else []
            return
        tried[each.factor, kind] = own
        with suppress(_EndedError):
            healthy = any(trial.factor == "nothing" and got_through(trial.ending) for trial in self._trials)
            if await self._tried(each, measured, "arrival"):
                return
            if not healthy and not await self._tried(NOTHING, measured, "arrival"):
                return
            if broke_by_failure(trial for trial in self._trials if trial.factor == each.factor):
                await self._tried(each, measured, "arrival")

    async def _to_blame(self, measured: Walk, missing: tuple[str, ...], simulation: Walk) -> None:
        """Search the fewest of ``missing`` without which ``simulation`` breaks."""
        shared, until = self._walker.shared, stage(simulation)
        # Cases mostly break for the same reason: the first search tells the others what to try before anything else.
        async with nullcontext() if shared.culprits else shared.searching:
            found = await self._fewest(measured, missing, until)
            if found is None and until == "login_form":
                # The form came and the login got no further: the pages behind it have to be tried, too.
                until = "arrival"
                found = await self._fewest(measured, missing, until)
            if found is None:
                raise _EndedError("the simulation broke, and did not when it was repeated")
            if broken_by(simulation, measured) or broke_by_failure(self._trials):
                await self._sure_of(found, measured, missing, until)
            shared.culprits.append(found)

    async def _fewest(self, measured: Walk, missing: tuple[str, ...], until: Until) -> frozenset[str] | None:
        """The fewest to let through; None where without any of them nothing breaks on the way."""
        shared = self._walker.shared

        async def whole(chosen: frozenset[str]) -> bool:
            return await self._with(chosen, measured, missing, until)

        again = asyncio.create_task(whole(frozenset()))
        try:
            found = await smallest_set(missing, whole, guesses=tuple(shared.culprits))
            if await again:
                return None
            if found is None:
                # What broke may have kept its neighbour from getting through: both pages share a browser.
                found = await smallest_set(missing, whole, guesses=tuple(shared.culprits))
        finally:
            again.cancel()
            await asyncio.gather(again, return_exceptions=True)
        if found is None:
            raise _EndedError("with every host let through, the login did not get through a second time")
        return found

    async def _sure_of(self, found: frozenset[str], measured: Walk, missing: tuple[str, ...], until: Until) -> None:
        """Raise :class:`_EndedError` where a server fails, or not, whether ``found`` are let through or not."""
        for _ in range(ROUNDS[until]):
            broke = not await self._with(frozenset(), measured, missing, until)
            if not broke or not await self._with(found, measured, missing, until):
                raise _EndedError("a server fails now and then, with the same hosts let through")

    async def _with(self, let: frozenset[str], measured: Walk, missing: tuple[str, ...], until: Until) -> bool:
        """Walk with the hosts of ``let`` beside the listed ones; whether that got as far as it was to go."""
        chosen = tuple(host for host in missing if host in let)
        change, said = enforcing(self._walker.shared, chosen), let_through(chosen, missing)
        return await self._tried(Suspected(factor="hosts", changed=said, change=change, hosts=chosen), measured, until)

    async def _tried(self, each: Suspected, measured: Walk, until: Until) -> bool:
        """Walk with the change of ``each``; whether that got as far as it was to go."""
        if self._made >= _MOST_TRIALS:
            raise _EndedError(f"the search was given up after {_MOST_TRIALS} trials")
        self._see_it_open()
        number = self._made = self._made + 1
        found = await self._walked(number, each.change, measured, until)
        if found.ending.kind == "crashed":
            # An accident of the engine is no answer; the second one in a row is.
            found = await self._walked(number, each.change, measured, until)
        if not got_through(found.ending.kind):
            self._see_it_open()
        if await asyncio.to_thread(limited, found):
            raise _EndedError(f"trial {number} was cut short: the server is asked too often")
        trial = await asyncio.to_thread(made, number, each, found, measured, until)
        self._trials.append(trial)
        if undecided(trial.ending, trial.factor):
            raise _EndedError(f"trial {number} was cut short: {found.ending.message}")
        return got_through(trial.ending)

    def _see_it_open(self) -> None:
        """Raise :class:`_EndedError` where the server shuts this machine out, whatever is changed."""
        if shut := self._walker.shared.door.shut:
            raise _EndedError(shut.message)

    async def _walked(self, number: int, change: Change, measured: Walk, until: Until) -> Walk:
        name = f"trial-{number}"
        async with self._walker.apart(changed_device(self._opened, change), unkept=True) as other:
            other.step_s = step_patience_s(measured, until_form=until == "login_form")
            if until == "login_form":
                return await other.walk(name, "simulated", until=until)
            found = await other.within_budget(name, "simulated", spare=True)
        if found is None:
            raise _EndedError("limits.logins leaves no login for another trial")
        return found
