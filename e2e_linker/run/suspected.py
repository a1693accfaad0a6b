"""What may have broken a measured walk and can be changed on a device: one change each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from e2e_linker.browser.settings import DeviceSettings, device_settings
from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.evidence.causes import Factor
from e2e_linker.evidence.models import EndingKind, Present, Walk
from e2e_linker.model import Surface, host_of
from e2e_linker.run.changes import UNCHANGED, Change
from e2e_linker.run.plan import CasePlan

__all__ = ["BLOCKED", "NOTHING", "Suspected", "has_foreign_cookies", "suspected_factors", "worth_trials"]

_OF_THE_PAGES: frozenset[EndingKind] = frozenset(
    {"login_not_found", "dead_end", "timeout", "redirect_loop", "login_blocked"}
)
_ENGLISH = "en-US"
_MOST_HOSTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """One thing to change, and the words for it."""

    factor: Factor
    changed: str
    change: Change
    hosts: tuple[str, ...] = ()


BLOCKED = Suspected(
    factor="foreign_cookies",
    changed="cookies of other sites were blocked",
    change=Change(settings=lambda settings: replace(settings, foreign_cookies=False)),
)
NOTHING = Suspected(factor="nothing", changed="nothing", change=UNCHANGED)
"""The repetition without which nothing is proven: an accident heals by itself."""


def worth_trials(measured: Walk) -> bool:
    """Whether ``measured`` ended for a reason that a change to the device may take away."""
    return measured.ending.kind in _OF_THE_PAGES


def suspected_factors(
    measured: Walk, plan: CasePlan, own: DeviceSettings, devices: Mapping[str, Mapping[str, Any]]
) -> tuple[Suspected, ...]:
    """What to change for a case whose ``measured`` walk broke, where that differs at all from what was measured."""
    return (*_user_agent(plan, own, devices), *_policy(measured, own), *_locale(own), *_hosts(measured))


def has_foreign_cookies(measured: Walk) -> bool:
    """Whether the login may need cookies of other sites than the page's."""
    facts = walk_facts(measured)
    parts = (facts.get("foreign_cookies"), facts.get("framed_logins"))
    return any(isinstance(part, Present) and part.value for part in parts)


def _user_agent(plan: CasePlan, own: DeviceSettings, devices: Mapping[str, Mapping[str, Any]]) -> Iterator[Suspected]:
    use = plan.project.use.model_copy(update={"surface": Surface.BROWSER})
    plain = device_settings(use, devices, own.engine).overlay
    if plain.user_agent is not None and plain.user_agent != own.user_agent:
        change = Change(settings=lambda settings: replace(settings, overlay=plain))
        yield Suspected(factor="user_agent", changed=f"the user agent: {plain.user_agent}", change=change)


def _policy(measured: Walk, own: DeviceSettings) -> Iterator[Suspected]:
    violated = isinstance(measured.csp_violations, Present) and measured.csp_violations.value
    # Stock Firefox cannot be told to look away.
    if violated and own.engine != "firefox":
        change = Change(settings=lambda settings: replace(settings, bypass_csp=True))
        yield Suspected(factor="policy", changed="no Content-Security-Policy was enforced", change=change)


def _locale(own: DeviceSettings) -> Iterator[Suspected]:
    if own.locale != _ENGLISH:
        change = Change(settings=lambda settings: replace(settings, locale=_ENGLISH))
        yield Suspected(factor="locale", changed=f"the language: {_ENGLISH}", change=change)


def _hosts(measured: Walk) -> Iterator[Suspected]:
    """Hosts that keep the page waiting: refused at once, a page may show what it has."""
    part = walk_facts(measured).get("suspects")
    found: tuple[Suspect, ...] = part.value if isinstance(part, Present) else ()
    own = host_of(measured.authorization.url)
    hosts = dict.fromkeys(one.host for one in found if one.host and one.host != own)
    for host in list(hosts)[:_MOST_HOSTS]:
        yield Suspected(factor="host", changed=f"refused at once: {host}", change=_refusing(host), hosts=(host,))


def _refusing(host: str) -> Change:
    return Change(refuse=lambda asked, port: asked == host)
