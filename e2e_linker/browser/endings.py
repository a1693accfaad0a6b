"""How a walk ended, in words that name the host, the cause and what to try."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.browser.connections import Connection
from e2e_linker.browser.requests import NavigationFailure
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = [
    "arrived",
    "browser_lost",
    "crashed",
    "errored",
    "form_shown",
    "interrupted",
    "navigation_failed",
    "no_arrival",
    "no_page",
    "timed_out",
]

_TLS = (
    "ERR_CERT",
    "ERR_SSL",
    "ERR_BAD_SSL",
    "SEC_ERROR",
    "SSL_ERROR",
    "PKIX_ERROR",
    "INADEQUATE_SECURITY",
    "certificate",
)
_LOOP = ("TOO_MANY_REDIRECTS", "REDIRECT_LOOP", "redirect loop")
_BROKEN = (
    "RESET",
    "EMPTY_RESPONSE",
    "CONNECTION_CLOSED",
    "NET_INTERRUPT",
    "HTTP2",
    "QUIC",
    "TOO_BIG",
    "INVALID_RESPONSE",
)


def arrived(url: str) -> Ending:
    """The answer was handed to Alexa."""
    return Ending(kind="arrived", message=f"the answer for Alexa was sent to {host_of(url)}")


def no_arrival(url: str) -> Ending:
    """The login went through, as far as could be seen, and nothing led back to Alexa."""
    return Ending(
        kind="dead_end",
        message=f"the last page, on {host_of(url) or url}, leads nowhere: no redirect to Alexa followed",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the last screen; the authorization server must redirect to redirect_uri when it is done",
    )


def navigation_failed(
    failure: NavigationFailure, connections: Sequence[Connection], *, enforced: bool = False
) -> Ending:
    """A window could not be loaded. ``connections`` are the proxy's, which knows why a host was not reached.

    ``enforced``: it also refuses what is not on the Domain List.
    """
    host = host_of(failure.url) or failure.url
    if any(word in failure.text for word in _LOOP):
        return Ending(
            kind="redirect_loop",
            message=f"{host} sends the browser in a circle: {failure.text}",
            fault=Fault.IDENTITY_PROVIDER,
            hint="follow the redirects in the report; a cookie that is set but not sent back is the usual reason",
        )
    if any(word in failure.text for word in _TLS):
        return Ending(
            kind="tls_failure",
            message=f"the browser does not trust {host}: {failure.text}",
            fault=Fault.IDENTITY_PROVIDER,
            hint="install a public certificate with its whole chain; name a private root in linker.trust",
        )
    met = next((seen for seen in reversed(connections) if seen.host == host and seen.error), None)
    if met is not None and met.refused and enforced and host not in REDIRECT_HOSTS:
        return Ending(
            kind="dead_end",
            message=f"the page went on to {host}, which is not on the Domain List",
            fault=Fault.SKILL_CONFIGURATION,
            hint=f"add {host} to the Domain List",
        )
    if met is not None and met.refused:
        return Ending(
            kind="dead_end",
            message=f"the page went to {host}, which is Amazon's, but to none of the skill's redirect URLs",
            fault=Fault.IDENTITY_PROVIDER,
            hint="redirect to exactly the redirect_uri of the authorization request",
        )
    return _unreachable(host, failure.text, met)


def _unreachable(host: str, text: str, met: Connection | None) -> Ending:
    broken = any(word in text for word in _BROKEN) or (met is not None and met.failure == "connection_terminated")
    said = f"{text}; {met.error}" if met is not None else text
    if broken:
        return Ending(
            kind="unreachable",
            message=f"{host} broke the connection without an answer: {said}",
            fault=Fault.IDENTITY_PROVIDER,
            hint="look at the sizes of the last request: servers also drop what is too long for them",
        )
    return Ending(
        kind="unreachable",
        # The proxy knows why; what the browser says of it is only that a proxy refused.
        message=f"{host} cannot be reached: {met.error if met is not None and met.error else text}",
        fault=Fault.NETWORK,
        hint="check the name, the port and that the server is open to this machine; --resolve points a name elsewhere",
    )


def timed_out(deadline_s: float, pending: str | None, url: str) -> Ending:
    """The deadline passed; ``pending`` is the document that was still waited for, ``url`` what was shown."""
    host = host_of(pending or url) or url
    said = f"{host} has not answered" if pending else f"the login on {host} was not through"
    return Ending(
        kind="timeout",
        message=f"{said} after {deadline_s:g} s",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the last screen and the last request; a slow server can be given more time with timeout",
    )


def crashed(url: str) -> Ending:
    """The engine's process for the page died."""
    return Ending(
        kind="crashed",
        message=f"the page on {host_of(url) or url} crashed in the browser",
        fault=Fault.TOOL,
        hint="run the case again; a page that crashes every time, on other engines too, needs too much memory",
    )


def browser_lost(url: str, error: str) -> Ending:
    """The browser is gone, with every page in it."""
    return Ending(
        kind="crashed",
        message=f"the browser ended while {host_of(url) or 'no page'} was shown: {error}",
        fault=Fault.TOOL,
        hint="run the case again, with fewer workers where memory is short",
    )


def no_page(url: str, downloads: int) -> Ending:
    """The authorization request was answered, but not with a page."""
    what = "a download" if downloads else "nothing to show"
    return Ending(
        kind="dead_end",
        message=f"{host_of(url) or url} answers the authorization request with {what} instead of a page",
        fault=Fault.IDENTITY_PROVIDER,
        hint="answer with a login page, or with a redirect to redirect_uri",
    )


def form_shown(url: str) -> Ending:
    """The walk was to go as far as the login form, and there it is."""
    return Ending(kind="stopped", message=f"{host_of(url) or url} shows the login form; the walk was to end there")


def errored(error: Exception) -> Ending:
    """Something other than the page or the browser failed."""
    return Ending(
        kind="errored",
        message=f"the walk ended with {type(error).__name__}: {error}",
        fault=Fault.TOOL,
        hint="where linker.login names a Python function, look there first; otherwise please report it as a defect",
    )


def interrupted() -> Ending:
    """The run was stopped from outside."""
    return Ending(kind="interrupted", message="the run was stopped before this walk ended")
