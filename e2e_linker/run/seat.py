"""Where the probes of the token endpoint get their links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e_linker.browser.device import Device
from e2e_linker.run.plan import CasePlan
from e2e_linker.run.resources import Resources

__all__ = ["OpenWith", "Seat"]

OpenWith = Callable[[Mapping[str, Any] | Path | None], AbstractAsyncContextManager[Device]]
"""Opens a device whose jar is filled with a Playwright storage state, or empty."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The case on whose device links are made. Usable for as long as its browser runs, also after the case."""

    plan: CasePlan
    shared: Resources
    open_device: OpenWith
    """Opens another device of the case's kind."""
    jar: Mapping[str, Any] | None
    """The jar that is signed in; None where it is lost."""
    patience_s: float
    """Seconds a walk may take."""
