"""What scripts find on a device, and what they do not, where the engine that stands in for it differs. As data."""

from __future__ import annotations

import json
from dataclasses import dataclass

from e2e_linker.alexa.client_hints import Family
from e2e_linker.model import Surface

__all__ = ["ScriptApis", "script_apis"]

_NOTICES = ("Notification", "PushManager")
_NO_WORKERS = ("navigator.serviceWorker",)
_APPLE: frozenset[Family] = frozenset({"ios", "ipados"})
_DESKTOPS: frozenset[Family] = frozenset({"windows", "macos", "linux"})
_HIDE = """
for (const path of ABSENT) {
  const [name, holder] = path.split('.').reverse();
  delete (holder === 'navigator' ? Navigator.prototype : globalThis)[name];
}"""
_CHROME = """
if (!('chrome' in globalThis)) Object.defineProperty(globalThis, 'chrome', {
  value: { loadTimes: () => ({}), csi: () => ({}) }, configurable: true, enumerable: true, writable: true,
});"""


@dataclass(frozen=True, slots=True)
class ScriptApis:
    """What scripts meet on a device that the engine would show them otherwise."""

    absent: tuple[str, ...] = ()
    """Globals, and members of ``navigator``, that are not there."""
    chrome: bool = False
    """Whether ``window.chrome`` is there, which headless shells of Chromium do not have."""

    @property
    def init_script(self) -> str:
        """What makes a page's scripts meet the same, to be run before any of them; empty where nothing has to be."""
        hide = _HIDE.replace("ABSENT", json.dumps(self.absent)) if self.absent else ""
        said = hide + (_CHROME if self.chrome else "")
        return f"(() => {{{said}\n}})();" if said else ""


def script_apis(surface: Surface, family: Family, *, chrome: bool) -> ScriptApis:
    """What scripts meet on a device of ``family`` on ``surface``; ``chrome`` is whether it calls itself Chrome.

    Web views of Android and everything on iOS but installed web apps have neither notifications nor push messages
    (MDN browser compatibility data); WKWebView has service workers for an app's own domains only (WebKit, App-Bound
    Domains, 2020). Chrome has ``window.chrome``; web views and WebKit, which Chrome on iOS is made of, have it not.
    """
    webview = surface is Surface.WEBVIEW
    if family in _APPLE:
        return ScriptApis(absent=("chrome", *_NOTICES, *(_NO_WORKERS if webview else ())))
    if family == "android":
        return ScriptApis(absent=("chrome", *_NOTICES)) if webview else ScriptApis(chrome=chrome)
    return ScriptApis(chrome=chrome and family in _DESKTOPS)
