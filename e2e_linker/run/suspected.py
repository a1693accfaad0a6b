"""What may have broken a measured walk and can be changed on a device: one change each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from e2e_linker.alexa.surfaces import Overlay, overlay
from e2e_linker.browser.settings import DeviceSettings, device_settings
from e2e_linker.browser.stand_ins import StandIn
from e2e_linker.derive.base import walk_facts
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.obstacles import Obstacles
from e2e_linker.derive.rate_limits import limited
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.unheard import unheard_press
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.causes import Factor
from e2e_linker.evidence.models import EndingKind, Present, Request, Walk, records
from e2e_linker.model import Surface, host_of
from e2e_linker.run.changes import UNCHANGED, Change
from e2e_linker.run.plan import CasePlan

__all__ = [
    "BLOCKED",
    "NOTHING",
    "ONE_WINDOW",
    "Suspected",
    "has_foreign_cookies",
    "has_second_window",
    "suspected_factors",
    "worth_trials",
]

_OF_THE_PAGES: frozenset[EndingKind] = frozenset(
    {"login_not_found", "dead_end", "timeout", "redirect_loop", "login_blocked"}
)
_ENGLISH = "en-US"
_DESKTOP, _PHONE = "Desktop Chrome", "Pixel 7"
"""As what a phone calls itself, and a desktop, where no device of the run got through."""
_MOST_HOSTS = 2
_MOST_STAND_INS = 3
_MOST_SCRIPTS = 2
_IN_A_STACK = re.compile(r"https?://[^\s()]+?(?=(?::\d+){1,2}(?:\)|\s|$))")
_WIDE = 1280, 900
"""A screen as wide as a desktop's, in CSS pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """One thing to change, and the words for it."""

    factor: Factor
    changed: str
    change: Change
    hosts: tuple[str, ...] = ()
    address: str | None = None
    like: str | None = None


BLOCKED = Suspected(
    factor="foreign_cookies",
    changed="cookies of other sites were blocked",
    change=Change(settings=lambda settings: replace(settings, foreign_cookies=False)),
)
ONE_WINDOW = Suspected(factor="one_window", changed="no second window could be opened", change=Change(one_window=True))
NOTHING = Suspected(factor="nothing", changed="nothing", change=UNCHANGED)
"""The repetition without which nothing is proven: an accident heals by itself."""


def worth_trials(measured: Walk) -> bool:
    """Whether ``measured`` ended for a reason that a change to the device may take away."""
    return measured.ending.kind in _OF_THE_PAGES and not limited(measured)


def suspected_factors(
    measured: Walk,
    plan: CasePlan,
    own: DeviceSettings,
    devices: Mapping[str, Mapping[str, Any]],
    through: Mapping[str, DeviceSettings],
) -> tuple[Suspected, ...]:
    """What to change for a case whose ``measured`` walk broke, where that differs at all from what was measured.

    ``through`` are the devices of the run that got through, by project.
    """
    part = walk_facts(measured).get("suspects")
    found: tuple[Suspect, ...] = records(part)
    seen = walk_facts(measured).get("obstacles")
    stands: Obstacles = seen.value if isinstance(seen, Present) else Obstacles()
    return (
        *_uncovered(stands),
        *_wide_screen(stands, own),
        *_mouse(measured, own),
        *_user_agents(measured, plan, own, devices, through),
        *_policy(measured, own),
        *_locale(own),
        *_stand_ins(found),
        *_hosts(measured, found),
        *_framing(measured, found),
        *_scripts(measured, found),
    )


def has_foreign_cookies(measured: Walk) -> bool:
    """Whether the login may need cookies of other sites than the page's."""
    facts = walk_facts(measured)
    parts = (facts.get("foreign_cookies"), facts.get("framed_logins"))
    return any(isinstance(part, Present) and part.value for part in parts)


def has_second_window(measured: Walk) -> bool:
    """Whether the login opened a window beside the one that Alexa opens."""
    return len(records(measured.windows)) > 1


def _user_agents(
    measured: Walk,
    plan: CasePlan,
    own: DeviceSettings,
    devices: Mapping[str, Mapping[str, Any]],
    through: Mapping[str, DeviceSettings],
) -> Iterator[Suspected]:
    """A plain browser's on the same device; where the device is one, or that costs no login, another device's, too."""
    if own.user_agent is None:
        return
    typed = records(measured.login)
    use = plan.project.use.model_copy(update={"surface": Surface.BROWSER})
    plain = device_settings(use, devices, own.engine).overlay
    differs = plain.user_agent not in {None, own.user_agent}
    if differs:
        yield _called(plain)
    if not differs or not typed:
        like, told = _other(own, devices, through)
        yield _called(told, like)


def _called(told: Overlay, like: str | None = None) -> Suspected:
    change = Change(settings=lambda settings: replace(settings, overlay=told))
    return Suspected(factor="user_agent", changed=f"the user agent: {told.user_agent}", change=change, like=like)


def _other(
    own: DeviceSettings, devices: Mapping[str, Mapping[str, Any]], through: Mapping[str, DeviceSettings]
) -> tuple[str, Overlay]:
    """The name of a device that does not call itself as ``own`` does, and what it says of itself on the engine of that.

    Rather one that got through, and of those one whose engine is the same.
    """
    known = [item for item in through.items() if item[1].user_agent not in {None, own.user_agent}]
    if known:
        name, device = min(known, key=lambda item: item[1].engine != own.engine)
        said = {"user_agent": device.user_agent, "is_mobile": device.is_mobile}
        return name, overlay(device.surface, said, own.engine)
    name = _DESKTOP if own.is_mobile or own.user_agent == devices[_PHONE]["user_agent"] else _PHONE
    return name, overlay(Surface.BROWSER, devices[name], own.engine)


def _policy(measured: Walk, own: DeviceSettings) -> Iterator[Suspected]:
    # Stock Firefox cannot be told to look away.
    if records(measured.csp_violations) and own.engine != "firefox":
        change = Change(settings=lambda settings: replace(settings, bypass_csp=True))
        yield Suspected(factor="policy", changed="no Content-Security-Policy was enforced", change=change)


def _locale(own: DeviceSettings) -> Iterator[Suspected]:
    if own.locale != _ENGLISH:
        change = Change(settings=lambda settings: replace(settings, locale=_ENGLISH))
        yield Suspected(factor="locale", changed=f"the language: {_ENGLISH}", change=change)


def _stand_ins(found: tuple[Suspect, ...]) -> Iterator[Suspected]:
    """What did not come, or never said yes: with another answer in its place, a page that waits for it shows itself."""
    lost = (one.request for one in found if one.request is not None and one.kind != "framing")
    wanted = dict.fromkeys(map(_stand_in, lost))
    for one in list(wanted)[:_MOST_STAND_INS]:
        factor: Factor = "stand_in" if one.answer == "empty" else "agreeing"
        changed = f"with an {one.answer} answer from {one.address}"
        yield Suspected(factor=factor, changed=changed, change=Change(stand_ins=(one,)), address=one.address)


def _stand_in(request: Request) -> StandIn:
    answered = request.status is not None and request.status < 400
    address = without_parameters(request.url)
    return StandIn(address, request.resource_type, "agreeing" if answered else "empty")


def _hosts(measured: Walk, found: tuple[Suspect, ...]) -> Iterator[Suspected]:
    """Hosts that keep the page waiting: refused at once, a page may show what it has."""
    own = host_of(measured.authorization.url)
    hosts = dict.fromkeys(one.host for one in found if one.host and one.host != own)
    for host in list(hosts)[:_MOST_HOSTS]:
        yield Suspected(factor="host", changed=f"refused at once: {host}", change=_refusing(host), hosts=(host,))


def _framing(measured: Walk, found: tuple[Suspect, ...]) -> Iterator[Suspected]:
    """A page that forbids its frame, with all that led the frame there."""
    refused = next((one.request for one in found if one.kind == "framing" and one.request is not None), None)
    if refused is None:
        return
    way, address = reversed(came_from(refused, records(measured.requests))), without_parameters(refused.url)
    steps = tuple(StandIn(without_parameters(one.url), "document", "framable") for one in way)
    change = Change(stand_ins=tuple(dict.fromkeys(steps)))
    yield Suspected(factor="framing", changed=f"{address} might be shown in a frame", change=change, address=address)


def _scripts(measured: Walk, found: tuple[Suspect, ...]) -> Iterator[Suspected]:
    """The scripts that failed: without one that breaks a page, the others may draw it."""
    errors = records(measured.page_errors)
    stacks = [errors[one.ref[1] - 1].stack or "" for one in found if one.kind == "page_error"]
    files = (match[0] for match in map(_IN_A_STACK.search, stacks) if match)
    pages = {without_parameters(one.url) for one in _documents(measured)}
    for address in [file for file in dict.fromkeys(map(without_parameters, files)) if file not in pages][
        :_MOST_SCRIPTS
    ]:
        change = Change(stand_ins=(StandIn(address, "script", "empty"),))
        yield Suspected(factor="script", changed=f"without {address}", change=change, address=address)


def _documents(measured: Walk) -> Iterator[Request]:
    return (one for one in records(measured.requests) if one.resource_type == "document")


def _uncovered(stands: Obstacles) -> Iterator[Suspected]:
    """What lies over the control that was to be pressed: with that hidden, a person gets on."""
    for lying in [control.covered_by for control in stands.covered if control.covered_by][:1]:
        yield Suspected(factor="uncovered", changed=f"hidden: {lying}", change=Change(hidden=lying), address=lying)


def _wide_screen(stands: Obstacles, own: DeviceSettings) -> Iterator[Suspected]:
    if stands.beyond and own.viewport is not None and own.viewport[0] < _WIDE[0]:
        change = Change(settings=lambda settings: replace(settings, viewport=_WIDE))
        yield Suspected(factor="wide_screen", changed=f"a screen {_WIDE[0]} pixels wide", change=change)


def _mouse(measured: Walk, own: DeviceSettings) -> Iterator[Suspected]:
    """Where a page asked for nothing once its button had been tapped: one that hears of a mouse alone does so."""
    if own.has_touch and own.engine != "firefox" and unheard_press(measured) is not None:
        change = Change(settings=lambda settings: replace(settings, has_touch=False))
        yield Suspected(factor="mouse", changed="a mouse instead", change=change)


def _refusing(host: str) -> Change:
    return Change(refuse=lambda asked, port: asked == host)
