"""Why a browser did not start, in words that name it and say what to do."""

from __future__ import annotations

import asyncio
import os
import re
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError

from e2e_linker.browser.engine_search import Engine, too_old
from e2e_linker.browser.engine_versions import asks_more
from e2e_linker.errors import EngineMissing

__all__ = ["not_started", "see_it_drivable"]


async def see_it_drivable(engine: Engine) -> None:
    """Raise :class:`~e2e_linker.errors.EngineMissing` where ``engine`` would start, and then could open no page."""
    if asks_more() and (old := await asyncio.to_thread(too_old, engine)):
        raise _refused(engine, old)


def not_started(engine: Engine, error: PlaywrightError) -> EngineMissing:
    """Why ``engine`` did not start, as ``error`` of Playwright tells it, with what to do."""
    if engine.endpoint:
        # Nothing else of the address is shown: such addresses hold the keys of browser services.
        address = urlsplit(engine.endpoint).netloc.rpartition("@")[2]
        return EngineMissing(
            f"no browser answers at {address}: nothing speaks DevTools there",
            where="use.cdpEndpoint",
            hint="a phone needs `adb forward tcp:9222 localabstract:chrome_devtools_remote` with Chrome open on it; "
            "another browser --remote-debugging-port=9222",
        )
    if old := too_old(engine):
        return _refused(engine, old)
    lines = _reasons(error)
    windowless = [line for line in lines if re.search("Missing X server|without having a XServer", line)]
    libraries = [line for line in lines if "error while loading shared libraries" in line]
    if _homeless(engine, lines):
        hint = "set HOME to a folder that belongs to the user who runs this, and that can be written to"
    elif windowless:
        hint = "run it where there is a display (xvfb-run gives one), or without --headed"
    else:
        hint = f"e2e-linker doctor shows what is there, e2e-linker install {engine.name} fetches a browser"
    reason = "; ".join((windowless or libraries or lines)[:2])
    return EngineMissing(f"{engine.name} does not start: {reason}", where=engine.executable, hint=hint)


def _homeless(engine: Engine, lines: list[str]) -> bool:
    """Whether Firefox had no place for what it writes: it says so, or starts and is never ready."""
    said = any("$HOME folder" in line for line in lines)
    return engine.name == "firefox" and (said or not os.access(os.path.expanduser("~"), os.W_OK))


def _refused(engine: Engine, old: str) -> EngineMissing:
    if engine.kind == "configured":
        # What the config names is taken and nothing else: a browser fetched beside it would change nothing.
        message = f"the configured {engine.name}, {engine.executable}, does not start: {old}"
        hint = (
            "name a newer one in use.launchOptions.executablePath, update this one, or leave the setting out: then a "
            f"browser is searched for, and e2e-linker install {engine.name} fetches one"
        )
        return EngineMissing(message, where="use.launchOptions.executablePath", hint=hint)
    hint = f"e2e-linker install {engine.name} fetches a newer one"
    return EngineMissing(f"{engine.name} does not start: {old}", where=engine.executable, hint=hint)


def _reasons(error: PlaywrightError) -> list[str]:
    """Playwright's message cut down to the lines that say why, without its call log, boxes and process ids."""
    lines = [
        re.sub(r"^(- )?\[pid=\d+\]\[\w+\] |^\w+\.\w+: ", "", line.strip(" ║╔╗╚╝═\t"))
        for line in error.message.splitlines()
    ]
    return [line for line in lines if line and not line.startswith(("Call log", "- <launching>", "Browser logs"))]
