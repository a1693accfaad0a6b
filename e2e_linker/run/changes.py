"""A device like the case's own, on which one thing is different."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from e2e_linker.browser.device import Device
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.browser.stand_ins import StandIn, hide, keep_one_window, stand_in

__all__ = ["UNCHANGED", "Change", "OpenChanged", "changed_device"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different about a device. Its jar is empty, as a customer's is who links for the first time."""

    refuse: Callable[[str, int], bool] | None = None
    """Refuses hosts beside those that no case may reach."""
    settings: Callable[[DeviceSettings], DeviceSettings] | None = None
    """Makes other settings of the case's own."""
    stand_ins: tuple[StandIn, ...] = ()
    """What is answered in the servers' stead; only :func:`changed_device` heeds it."""
    hidden: str | None = None
    """What no page shows, as :attr:`Control.covered_by` names it; only :func:`changed_device` heeds it."""

    one_window: bool = False
    """Whether no page can open another window; only :func:`changed_device` heeds it."""

    def applied(self, own: DeviceSettings) -> DeviceSettings:
        """The settings of the changed device, where those of the case are ``own``."""
        return self.settings(own) if self.settings else own

    def refusing(self, always: Callable[[str, int], bool]) -> Callable[[str, int], bool]:
        """What the proxy refuses: ``always`` what no case may reach, and what this change adds."""
        added = self.refuse
        return (lambda host, port: always(host, port) or added(host, port)) if added else always


UNCHANGED = Change()
OpenChanged = Callable[[Change], AbstractAsyncContextManager[Device]]
"""Opens another device of the case's kind with a change to it."""


@asynccontextmanager
async def changed_device(opened: OpenChanged, change: Change) -> AsyncIterator[Device]:
    """A device with all of ``change``, for as long as the ``async with`` block lasts."""
    async with opened(change) as device:
        await stand_in(device, change.stand_ins)
        if change.hidden is not None:
            await hide(device, change.hidden)
        if change.one_window:
            await keep_one_window(device)
        yield device
