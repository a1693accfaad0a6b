"""A browser fetched where none is: Playwright's build, then, as root on Debian or Ubuntu, a distribution package."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from e2e_linker.browser.engine_search import Engine, find_engine, too_old
from e2e_linker.errors import EngineMissing
from e2e_linker.model import EngineName

__all__ = ["Finished", "Runner", "install_engine", "run_command"]

_PLAYWRIGHT = (sys.executable, "-m", "playwright")
_DOWNLOAD_TIMEOUT_S = 900.0
_PACKAGES: dict[EngineName, tuple[str, ...]] = {
    "chromium": ("chromium-headless-shell", "fonts-liberation"),
    "firefox": ("firefox-esr", "fonts-liberation"),
    "webkit": (),
}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: its exit status, ``None`` where it was stopped or never started, and all it said."""

    status: int | None
    output: str


Runner = Callable[[Sequence[str], float], Awaitable[Finished]]
"""Runs a command for so many seconds at most."""


async def install_engine(
    name: EngineName,
    *,
    headed: bool = False,
    run: Runner | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
    find: Callable[[EngineName], Engine | None] | None = None,
    outdated: Callable[[Engine], str | None] | None = None,
    root: bool | None = None,
) -> Engine:
    """Fetch a browser for ``name`` and return it; ``headed`` asks for one that can open a window.

    Nothing is printed: ``on_progress`` is told one sentence a step. Raises :class:`~e2e_linker.errors.EngineMissing`
    with every attempt and its reason when all fail.
    """
    run = run or run_command
    find = find or (lambda wanted: find_engine(wanted, headed=headed))
    outdated = outdated or too_old
    as_root = root if root is not None else _is_root()
    tried: list[str] = []
    for title, attempt in _attempts(name, headed, as_root):
        on_progress(f"{name}: {title}")
        reason = await attempt(run)
        if reason is None:
            engine = find(name)
            reason = outdated(engine) if engine else "finished, but left no browser behind"
            if engine and not reason:
                return engine
        tried.append(f"{title}: {reason}")
    raise EngineMissing(
        f"{name} is not here as Playwright needs it and could not be fetched\n"
        + "\n".join(f"  - {line}" for line in tried),
        hint=_advice(name, as_root, headed),
    )


_Attempt = Callable[[Runner], Awaitable[str | None]]


def _attempts(name: EngineName, headed: bool, as_root: bool) -> list[tuple[str, _Attempt]]:
    arguments = [name, "--only-shell"] if name == "chromium" and not headed else [name]
    attempts: list[tuple[str, _Attempt]] = [
        (f"playwright install {' '.join(arguments)}", lambda run: _from_playwright(run, arguments, as_root))
    ]
    if packages := _PACKAGES[name]:
        if name == "chromium" and headed:
            packages = ("chromium", *packages[1:])
        if as_root and shutil.which("apt-get"):
            attempts.append((f"apt-get install {packages[0]}", lambda run: _from_packages(run, packages)))
        else:
            why = "apt-get is not here" if as_root else "not tried, it needs root"
            attempts.append((f"apt-get install {packages[0]}", lambda run: _not_possible(why)))
    return attempts


async def _from_playwright(run: Runner, arguments: Sequence[str], as_root: bool) -> str | None:
    done = await run([*_PLAYWRIGHT, "install", *arguments], _DOWNLOAD_TIMEOUT_S)
    if done.status != 0:
        return _summary(done)
    if as_root and shutil.which("apt-get"):
        # Best effort: where the libraries are there already this changes nothing, and its failure says nothing.
        await run([*_PLAYWRIGHT, "install-deps", arguments[0]], _DOWNLOAD_TIMEOUT_S)
    return None


async def _from_packages(run: Runner, packages: Sequence[str]) -> str | None:
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    install = [*command, "install", "-y", "--no-install-recommends", *packages]
    # The lists may be empty, as in a fresh container, or of another year, and offer a browser that is too old to drive.
    await run([*command, "update"], _DOWNLOAD_TIMEOUT_S)
    done = await run(install, _DOWNLOAD_TIMEOUT_S)
    return None if done.status == 0 else _summary(done)


async def _not_possible(why: str) -> str | None:
    return why


async def run_command(command: Sequence[str], timeout_s: float) -> Finished:
    """Run ``command`` without a terminal for at most ``timeout_s`` seconds; it is killed then, and when cancelled."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Finished(None, f"{command[0]}: {error.strerror}")
    try:
        async with asyncio.timeout(timeout_s):
            output, _ = await process.communicate()
    except TimeoutError:
        return Finished(None, f"stopped after {timeout_s:g} s")
    finally:
        if process.returncode is None:
            _kill(process)
            await process.wait()
    return Finished(process.returncode, output.decode(errors="replace"))


def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill the command and what it started: a download goes on in a grandchild otherwise."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _summary(done: Finished) -> str:
    """The one line of a failed command's output that says most."""
    lines = [line.strip() for line in _ANSI.sub("", done.output).splitlines() if line.strip()]
    for pattern in (r"ENOTFOUND|ECONN|ETIMEDOUT|EACCES|ENOSPC|EAI_AGAIN", r"^E: ", r"[Ee]rror"):
        for line in lines:
            if re.search(pattern, line) and not line.startswith("code:"):
                return line[:300]
    return (lines[-1] if lines else f"ended with status {done.status} and said nothing")[:300]


def _advice(name: EngineName, as_root: bool, headed: bool) -> str:
    path = "name an installed browser in use.launchOptions.executablePath"
    if name == "webkit":
        return "run e2e-linker install webkit where cdn.playwright.dev can be reached; no other build of WebKit fits"
    again = "" if as_root else f"run e2e-linker install {name}{' --headed' * headed} as root, or "
    product = "Chromium, Chrome or Edge" if name == "chromium" else "Firefox"
    return f"{again}install {product} and run again, or {path}"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
