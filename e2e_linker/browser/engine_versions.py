"""The versions of browsers, and which stock Firefox the installed Playwright can drive."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version

__all__ = ["asks_more", "known_version", "lack_of", "read_version"]

_OLDEST_STOCK_FIREFOX = 143
"""The first with ``network.addDataCollector``, which Playwright asks for at every start over WebDriver BiDi."""
_LACKING = 153
"""The last stock Firefox that is known to lack ``emulation.setMediaFeaturesOverride``."""
_ASKS_MORE = (1, 65)
"""The release of Playwright that began to ask for it with every context."""
_VERSIONS: dict[tuple[str, int], str | None] = {}


def read_version(executable: str) -> str | None:
    """The version a browser prints, or ``None``. Not asked on Windows, where the question opens a window."""
    if sys.platform == "win32":
        return None
    try:
        said = subprocess.run([executable, "--version"], capture_output=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(rb"\d+(\.\d+)+", said.stdout)
    return found.group().decode() if found else None


def known_version(executable: str) -> str | None:
    """What :func:`read_version` says, asked once for each executable as it is now: every case of a run searches."""
    try:
        changed = os.stat(executable).st_mtime_ns
    except OSError:
        return None
    if (executable, changed) not in _VERSIONS:
        _VERSIONS[executable, changed] = read_version(executable)
    return _VERSIONS[executable, changed]


def asks_more() -> bool:
    """Whether the installed Playwright starts stock Firefoxes in which it then can open no context."""
    release = re.findall(r"\d+", version("playwright"))[:2]
    return tuple(map(int, release)) >= _ASKS_MORE


def lack_of(firefox: str) -> str | None:
    """Why Playwright cannot drive the stock Firefox of this version, one clause; None where nothing is known."""
    major = int(firefox.partition(".")[0])
    if major < _OLDEST_STOCK_FIREFOX:
        return f"Firefox {firefox} is too old for Playwright, which needs {_OLDEST_STOCK_FIREFOX} or newer"
    if major <= _LACKING and asks_more():
        return (
            f"Firefox {firefox} is too old for Playwright {version('playwright')}, which needs one newer than "
            f"{_LACKING}; `pip install 'playwright<1.65'` does with this one"
        )
    return None
