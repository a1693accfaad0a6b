"""Which browser of this machine a case runs on, and what to do where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from e2e_linker.browser.engines import Engine, find_engine
from e2e_linker.config.load import LoadedConfig
from e2e_linker.config.projects import Use
from e2e_linker.errors import EngineMissing, LinkerError
from e2e_linker.model import EngineName

__all__ = ["choose_engine", "launch_arguments"]


def choose_engine(
    use: Use, devices: Mapping[str, Mapping[str, Any]], *, only: EngineName | None = None
) -> tuple[Engine | EngineMissing, tuple[EngineName, ...]]:
    """(the first asked engine that is on this machine, or why there is none; those asked for).

    With ``only`` no other engine is taken, whichever are asked for.
    """
    own: EngineName = (
        "chromium" if use.cdp_endpoint else devices.get(use.device or "", {}).get("default_browser_type", "chromium")
    )
    asked: tuple[EngineName, ...] = use.browser_name or (own,)
    absent: list[EngineName] = []
    wrong: EngineMissing | None = None
    for name in (only,) if only else asked:
        try:
            found = _found(name, use, headed=not use.headless)
        except LinkerError as error:
            wrong = EngineMissing(f"{error.where}: {error.message}" if error.where else error.message, hint=error.hint)
            continue
        if found is not None:
            return found, asked
        absent.append(name)
    return (_none_of(absent, use) if absent or wrong is None else wrong), asked


_DESKTOP = "Desktop "
"""What the names of Playwright's devices begin with that have a mouse."""


def launch_arguments(use: Use, loaded: LoadedConfig) -> dict[str, Any]:
    """How the browser is started for ``use``, as the keyword arguments of ``Browsers.get``."""
    options = use.launch_options
    return {
        "headed": not use.headless,
        "slow_mo_ms": options.slow_mo,
        "args": options.args,
        "color_scheme": use.color_scheme,
        "mouse": (use.device or _DESKTOP).startswith(_DESKTOP) and not (use.is_mobile or use.has_touch),
        "any_certificate": use.ignore_https_errors or bool(loaded.config.linker.trust),
    }


def _found(name: EngineName, use: Use, *, headed: bool) -> Engine | None:
    path = use.cdp_endpoint or use.launch_options.executable_path
    return find_engine(name, configured=str(path) if path else None, channel=use.channel, headed=headed)


def _none_of(names: list[EngineName], use: Use) -> EngineMissing:
    """That ``names`` are not here, or only without windows where one was to be shown."""
    for name in names:
        if (hidden := _found(name, use, headed=False)) is None:
            continue
        other = (
            "name another browser in use.channel" if use.channel else f"fetch one: e2e-linker install {name} --headed"
        )
        return EngineMissing(
            f"{name} is here only without windows to show: {hidden.executable}",
            hint=f"leave out --headed (or use.headless: false), or {other}",
        )
    if use.channel:
        return EngineMissing(
            f"engine not installed: use.channel asks for {use.channel}, which is not here",
            hint="install it, name another in use.channel, or leave that out: then any that fits is taken",
        )
    headed = " --headed" if not use.headless and names[0] == "chromium" else ""
    return EngineMissing(f"engine not installed: {' and '.join(names)}", hint=f"e2e-linker install {names[0]}{headed}")
