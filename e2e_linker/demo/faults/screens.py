"""Faults of what the customer sees: blank screens, refused browsers, buttons that cannot be pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import Needs, ShowsOn, fault
from e2e_linker.demo.changes import always_asking, without
from e2e_linker.demo.names import FONTS, PARTS, STATIC
from e2e_linker.model import Depth, Surface

_IN_APPS_OF_APPLE = ShowsOn(surfaces=frozenset({Surface.WEBVIEW}), families=frozenset({"ios", "ipados"}))
_IN_WEB_VIEWS = ShowsOn(surfaces=frozenset({Surface.WEBVIEW}), families=frozenset({"ios", "ipados", "android"}))

_IN_THE_APP = ShowsOn(mobile_only=True)
"""Where the Domain List is enforced: on phones and tablets."""
_SIMULATED = Needs(depth=Depth.STANDARD)
"""Deep enough for the Domain List to be simulated."""


def _drawn(b: Behaviour, shell: Literal["plain", "agent", "font", "poll", "parts"]) -> Behaviour:
    return replace(b, pages=replace(b.pages, shell=shell))


def _answering(b: Behaviour, name: str, answer: Literal["unavailable", "late", "never"]) -> Behaviour:
    return replace(b, pages=replace(b.pages, files=(*b.pages.files, (name, answer))))


@fault("screen-blank", may=("domains-complete",), shows_on=_IN_THE_APP, needs=_SIMULATED)
def blank_without_script(b: Behaviour) -> Behaviour:
    """A script draws the whole page, and its host is not in the Domain List: blank wherever the list is enforced."""
    return without(_drawn(b, "plain"), STATIC)


@fault("screen-blank", may=("domains-complete",), shows_on=_IN_THE_APP, needs=_SIMULATED)
def blank_without_font(b: Behaviour) -> Behaviour:
    """A script draws the page once a font is there, and the font's host is not in the Domain List."""
    return without(_drawn(b, "font"), FONTS)


@fault("domains-complete", may=("screen-blank",))
def reloads_for_ever(b: Behaviour) -> Behaviour:
    """The page loads itself again until a script is there whose host is not in the Domain List."""
    return without(replace(b, pages=replace(b.pages, reloads=True)), STATIC)


@fault("screen-blank", may=("domains-complete", "domains-max-15"), shows_on=_IN_THE_APP, needs=_SIMULATED)
def twenty_hosts(b: Behaviour) -> Behaviour:
    """The page loads from twenty hosts that the Domain List lacks, and a script draws it once three of them are in."""
    allowed = ("img-src", " ".join(f"https://{host}" for host in PARTS))
    pages = replace(b.pages, images=lambda load: PARTS, policy=(*b.pages.policy, allowed))
    return _drawn(replace(b, pages=pages), "parts")


@fault("screen-blank")
def script_host_down(b: Behaviour) -> Behaviour:
    """The host of the script that draws the page answers 503 for it, and the page stays blank."""
    return _answering(_drawn(b, "plain"), "app.js", "unavailable")


@fault("screen-blank", shows_on=_IN_APPS_OF_APPLE)
def blank_in_apple_apps(b: Behaviour) -> Behaviour:
    """The script that draws the page reads Safari's version out of the user agent; Apple's web views have none."""
    return _drawn(b, "agent")


@fault("screen-blank")
def blank_by_policy(b: Behaviour) -> Behaviour:
    """The Content-Security-Policy forbids the script that draws the page."""
    b = _drawn(b, "plain")
    return replace(b, pages=replace(b.pages, policy_instead=(("script-src", "'self'"),)))


@fault("screen-blank")
def font_never_comes(b: Behaviour) -> Behaviour:
    """A script draws the page once a font is there; the font's host takes the request and never answers."""
    return _answering(_drawn(b, "font"), "bulb-icons.ttf", "never")


@fault("screen-blank")
def endless_spinner(b: Behaviour) -> Behaviour:
    """The page turns a spinner until the server says that it is ready, which it never does."""
    b = _drawn(b, "poll")
    return replace(b, pages=replace(b.pages, policy=(*b.pages.policy, ("connect-src", "'self'"))))


@fault("screen-step-time", shows_on=ShowsOn(mobile_only=True, narrower_than=601))
def late_script(b: Behaviour) -> Behaviour:
    """The script that draws the page takes longer to come than the three seconds a customer should have to wait."""
    return _answering(_drawn(b, "plain"), "app.js", "late")


@fault(
    "auth-no-popups",
    may=("redir-is-http-redirect-or-navigation",),
    shows_on=ShowsOn(mobile_only=True, families=frozenset({"ios", "ipados", "android"})),
)
def new_window_on_phones(b: Behaviour) -> Behaviour:
    """For user agents of phones the consent form has target=_blank, so the way back to Alexa opens a new window."""
    return always_asking(replace(b, consent=replace(b.consent, target_on_phones="_blank")))


@fault("auth-no-third-party-cookie-dependence")
def framed_login(b: Behaviour) -> Behaviour:
    """The identity provider's login form stands in a frame and needs the provider's own cookie there."""
    return always_asking(replace(b, pages=replace(b.pages, login="framed")))


@fault("screen-unsupported-browser", "auth-embedded-browser-tolerated", shows_on=_IN_WEB_VIEWS)
def unsupported_browser(b: Behaviour) -> Behaviour:
    """Web views are shown a page, with status 200, that says that their browser is not supported."""
    return replace(b, pages=replace(b.pages, refuses_web_views=True))


@fault("screen-control-reachable", shows_on=ShowsOn(narrower_than=701))
def button_out_of_reach(b: Behaviour) -> Behaviour:
    """The consent page is wider than a phone and cut off there, with Allow in the part that cannot be scrolled to."""
    return always_asking(replace(b, pages=replace(b.pages, cut_off=True)))


@fault("screen-control-reachable", shows_on=ShowsOn(narrower_than=701))
def covered_consent(b: Behaviour) -> Behaviour:
    """A notice about cookies without a button lies over Allow on narrow screens."""
    return always_asking(replace(b, consent=replace(b.consent, cookie_notice=True)))
