"""Which browser is used for an engine: what the config names, then Playwright's own build, then what the system has."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from e2e_linker.browser.engine_places import (
    CHROME,
    CHROMIUM,
    EDGE,
    FIREFOX,
    HEADLESS_SHELL,
    Machine,
    Product,
    is_own_build,
    own_build,
)
from e2e_linker.browser.engine_versions import known_version, lack_of, read_version
from e2e_linker.errors import EngineMissing, UsageError
from e2e_linker.model import EngineName

__all__ = [
    "Engine",
    "EngineKind",
    "EngineState",
    "Looked",
    "describe_engines",
    "find_engine",
    "read_version",
    "too_old",
]

EngineKind = Literal["playwright", "headless-shell", "system", "configured", "cdp"]
"""Where an engine comes from: Playwright's own build, a headless shell or a browser of the system, a path or an address
in the config."""

_CHANNELS: dict[EngineName, dict[str, tuple[str | Product, ...]]] = {
    "chromium": {
        "chromium": ("chromium", CHROMIUM),
        "chromium-headless-shell": ("chromium-headless-shell", HEADLESS_SHELL),
        "chrome": (CHROME,),
        "msedge": (EDGE,),
    },
    "firefox": {"firefox": ("firefox",), "moz-firefox": (FIREFOX,)},
    "webkit": {"webkit": ("webkit",)},
}
_HEADLESS: dict[EngineName, tuple[str | Product, ...]] = {
    # Headless shells first, whoever made them: five times as fast as the full browser with several cases at once.
    "chromium": ("chromium-headless-shell", HEADLESS_SHELL, "chromium", CHROMIUM, CHROME, EDGE),
    "firefox": ("firefox", FIREFOX),
    "webkit": ("webkit",),
}


@dataclass(frozen=True, slots=True)
class Engine:
    """A browser that is on this machine (or at a DevTools address) and how Playwright is to start it.

    ``channel`` is Playwright's word for the way to start it. ``version`` is known before the start only for
    Playwright's own builds. ``endpoint`` is set for kind ``cdp`` alone, and ``executable`` for every other kind.
    """

    name: EngineName
    kind: EngineKind
    executable: str | None
    channel: str | None
    version: str | None
    headed_capable: bool
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """One place that was looked at: what was sought, where, and the engine found there, if any."""

    label: str
    where: str
    engine: Engine | None


@dataclass(frozen=True, slots=True)
class EngineState:
    """What this machine has for an engine: the choice without and with a window, and every place looked at."""

    name: EngineName
    headless: Engine | None
    headed: Engine | None
    looked: tuple[Looked, ...]


def find_engine(
    name: EngineName,
    *,
    configured: str | None = None,
    channel: str | None = None,
    headed: bool = False,
    environ: Mapping[str, str] = os.environ,
    which: Callable[[str], str | None] | None = None,
    platform: str = sys.platform,
    version: Callable[[str], str | None] | None = None,
) -> Engine | None:
    """The browser to use for ``name``, or ``None`` where this machine has none.

    ``configured`` is a path, a command, or the address of a running Chromium (``http://…``, ``ws://…``): where it
    cannot be used, :class:`~e2e_linker.errors.EngineMissing` is raised rather than another one taken. ``channel`` is
    Playwright's word for a particular product; an unknown one raises :class:`~e2e_linker.errors.UsageError`. Where a
    product is here more than once, the first is taken that is new enough: ``version`` asks an executable for its own.
    """
    machine = _machine(environ, which, platform)
    if configured:
        return _configured(name, configured, headed, machine)
    sources = _HEADLESS[name]
    if channel:
        if channel not in _CHANNELS[name]:
            known = ", ".join(_CHANNELS[name])
            raise UsageError(f"{channel!r} is no channel of {name}", where="use.channel", hint=f"one of {known}")
        sources = _CHANNELS[name][channel]
    for looked in _look(name, sources, machine, version or known_version):
        if looked.engine and (looked.engine.headed_capable or not headed):
            return looked.engine
    return None


def describe_engines(
    *,
    environ: Mapping[str, str] = os.environ,
    which: Callable[[str], str | None] | None = None,
    platform: str = sys.platform,
    version: Callable[[str], str | None] | None = None,
) -> tuple[EngineState, ...]:
    """What is there for each engine and where it was looked for; ``version`` asks an executable for its version."""
    machine, ask, states = _machine(environ, which, platform), version or read_version, []
    for name in get_args(EngineName):
        looked = []
        for place in _look(name, _HEADLESS[name], machine, ask):
            engine = place.engine
            if engine and engine.executable and not engine.version:
                engine = replace(engine, version=ask(engine.executable))
            looked.append(replace(place, engine=engine))
        found = [place.engine for place in looked if place.engine]
        headed = next((engine for engine in found if engine.headed_capable), None)
        states.append(EngineState(name, found[0] if found else None, headed, tuple(looked)))
    return tuple(states)


def too_old(engine: Engine, version: Callable[[str], str | None] = read_version) -> str | None:
    """Why Playwright cannot drive ``engine``, one clause, where its version tells; None for all others."""
    if engine.channel != _stock_channel("firefox") or not engine.executable:
        return None
    found = engine.version or version(engine.executable)
    return lack_of(found) if found else None


def _machine(environ: Mapping[str, str], which: Callable[[str], str | None] | None, platform: str) -> Machine:
    return Machine(environ, which or partial(shutil.which, path=environ.get("PATH")), platform)


def _look(
    name: EngineName, sources: tuple[str | Product, ...], machine: Machine, version: Callable[[str], str | None]
) -> Iterator[Looked]:
    for source in sources:
        engine = None
        if isinstance(source, str):
            build = own_build(source, machine)
            if build.executable:
                channel = "chromium" if source == "chromium" else None
                headed = source != "chromium-headless-shell"
                engine = Engine(name, "playwright", build.executable, channel, build.version, headed)
            yield Looked(build.label, build.folder, engine)
        else:
            found = filter(None, (source.find(machine), *map(machine.which, source.commands)))
            kind: EngineKind = "system" if source.headed else "headless-shell"
            here = [
                Engine(name, kind, path, _stock_channel(name), None, source.headed) for path in dict.fromkeys(found)
            ]
            if here:
                newer = (each for each in here if len(here) > 1 and not too_old(each, version))
                engine = next(newer, here[0])
            yield Looked(source.label, ", ".join(source.places(machine)), engine)


def _stock_channel(name: EngineName) -> str | None:
    return "moz-firefox" if name == "firefox" else None


def _configured(name: EngineName, configured: str, headed: bool, machine: Machine) -> Engine:
    where = "use.launchOptions.executablePath"
    if re.match(r"(https?|wss?)://", configured):
        if name != "chromium":
            raise EngineMissing(
                f"{name} cannot be driven over DevTools", where="use.cdpEndpoint", hint="only Chromium can"
            )
        return Engine(name, "cdp", None, None, None, headed_capable=True, endpoint=configured)
    path = os.path.expanduser(configured)
    found = path if os.path.isfile(path) and os.access(path, os.X_OK) else machine.which(configured)
    if not found:
        raise EngineMissing(
            f"there is no {name} to run at {configured}", where=where, hint="correct the path, or leave it out"
        )
    own = is_own_build(found)
    if name == "webkit" and not own:
        raise EngineMissing(
            f"{configured} is not Playwright's WebKit", where=where, hint="run e2e-linker install webkit"
        )
    capable = "headless" not in Path(found).name
    if headed and not capable:
        raise EngineMissing(
            f"{configured} has no windows to show", where=where, hint="leave --headed out, or name a full browser"
        )
    return Engine(name, "configured", found, None if own else _stock_channel(name), None, capable)
