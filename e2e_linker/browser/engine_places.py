"""Where browsers are found on Linux, macOS and Windows: Playwright's own folder, and the products of others."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import playwright

__all__ = [
    "CHROME",
    "CHROMIUM",
    "EDGE",
    "FIREFOX",
    "HEADLESS_SHELL",
    "Machine",
    "OwnBuild",
    "Product",
    "is_own_build",
    "own_build",
]

_PACKAGE = Path(playwright.__file__).parent / "driver" / "package"
_MARKER = "INSTALLATION_COMPLETE"
_EXECUTABLES = {
    "chromium": ("chrome-*/chrome", "chrome-*/chrome.exe", "chrome-*/*.app/Contents/MacOS/*"),
    "chromium-headless-shell": ("chrome-*/chrome-headless-shell", "chrome-*/chrome-headless-shell.exe"),
    "firefox": ("firefox/firefox", "firefox/firefox.exe", "firefox/*.app/Contents/MacOS/firefox"),
    "webkit": ("pw_run.sh", "Playwright.exe"),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What the search may know of this machine, so that any other can be put in its place."""

    environ: Mapping[str, str]
    which: Callable[[str], str | None]
    platform: str

    @property
    def home(self) -> Path:
        """The user's folder."""
        return Path(self.environ.get("HOME") or self.environ.get("USERPROFILE") or Path.home())


@dataclass(frozen=True, slots=True)
class Product:
    """A browser that is installed by other means than Playwright, and its usual places."""

    label: str
    commands: tuple[str, ...]
    app: str | None = None
    app_binary: str | None = None
    windows: str | None = None
    linux: tuple[str, ...] = field(default=())
    headed: bool = True

    def places(self, machine: Machine) -> Iterator[str]:
        """Every place to look at, most usual first: a command is looked up in ``PATH``, a path is taken as it is."""
        if machine.platform == "darwin" and self.app:
            for folder in (Path("/Applications"), machine.home / "Applications"):
                yield str(folder / f"{self.app}.app" / "Contents" / "MacOS" / (self.app_binary or self.app))
        elif machine.platform == "win32" and self.windows:
            for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
                if folder_name := machine.environ.get(variable):
                    yield str(Path(folder_name, *self.windows.split("/")))
        else:
            yield from self.linux
        yield from self.commands

    def find(self, machine: Machine) -> str | None:
        """The executable, or ``None`` where this product is not installed."""
        for place in self.places(machine):
            if place in self.commands:
                if found := machine.which(place):
                    return found
            elif os.path.isfile(place) and os.access(place, os.X_OK):
                return place
        return None


HEADLESS_SHELL = Product("Chromium headless shell", ("chromium-headless-shell", "chrome-headless-shell"), headed=False)
CHROMIUM = Product("Chromium", ("chromium",), "Chromium", None, "Chromium/Application/chrome.exe")
CHROME = Product(
    "Google Chrome",
    ("google-chrome", "google-chrome-stable"),
    "Google Chrome",
    None,
    "Google/Chrome/Application/chrome.exe",
    ("/opt/google/chrome/chrome",),
)
EDGE = Product(
    "Microsoft Edge",
    ("microsoft-edge", "microsoft-edge-stable"),
    "Microsoft Edge",
    None,
    "Microsoft/Edge/Application/msedge.exe",
    ("/opt/microsoft/msedge/msedge",),
)
# The long-term release comes first: Playwright's BiDi support follows new Firefox releases with a delay.
FIREFOX = Product("Firefox", ("firefox-esr", "firefox"), "Firefox", "firefox", "Mozilla Firefox/firefox.exe")


@dataclass(frozen=True, slots=True)
class OwnBuild:
    """A build of Playwright's own: the folder it belongs in, and what is there."""

    label: str
    folder: str
    version: str | None
    executable: str | None


def own_build(product: str, machine: Machine) -> OwnBuild:
    """Playwright's build of ``product``, by the names in its registry (``chromium-headless-shell``, ``firefox``, …).

    ``executable`` is ``None`` where it is not installed completely. No driver is started: the folder's name follows
    from the revision that the installed Playwright asks for, and a marker file in it says that the download finished.
    """
    registry = json.loads((_PACKAGE / "browsers.json").read_text())
    entry = next(item for item in registry["browsers"] if item["name"] == product)
    root, name = _registry_folder(machine), product.replace("-", "_")
    folder = root / f"{name}-{entry['revision']}"
    if not _complete(folder):
        for platform, revision in entry.get("revisionOverrides", {}).items():
            special = root / f"{name}_{platform.replace('-', '_')}_special-{revision}"
            folder = special if _complete(special) else folder
    found = None
    if _complete(folder):
        found = next((str(path) for glob in _EXECUTABLES[product] for path in sorted(folder.glob(glob))), None)
    return OwnBuild(f"Playwright's {entry['title']}", str(folder), entry.get("browserVersion"), found)


def is_own_build(executable: str) -> bool:
    """Whether an executable lies in a folder that Playwright installed."""
    return any(_complete(parent) for parent in Path(executable).resolve().parents)


def _complete(folder: Path) -> bool:
    """Whether a download into ``folder`` has finished; not where that may not be looked at."""
    return os.path.isfile(folder / _MARKER)  # Path.is_file would raise


def _registry_folder(machine: Machine) -> Path:
    named = machine.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named == "0":
        return _PACKAGE / ".local-browsers"
    if named:
        return Path(machine.environ.get("INIT_CWD") or Path.cwd()) / named
    if machine.platform == "darwin":
        cache = machine.home / "Library" / "Caches"
    elif machine.platform == "win32":
        cache = Path(machine.environ.get("LOCALAPPDATA") or machine.home / "AppData" / "Local")
    else:
        cache = Path(machine.environ.get("XDG_CACHE_HOME") or machine.home / ".cache")
    return cache / "ms-playwright"
