"""The login once more, as the Alexa app would show it: every host outside the Domain List is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from pydantic import JsonValue

from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.hosts import HostUse, coverage, domain_list
from e2e_linker.evidence.models import SkillFacts, Walk, records
from e2e_linker.model import Surface
from e2e_linker.run.changes import Change, OpenChanged
from e2e_linker.run.events import Notice
from e2e_linker.run.resources import Resources
from e2e_linker.run.walks import Walker

__all__ = ["enforcing", "not_simulated", "simulated", "simulated_alone", "step_patience_s", "unlisted"]

_NEEDED_FIRST = ("navigation", "redirect", "frame", "form", "script", "stylesheet", "fetch", "xhr", "font")
_STEP_S, _STEP = 1.0, 2.0


def unlisted(measured: Walk, skill: SkillFacts) -> tuple[str, ...]:
    """The hosts that ``measured`` contacted and that the Domain List lacks, those a page needs most first."""
    used = walk_facts(measured, skill=skill, walks=(measured,)).get("hosts")
    return tuple(use.host for use in sorted(_missing(records(used), skill), key=_weight))


def _missing(uses: tuple[HostUse, ...], skill: SkillFacts) -> tuple[HostUse, ...]:
    return coverage(uses, domain_list(skill)).missing


def _weight(use: HostUse) -> tuple[int, str]:
    ranks = [_NEEDED_FIRST.index(kind) for kind in use.kinds if kind in _NEEDED_FIRST]
    return min(ranks, default=len(_NEEDED_FIRST)), use.host


def not_simulated(walker: Walker, missing: tuple[str, ...]) -> str | None:
    """Why a simulation would show nothing; None where it is to be made."""
    use = walker.plan.project.use
    if not missing:
        return "every host that the login contacted is on the Domain List"
    if use.surface is Surface.BROWSER and not walker.mobile:
        return "a desktop browser knows nothing of the Domain List"
    return None


def enforcing(shared: Resources, let_through: Iterable[str] = ()) -> Change:
    """The Domain List enforced by exact host, less the hosts in ``let_through``.

    The host of the authorization URL needs no entry (Amazon's blog, 2020).
    """
    listed = domain_list(shared.skill)
    known = listed.hosts | {listed.authorization_host, *let_through}
    refuse: Callable[[str, int], bool] = lambda host, port: host not in known  # noqa: E731 - one line says it
    return Change(refuse=refuse)


def step_patience_s(measured: Walk, *, until_form: bool) -> float:
    """Seconds to wait for a page that may stay blank, in proportion to the longest wait of the measured walk."""
    steps = records(measured.login)
    times = [0.0, *(step.at for step in steps[: 1 if until_form else None])]
    if not (until_form and steps):
        times.append(measured.duration_s)
    return _STEP_S + _STEP * max(later - sooner for sooner, later in pairwise(times))


async def simulated(walker: Walker, measured: Walk, missing: tuple[str, ...], opened: OpenChanged) -> Walk:
    """The walk with pictures, on a device like the case's own with an empty jar.

    Where no login is left beside those that cases are waiting for, it goes to the login form only.
    """
    about: dict[str, JsonValue] = {"refused": list(missing)}
    async with walker.apart(opened(enforcing(walker.shared))) as other:
        other.step_s = step_patience_s(measured, until_form=False)
        found = await other.within_budget("simulated", "simulated", about, spare=True, pictures=True)
        if found is None:
            short = {**about, "until": "login_form"}
            found = await other.walk("simulated", "simulated", variation=short, until="login_form", pictures=True)
        return found


async def simulated_alone(walker: Walker, measured: Walk, opened: OpenChanged) -> Walk | None:
    """The simulation for somebody who wants to see just that; where it would show nothing, they are told why."""
    missing = unlisted(measured, walker.shared.skill)
    reason = not_simulated(walker, missing)
    if measured.ending.kind != "arrived":
        reason = "the login does not get through with every host let through either"
    elif not walker.isolated:
        reason = "this browser cannot be kept from all hosts that are not listed"
    if reason is None:
        return await simulated(walker, measured, missing, opened)
    walker.shared.tell(Notice(f"no simulation: {reason}", "lasting"))
    return None
