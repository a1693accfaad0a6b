"""What one project's device comes to on one engine: the project's options over the device's own over the surface's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from e2e_linker.alexa.surfaces import Overlay, SurfaceTrait, language_trait, overlay
from e2e_linker.browser.vouching import Vouching
from e2e_linker.config.nearest import offer
from e2e_linker.config.projects import Use
from e2e_linker.errors import ConfigurationError
from e2e_linker.evidence.models import Trait
from e2e_linker.model import EngineName, Surface

__all__ = ["DeviceSettings", "device_settings", "offer_device"]

_DEFAULT_LOCALE = "en-US"
"""A browser that is given no locale sends no Accept-Language when it runs headless, which no customer's does."""

_LYING = " landscape"
_WRITTEN = frozenset({"user agent", "client hints", "navigator.platform"})
_OWN = Trait(
    name="device",
    value="the device's own",
    emulated=True,
    note="a running browser was attached to: what is not named below was left as it is",
)


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """Everything a browser context is told, and what it amounts to as traits of the device."""

    device: str | None
    surface: Surface
    engine: EngineName
    overlay: Overlay
    viewport: tuple[int, int] | None
    """Width and height in CSS pixels; None leaves it to the engine."""
    device_scale_factor: float | None
    is_mobile: bool
    has_touch: bool
    locale: str
    """Empty for the own one of a browser that was attached to."""
    timezone_id: str | None
    color_scheme: Literal["light", "dark", "no-preference"] | None
    storage_state: Path | Mapping[str, Any] | None
    """A Playwright storage state that fills the cookie jar before the first walk."""
    ignore_https_errors: bool
    """Whether the user wants every certificate to be taken."""
    bypass_csp: bool = False
    """Whether the pages' Content-Security-Policy is not enforced."""
    foreign_cookies: bool = True
    """Whether cookies of other sites than the page's are let through. Only Chromium can be told not to."""
    vouching: Vouching | None = None
    """What judges certificates in the browser's place, so that private roots are trusted; None leaves it to it."""
    own_agent: str | None = None
    """The User-Agent of a browser that was attached to and is left as it is; None for one that we start and dress."""

    @property
    def user_agent(self) -> str | None:
        """What the device sends as User-Agent; None for the engine's own."""
        return self.overlay.user_agent or self.own_agent

    def attached(self, use: Use, agent: str) -> DeviceSettings:
        """These settings for a browser that calls itself ``agent``: what ``use`` does not ask for is its own."""
        mobile = self.is_mobile or "Mobile" in agent or "Android" in agent
        return replace(self, own_agent=agent, is_mobile=mobile, locale=use.locale or "")

    @property
    def traits(self) -> tuple[Trait, ...]:
        """The traits of the device as evidence, with the reason where one is not emulated."""
        described = self.overlay.user_agent is not None
        spoken = (language_trait(self.locale, self.engine, described=described),) if self.locale else ()
        if self.own_agent is None:
            return (*map(_told, (*self.overlay.traits, *spoken)), *self._own_traits())
        # Only what was written into it: whether the rest is a customer's is for its owner to know.
        kept = (trait for trait in self.overlay.traits if described and trait.name in _WRITTEN)
        return (_OWN, *map(_told, (*kept, *spoken)), *(self._own_traits() if self.viewport else ()))

    def context_options(self) -> dict[str, Any]:
        """The keyword arguments of ``Browser.new_context``, without the proxy."""
        options: dict[str, Any] = {
            "user_agent": self.overlay.user_agent,
            "viewport": dict(zip(("width", "height"), self.viewport, strict=True)) if self.viewport else None,
            "device_scale_factor": self.device_scale_factor,
            "is_mobile": True if self.is_mobile and self.engine != "firefox" else None,
            "has_touch": self.has_touch or None,
            "locale": self.locale or None,
            "timezone_id": self.timezone_id,
            "color_scheme": self.color_scheme,
            "storage_state": dict(self.storage_state)
            if isinstance(self.storage_state, Mapping)
            else self.storage_state,
            "ignore_https_errors": self.ignore_https_errors or None,
            "bypass_csp": self.bypass_csp or None,
        }
        if self.own_agent is not None and not self.viewport:
            # The window is as large as it is: Playwright would make it its own size.
            options |= {"no_viewport": True, "device_scale_factor": None, "is_mobile": None}
        return {name: value for name, value in options.items() if value is not None} | {"accept_downloads": False}

    def _own_traits(self) -> tuple[Trait, ...]:
        traits = []
        if self.viewport:
            width, height = self.viewport
            scale = self.device_scale_factor or 1
            traits.append(Trait(name="screen", value=f"{width} × {height} at {scale:g}", emulated=True))
        if self.is_mobile:
            firefox = self.engine == "firefox"
            note = "Firefox lays the page out as a window of this width, without the viewport meta tag"
            traits.append(
                Trait(name="mobile viewport", value="honoured", emulated=not firefox, note=note if firefox else None)
            )
        if self.has_touch and self.own_agent is None:
            taps = self.engine != "firefox"
            why = None if taps else "Firefox is not given taps: what is pressed is clicked as with a mouse"
            traits.append(Trait(name="touch", value="buttons are tapped", emulated=taps, note=why))
        return tuple(traits)


def _told(trait: SurfaceTrait) -> Trait:
    note = "; ".join(part for part in (trait.note, f"{trait.confidence}: {trait.source}") if part)
    return Trait(name=trait.name, value=trait.value, emulated=trait.emulated, note=note)


def device_settings(use: Use, devices: Mapping[str, Mapping[str, Any]], engine: EngineName) -> DeviceSettings:
    """What ``use`` comes to on ``engine``. ``devices`` are Playwright's descriptors (``playwright.devices``).

    Raises :class:`~e2e_linker.errors.ConfigurationError` for a device Playwright does not know.
    """
    descriptor = _descriptor(use.device, devices)
    size = descriptor.get("viewport")
    viewport = (size["width"], size["height"]) if size else None
    if use.viewport:
        viewport = (use.viewport.width, use.viewport.height)
    is_mobile = _first(use.is_mobile, descriptor.get("is_mobile"), False)
    said = {"user_agent": use.user_agent or descriptor.get("user_agent"), "is_mobile": is_mobile}
    return DeviceSettings(
        device=use.device,
        surface=use.surface,
        engine=engine,
        overlay=overlay(use.surface, said, engine),
        viewport=viewport,
        device_scale_factor=_first(use.device_scale_factor, descriptor.get("device_scale_factor"), None),
        is_mobile=is_mobile,
        has_touch=_first(use.has_touch, descriptor.get("has_touch"), False),
        locale=use.locale or _DEFAULT_LOCALE,
        timezone_id=use.timezone_id,
        color_scheme=use.color_scheme,
        storage_state=use.storage_state,
        ignore_https_errors=use.ignore_https_errors,
    )


def offer_device(name: str, known: Collection[str]) -> str:
    """The hint for somebody who wrote ``name``, which is none of ``known``, Playwright's devices.

    Most devices stand there a second time, lying on their side; those are not listed.
    """
    return offer(name, known, listed=[device for device in known if not device.endswith(_LYING)])


def _descriptor(device: str | None, devices: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if device is None:
        return {}
    if device not in devices:
        raise ConfigurationError(
            f'Playwright knows no device called "{device}"', where="use.device", hint=offer_device(device, devices)
        )
    return devices[device]


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
