"""The machine a run happens on: what is there, and what can be fetched."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

from e2e_linker import __version__
from e2e_linker.browser.engines import Engine, EngineState, describe_engines, find_engine, install_engine, too_old
from e2e_linker.config.nearest import nearest
from e2e_linker.errors import EngineMissing, UsageError
from e2e_linker.model import EngineName, Record

__all__ = ["EngineFound", "Machine", "Place", "environment", "examine", "install_engines"]

_ENGINES: tuple[EngineName, ...] = get_args(EngineName)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_PACKAGES = ("playwright", "httpx2", "pydantic", "cryptography", "certifi", "tldextract")


class Place(Record):
    """One place where an engine was looked for."""

    label: str
    where: str
    found: bool


class EngineFound(Record):
    """What there is of one engine. ``windows`` tells whether it can be shown with ``--headed``, ``too_old`` why
    Playwright cannot drive it."""

    name: EngineName
    found: bool
    version: str | None
    executable: str | None
    kind: str | None
    windows: bool
    too_old: str | None
    looked: tuple[Place, ...]


class Machine(Record):
    """What a run depends on. Of proxies only the names of the variables are kept: their values may hold passwords."""

    tool_version: str
    python: str
    platform: str
    packages: dict[str, str]
    engines: tuple[EngineFound, ...]
    proxies: tuple[str, ...]
    folder: str
    folder_writable: bool

    def lines(self) -> tuple[str, ...]:
        """The same in lines for a terminal."""
        engines = [line for engine in self.engines for line in _engine_lines(engine)]
        writable = "can be written" if self.folder_writable else "cannot be written; --output names another"
        packages = ", ".join(f"{name} {number}" for name, number in self.packages.items())
        return (
            f"e2e-linker  {self.tool_version} on Python {self.python}, {self.platform}",
            f"packages    {packages}",
            *engines,
            f"proxies     {', '.join(self.proxies) or 'none'}",
            f"folder      {self.folder} ({writable})",
        )


async def examine(*, environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> Machine:
    """What is on this machine; ``folder`` is where run folders would be made, the working directory by default."""
    place = (folder or Path()).absolute()
    states = await asyncio.to_thread(describe_engines, environ=environ)
    set_ones = {name.upper() for name, value in environ.items() if value}
    return Machine(
        tool_version=__version__,
        python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()}".strip(),
        packages=_package_versions(),
        engines=tuple(_found(state) for state in states),
        proxies=tuple(name for name in _PROXIES if name in set_ones),
        folder=str(place),
        folder_writable=await asyncio.to_thread(_writable, place),
    )


async def install_engines(
    names: Sequence[str],
    say: Callable[[str], None],
    *,
    headed: bool = False,
    find: Callable[..., Engine | None] = find_engine,
    install: Callable[..., Awaitable[Engine]] = install_engine,
    outdated: Callable[[Engine], str | None] = too_old,
) -> list[str]:
    """Fetch those of ``names`` that are not here yet, or too old for Playwright; one line for each engine.

    With ``headed`` one that cannot show windows does not count. ``say`` is told every step.

    An engine that cannot be fetched does not keep the others from being tried. Raises :class:`UsageError` for a name
    that is no engine, before anything is fetched, and :class:`EngineMissing` at the end for what is still missing.
    """
    lines: list[str] = []
    failed: list[EngineMissing] = []
    for name in [_engine_name(name) for name in dict.fromkeys(names)]:
        engine = find(name, headed=headed)
        how = "is already here"
        if engine is not None and (old := outdated(engine)):
            say(f"{name}: {old}")
            engine = None
        if engine is None:
            how = "is installed"
            try:
                engine = await install(name, headed=headed, on_progress=say)
            except EngineMissing as error:
                failed.append(error)
                continue
        lines.append(f"{name} {how}: {engine.executable}")
    if failed:
        for line in lines:
            say(line)
        raise failed[0] if len(failed) == 1 else _together(failed)
    return lines


def environment() -> dict[str, str]:
    """What the evidence was gathered with: Python, the platform, and the packages whose behaviour shows."""
    return {"python": platform.python_version(), "platform": sys.platform, **_package_versions()}


@cache
def _package_versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _together(failed: Iterable[EngineMissing]) -> EngineMissing:
    first, *others = failed
    message = "\n".join(error.message for error in (first, *others))
    return EngineMissing(message, hint="; ".join(error.hint for error in (first, *others) if error.hint))


def _engine_name(name: str) -> EngineName:
    for known in _ENGINES:
        if name.strip().lower() == known:
            return known
    aliases = {"chrome": "chromium", "edge": "chromium", "safari": "webkit"}
    near = aliases.get(name.strip().lower()) or nearest(name, _ENGINES)
    there = f"there are: {', '.join(_ENGINES)}"
    raise UsageError(f"there is no engine {name!r}", hint=f"did you mean {near}? {there}" if near else there)


def _found(state: EngineState) -> EngineFound:
    engine = state.headless
    return EngineFound(
        name=state.name,
        found=engine is not None,
        version=engine.version if engine else None,
        executable=engine.executable if engine else None,
        kind=engine.kind if engine else None,
        windows=state.headed is not None,
        too_old=too_old(engine, lambda _: None) if engine else None,
        looked=tuple(
            Place(label=place.label, where=place.where, found=place.engine is not None) for place in state.looked
        ),
    )


def _engine_lines(engine: EngineFound) -> list[str]:
    if engine.found:
        version_text = f"{engine.version}, " if engine.version else ""
        without = "" if engine.windows else ", cannot open windows (--headed)"
        fetch = f"`e2e-linker install {engine.name}"
        more = [f"              {engine.too_old}; {fetch}` fetches it"] if engine.too_old else []
        if without:
            more.append(f"              {fetch} --headed` fetches one that can")
        return [f"{engine.name:<11} {version_text}{engine.executable}{without}", *more]
    places = [f"              looked for {place.label}: {place.where}" for place in engine.looked]
    return [f"{engine.name:<11} not found; `e2e-linker install {engine.name}` fetches it", *places]


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
