"""Faults of the pages: windows, dialogs, layout, policies, cookies, transport."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import ShowsOn, fault
from e2e_linker.demo.changes import always_asking
from e2e_linker.demo.names import HOMEPASS, LINKS
from e2e_linker.model import Surface


@fault("auth-no-popups")
def popup_login(b: Behaviour) -> Behaviour:
    """The login form opens in a window of its own, which sends the first one on when it is done."""
    return replace(b, pages=replace(b.pages, login="popup"))


@fault("auth-no-popups", may=("redir-is-http-redirect-or-navigation",))
def new_window_consent(b: Behaviour) -> Behaviour:
    """The consent form has target=_blank, so the way back to Alexa opens a new window."""
    return always_asking(replace(b, consent=replace(b.consent, target="_blank")))


@fault("auth-no-js-dialogs")
def script_alert(b: Behaviour) -> Behaviour:
    """A script greets with alert() when the login form is sent."""
    return replace(b, pages=replace(b.pages, scripts=(*b.pages.scripts, "alert.js")))


@fault("auth-no-js-dialogs")
def script_confirm(b: Behaviour) -> Behaviour:
    """A script asks with confirm() before the consent form is sent; dismissing it ends the login."""
    return always_asking(replace(b, consent=replace(b.consent, scripts=(*b.consent.scripts, "confirm.js"))))


@fault(
    "auth-embedded-browser-tolerated",
    "screen-error-page",
    may=("domains-unused", "screen-unsupported-browser"),
    shows_on=ShowsOn(surfaces=frozenset({Surface.WEBVIEW}), families=frozenset({"ios", "ipados", "android"})),
)
def web_view_refused(b: Behaviour) -> Behaviour:
    """The only identity provider answers web views with 403 disallowed_useragent."""
    steps = replace(b.steps, federated_only=True, provider_refuses_web_views=True)
    return always_asking(replace(b, steps=steps))


@fault("auth-csp-form-action")
def csp_form_action(b: Behaviour) -> Behaviour:
    """The consent page's policy says form-action 'self', and Chromium holds the redirect to Alexa to it."""
    policy = (*b.consent.policy, ("form-action", "'self'"))
    return always_asking(replace(b, consent=replace(b.consent, policy=policy)))


@fault("auth-no-third-party-cookie-dependence")
def third_party_cookie(b: Behaviour) -> Behaviour:
    """Allow stays disabled until a frame of the identity provider got its own cookie back."""
    pages = replace(
        b.pages,
        frames=(*b.pages.frames, f"https://{HOMEPASS}/session"),
        policy=(*b.pages.policy, ("frame-src", f"https://{HOMEPASS}")),
    )
    consent = replace(b.consent, scripts=(*b.consent.scripts, "partner.js"), start_disabled=True)
    return always_asking(replace(b, pages=pages, consent=consent))


@fault(
    "auth-mobile-friendly",
    shows_on=ShowsOn(mobile_only=True, narrower_than=601),
    may=("screen-control-reachable",),
)
def desktop_only_page(b: Behaviour) -> Behaviour:
    """The pages are laid out 1,100 pixels wide and have no viewport meta tag."""
    return replace(b, pages=replace(b.pages, fixed_layout=True))


@fault("auth-https-443")
def http_hop(b: Behaviour) -> Behaviour:
    """One redirect on the way to the login page goes through a host without TLS."""
    console = replace(b.console, domains=(*b.console.domains, LINKS))
    return replace(b, steps=replace(b.steps, plain_http_hop=True), console=console)


@fault("auth-https-443")
def odd_port(b: Behaviour) -> Behaviour:
    """The authorization URL of the skill names port 8443."""
    url = b.console.authorization_url.replace(".test/", ".test:8443/", 1)
    return replace(b, console=replace(b.console, authorization_url=url))
