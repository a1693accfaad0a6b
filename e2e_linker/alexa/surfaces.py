"""What shows the login page on a customer's device, as data: what each surface says of itself, and on whose word.

Amazon documents only that the page is "displayed within the Alexa app". What servers log there has been a web view, a
custom tab and the customer's own browser in different years, so each of them is tried. Nothing here touches a browser:
:func:`overlay` only says what a device has to be told, and what no emulation of it can show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from e2e_linker.alexa.client_hints import ClientHints, Family, client_hints, family_of
from e2e_linker.alexa.script_apis import ScriptApis, script_apis
from e2e_linker.model import Confidence, EngineName, Surface

__all__ = ["Overlay", "SurfaceTrait", "accept_language", "language_trait", "overlay"]

_WEBVIEW_SOURCE = "Chrome for Android, 'User-Agent strings in WebView'"
_WKWEBVIEW_SOURCE = "WKWebView appends neither Version/ nor Safari/ unless the app sets an application name"
_SILK_SOURCE = "Amazon, 'Learn about user agent strings' for Silk and Fire OS web views"
_LANGUAGE_SOURCE = "Amazon, 'Best practices for account linking': the page follows the language of the Alexa app"
_APPLE_COOKIES = "WebKit, 'Full third-party cookie blocking and more' (2020); on in web views since iOS 14"
_ANDROID_COOKIES = "android.webkit.CookieManager.setAcceptThirdPartyCookies: off by default since Android 5"
_APIS_SOURCE = "MDN browser compatibility data; WebKit, 'App-Bound Domains' (2020)"
_OTHER_APIS = "what else a device of this kind lacks is there"
_HINTS_SOURCE = "W3C community draft 'User-Agent Client Hints'; only Chromium implements it"


@dataclass(frozen=True, slots=True)
class SurfaceTrait:
    """One trait of a device on a surface: what it is, whether it is emulated, and who says that it is so."""

    name: str
    value: str
    emulated: bool
    source: str
    confidence: Confidence
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a browser has to be told to look like a device on a surface.

    ``client_hints`` is None where the device sends none; with an engine that would send its own they have to be
    switched off then. ``platform`` is ``navigator.platform``, None where the engine's own is right or unknown.
    """

    user_agent: str | None
    client_hints: ClientHints | None
    platform: str | None
    apis: ScriptApis
    traits: tuple[SurfaceTrait, ...]


def accept_language(locale: str) -> str:
    """The languages a browser set to ``locale`` asks for, in order and without weights: ``de-DE,de``.

    Chrome and Safari add the bare language behind the regional one; the engine adds the weights.
    """
    language = locale.partition("-")[0]
    return locale if language == locale else f"{locale},{language}"


def language_trait(locale: str, engine: EngineName, *, described: bool) -> SurfaceTrait:
    """The languages pages are asked for. ``described`` is whether the device has a user agent of its own.

    Chromium asks for pages in all languages it is told, for what belongs to a page in Playwright's one.
    """
    several = engine == "chromium" and described
    value = accept_language(locale) if several else locale
    note = f"what a page loads is asked for in {locale} alone" if value != locale else None
    return SurfaceTrait("language", value, True, _LANGUAGE_SOURCE, Confidence.LIKELY, note)


def overlay(surface: Surface, descriptor: Mapping[str, Any], engine: EngineName) -> Overlay:
    """What ``engine`` has to be told so that the device of ``descriptor`` looks as it does on ``surface``.

    ``descriptor`` is a Playwright device descriptor or anything with its ``user_agent`` and ``is_mobile``; without a
    user agent the engine's own stays, and nothing is claimed of the device.
    """
    plain = descriptor.get("user_agent")
    family = family_of(plain)
    user_agent, mark = _user_agent(surface, plain, family)
    hints = client_hints(surface, user_agent, family, mobile=bool(descriptor.get("is_mobile")))
    platform = _PLATFORMS.get(family)
    apis = script_apis(surface, family, chrome="Chrome/" in (user_agent or ""))
    traits = (
        mark,
        _hints_trait(hints, user_agent, engine),
        *_platform_traits(platform, engine),
        *_api_traits(apis),
        *_engine_traits(family, engine),
        *_foreign_cookies(surface, family),
        *_SURFACE_TRAITS[surface],
        _WEBDRIVER,
    )
    return Overlay(user_agent=user_agent, client_hints=hints, platform=platform, apis=apis, traits=traits)


# Chrome on Android froze navigator.platform at this misspelt value, desktops froze it at an old one.
_PLATFORMS: dict[Family, str] = {
    "ios": "iPhone",
    "ipados": "iPad",
    "android": "Linux armv81",
    "silk": "Linux armv81",
    "macos": "MacIntel",
    "windows": "Win32",
}

_WEBDRIVER = SurfaceTrait(
    name="navigator.webdriver",
    value="false on a customer's device",
    emulated=False,
    source="W3C WebDriver, section 'Interface'",
    confidence=Confidence.CERTAIN,
    note="left at true: a server that turns automation away is to be reported, not deceived",
)

_ONE_WINDOW = SurfaceTrait(
    name="windows",
    value="an app's web view opens no second window unless the app provides for it",
    emulated=False,
    source="android.webkit.WebSettings.setSupportMultipleWindows; WKUIDelegate createWebViewWith",
    confidence=Confidence.CERTAIN,
    note="second windows do open here, so that what the page asks for can be recorded and followed",
)

_PACKAGE_HEADER = SurfaceTrait(
    name="X-Requested-With",
    value="some Android web views send the app's package name",
    emulated=False,
    source="Chrome for Android, 'WebView: deprecation of X-Requested-With'",
    confidence=Confidence.POSSIBLE,
    note="no header is added or changed while measuring",
)

_SHARED_JAR = SurfaceTrait(
    name="cookie jar",
    value="a custom tab shares the jar of the customer's browser",
    emulated=False,
    source="Chrome for Android, 'Custom Tabs': shared cookie jar and permissions",
    confidence=Confidence.CERTAIN,
    note="the jar is empty unless a storage state is loaded",
)

_COLD_JAR = SurfaceTrait(
    name="cookie jar",
    value="an app's web view has a jar of its own, empty at the first link",
    emulated=True,
    source="android.webkit.CookieManager; WKWebsiteDataStore",
    confidence=Confidence.CERTAIN,
    note="unless a storage state is loaded",
)

_DOMAIN_LIST = SurfaceTrait(
    name="Domain List",
    value="the Alexa app loads only the hosts of the skill's Domain List",
    emulated=False,
    source="Amazon, 'Account linking schemas', domains; field reports of blank pages",
    confidence=Confidence.POSSIBLE,
    note="every host is let through while measuring; what is not listed is reported from what the page contacted",
)

_SURFACE_TRAITS: dict[Surface, tuple[SurfaceTrait, ...]] = {
    Surface.BROWSER: (),
    Surface.CUSTOM_TAB: (_SHARED_JAR, _DOMAIN_LIST),
    Surface.WEBVIEW: (_ONE_WINDOW, _COLD_JAR, _PACKAGE_HEADER, _DOMAIN_LIST),
}


def _foreign_cookies(surface: Surface, family: Family) -> tuple[SurfaceTrait, ...]:
    """What a device does with cookies of other sites than the page's; nothing where its browser's settings decide."""
    if family in {"ios", "ipados"}:
        source = _APPLE_COOKIES
    elif family == "android" and surface is Surface.WEBVIEW:
        source = _ANDROID_COOKIES
    else:
        return ()
    note = "they are let through while measuring; a login that needs them is found in what was sent"
    return (SurfaceTrait("third-party cookies", "blocked", False, source, Confidence.CERTAIN, note),)


def _user_agent(surface: Surface, plain: str | None, family: Family) -> tuple[str | None, SurfaceTrait]:
    if plain is None:
        return None, SurfaceTrait("user agent", "the engine's own", True, "engine", Confidence.CERTAIN)
    text, source, sure, note = plain, "the device's descriptor", Confidence.LIKELY, None
    if family == "silk":
        source, sure = _SILK_SOURCE, Confidence.LIKELY
    elif surface is Surface.WEBVIEW and family in {"ios", "ipados"}:
        text = re.sub(r" (?:Version|Safari)/\S+", "", plain)
        source, sure = _WKWEBVIEW_SOURCE, Confidence.CERTAIN
        if family == "ipados":
            sure, note = (
                Confidence.POSSIBLE,
                "an iPad app may also ask for desktop pages and then claims to be a Macintosh",
            )
    elif surface is Surface.WEBVIEW and family == "android":
        if "; wv)" not in plain:
            text = re.sub(r"\((Linux; [^)]*)\)", r"(\1; wv)", plain, count=1)
            text = re.sub(r"(?<!Version/4\.0 )Chrome/", "Version/4.0 Chrome/", text, count=1)
        source, sure = _WEBVIEW_SOURCE, Confidence.CERTAIN
    elif surface is Surface.WEBVIEW:
        note = "a desktop has no web view of the Alexa app: the browser's own user agent is kept"
    return text, SurfaceTrait("user agent", text, True, source, sure, note)


def _hints_trait(hints: ClientHints | None, user_agent: str | None, engine: EngineName) -> SurfaceTrait:
    def trait(value: str, emulated: bool, note: str | None = None) -> SurfaceTrait:
        return SurfaceTrait("client hints", value, emulated, _HINTS_SOURCE, Confidence.LIKELY, note)

    late = "the first request of a second window still carries the engine's own" if engine == "chromium" else None
    if user_agent is None:
        return trait("the engine's own", True)
    if hints is None:
        return trait("none: this browser sends no Sec-CH-UA", True, late)
    value = ", ".join(f"{brand} {version}" for brand, version in hints.brands) + f" on {hints.platform}"
    return trait(value, True, late) if engine == "chromium" else trait(value, False, f"{engine} cannot send any")


def _platform_traits(platform: str | None, engine: EngineName) -> tuple[SurfaceTrait, ...]:
    if platform is None:
        return ()
    note = None if engine == "chromium" else f"{engine} shows this computer's"
    seen = "what the browsers themselves return"
    return (SurfaceTrait("navigator.platform", platform, note is None, seen, Confidence.LIKELY, note),)


def _api_traits(apis: ScriptApis) -> tuple[SurfaceTrait, ...]:
    if not apis.absent:
        return ()
    value = f"none: {', '.join(apis.absent)}"
    return (SurfaceTrait("script interfaces", value, True, _APIS_SOURCE, Confidence.LIKELY, _OTHER_APIS),)


def _engine_traits(family: Family, engine: EngineName) -> tuple[SurfaceTrait, ...]:
    own: dict[Family, EngineName] = {"ios": "webkit", "ipados": "webkit", "android": "chromium", "silk": "chromium"}
    wanted = own.get(family)
    if wanted is None:
        return ()
    note = None if wanted == engine else f"{engine} renders in its place: layout, cookies and limits are {engine}'s"
    source = "Apple's and Amazon's platforms prescribe the engine"
    return (SurfaceTrait("rendering engine", wanted, note is None, source, Confidence.CERTAIN, note),)
