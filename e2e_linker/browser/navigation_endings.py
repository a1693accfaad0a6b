"""How a walk ends whose window could not be loaded, in words that name the address, the cause and what to try."""

from __future__ import annotations

import re
from collections.abc import Sequence

from e2e_linker.alexa.facts import is_alexas
from e2e_linker.browser.connections import Connection
from e2e_linker.browser.navigations import FLOOD, MOST_REQUESTS, NavigationFailure, is_cut_short
from e2e_linker.browser.tls_endings import tls_stopped
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.tls_words import is_of_tls
from e2e_linker.model import Fault, host_of

__all__ = ["asked_for_authentication", "bare", "misdirected", "navigation_failed"]

_LOOP = ("TOO_MANY_REDIRECTS", "REDIRECT_LOOP", "redirect loop")
_BROKEN = (
    "RESET",
    "EMPTY_RESPONSE",
    "CONNECTION_CLOSED",
    "NET_INTERRUPT",
    "HTTP2",
    "QUIC",
    "INVALID_RESPONSE",
)
_TOO_BIG = "HEADERS_TOO_BIG"
_CUT_OFF = ("HEADERS_TRUNCATED", "CONTENT_LENGTH_MISMATCH", "PARTIAL_TRANSFER", "INCOMPLETE_CHUNKED")
_NO_REDIRECT = ("UNSAFE_REDIRECT", "INVALID_REDIRECT", "URL_SCHEME", "UNKNOWN_PROTOCOL")
_GARBLED = (
    "INVALID_HTTP",
    "HEADERS_MULTIPLE",
    "INVALID_CHUNKED",
    "DECODING",
    "PARSING_HTTP",
    "CORRUPTED_CONTENT",
    "UNEXPECTED",
)
_UPSTREAM = "upstream proxy "
"""How all that went wrong before an upstream proxy had led to the server begins."""
_WANTS_PASSWORD = re.compile(r": 407\b")
_WAYS_IN = re.compile(r": 407\b.* \(it takes ([\w, -]+)\)$")
_PORTAL = re.compile(r" \(it leads to (\S+)\)$")
_PLAIN = re.compile(r"http://[^/:?#]+(?::80)?(?=[/?#]|$)")
"""An address without TLS, where browsers look for one."""
_SHUT = frozenset({"connection_refused", "connection_timeout"})
_ASKING = re.compile(r"(?:^|,)\s*(Basic|Digest|NTLM|Negotiate)\b", re.IGNORECASE | re.MULTILINE)
"""The schemes of ``WWW-Authenticate`` for which a browser asks the person with a window of its own."""


def navigation_failed(
    failure: NavigationFailure, connections: Sequence[Connection], *, enforced: bool = False
) -> Ending:
    """A window could not be loaded. ``connections`` are the proxy's, which knows why a host was not reached.

    ``enforced``: it also refuses what is not on the Domain List.
    """
    host = host_of(failure.url) or failure.url
    unreached = (seen for seen in reversed(connections) if seen.failure != "tls_certificate_error")
    met = next((seen for seen in unreached if seen.host == host and seen.error), None)
    if failure.text == FLOOD:
        return _flooding(host)
    if met is not None and met.refused and not _says(failure, *_LOOP) and not is_of_tls(failure.text):
        return _refused(host, enforced=enforced)
    return _circle(failure) or tls_stopped(failure, connections) or _odd_answer(failure) or _unreachable(failure, met)


def asked_for_authentication(url: str, challenge: str) -> Ending | None:
    """A document came with ``challenge`` as its ``WWW-Authenticate``; None where no browser asks anybody for that."""
    schemes = dict.fromkeys(_ASKING.findall(challenge))
    if not schemes:
        return None
    return Ending(
        kind="dead_end",
        message=f"{bare(url)} asks for HTTP authentication ({', '.join(schemes)}) in place of a login page, and the "
        "Alexa app shows no window to answer that in",
        fault=Fault.IDENTITY_PROVIDER,
        hint="show a login page of HTML; where the password only guards a test server, let the Alexa app in without it",
    )


def misdirected(place: str, said: str) -> Ending:
    """The answer of ``place`` redirects to where no browser goes; ``said`` is where, or the engine's word for it."""
    return Ending(
        kind="dead_end",
        message=f"{place} redirects to an address that browsers do not follow: {said}",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the Location header of that answer, with curl -i: it has to lead to an http or https address",
    )


def _says(failure: NavigationFailure, *words: str) -> bool:
    return any(word in failure.text for word in words)


def bare(url: str) -> str:
    """Host and path of ``url``: what follows them is long, and not for every eye."""
    return re.split(r"[?#]", url, maxsplit=1)[0].partition("://")[2] or url


def _place(failure: NavigationFailure) -> str:
    """The address that failed, and the one that led to it by a redirect."""
    return bare(failure.url) + (f" (where {bare(failure.source)} redirects to)" if failure.source else "")


def _flooding(host: str) -> Ending:
    return Ending(
        kind="dead_end",
        message=f"{host} asks for one thing after another: {MOST_REQUESTS:,} requests and more",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at what the last requests in the report have in common; a script asks for it in a loop",
    )


def _refused(host: str, *, enforced: bool) -> Ending:
    if enforced and not is_alexas(host):
        return Ending(
            kind="dead_end",
            message=f"the page went on to {host}, which is not on the Domain List",
            fault=Fault.SKILL_CONFIGURATION,
            hint=f"add {host} to the Domain List",
        )
    return Ending(
        kind="dead_end",
        message=f"the page went to {host}, which is Amazon's, but to none of the skill's redirect URLs",
        fault=Fault.IDENTITY_PROVIDER,
        hint="redirect to exactly the redirect_uri of the authorization request",
    )


def _circle(failure: NavigationFailure) -> Ending | None:
    if failure.visits:
        return Ending(
            kind="redirect_loop",
            message=f"the browser is led to {bare(failure.url)} again and again, {failure.visits} times and more",
            fault=Fault.IDENTITY_PROVIDER,
            hint="look for a script that reloads the page or leads back to it; a cookie that is set but not sent back "
            "is another usual reason",
        )
    if not _says(failure, *_LOOP):
        return None
    return Ending(
        kind="redirect_loop",
        message=f"{host_of(failure.url) or failure.url} sends the browser in a circle: {failure.text}",
        fault=Fault.IDENTITY_PROVIDER,
        hint="follow the redirects in the report; a cookie that is set but not sent back is the usual reason",
    )


def _odd_answer(failure: NavigationFailure) -> Ending | None:
    """An answer came, and browsers can do nothing with it."""
    redirects = failure.status is not None and 300 <= failure.status < 400
    if _says(failure, *_NO_REDIRECT) or (redirects and _says(failure, *_GARBLED)):
        return misdirected(_place(failure), failure.text)
    if not _says(failure, *_GARBLED):
        return None
    return Ending(
        kind="dead_end",
        message=f"{_place(failure)} answers with what browsers do not take for HTTP: {failure.text}",
        fault=Fault.IDENTITY_PROVIDER,
        hint="look at the answer as it comes, with curl -i: its status line, a header that comes twice, its length, "
        "its chunks, and whether the body is compressed as Content-Encoding says",
    )


def _barred(host: str, said: str) -> Ending:
    """The proxy of this machine did not lead to ``host``."""
    hint = "check the proxy that HTTPS_PROXY or ALL_PROXY names; hosts in NO_PROXY are reached without it"
    ways = _WAYS_IN.search(said)
    if ways is not None and "basic" not in ways[1].lower().split(", "):
        hint = (
            f"this tool knows no way into a proxy but Basic, and this one takes {ways[1]}: let HTTPS_PROXY name a "
            "local relay that speaks it, such as cntlm or px, or have the proxy let this machine through"
        )
    elif _WANTS_PASSWORD.search(said):
        hint = (
            "give the user and the password that the proxy wants in HTTPS_PROXY or ALL_PROXY "
            "(http://USER:PASSWORD@HOST:PORT), percent-encoded where they hold signs"
        )
    elif (page := _PORTAL.search(said)) is not None:
        hint = f"open {page[1]} in a browser on this machine first: the proxy lets nothing through before"
    return Ending(kind="unreachable", message=f"{host} cannot be reached: {said}", fault=Fault.NETWORK, hint=hint)


def _try_next(failure: NavigationFailure, usual: str) -> str:
    """What to try where nothing answered: ``usual``, unless the login was led away from https."""
    if not _PLAIN.match(failure.url):
        return usual
    return (
        f"look for what sends the browser to http://{host_of(failure.url)} in place of https: often a server that does "
        "not know that its proxy speaks TLS, or an address in its settings; Alexa wants https all the way"
    )


def _unreachable(failure: NavigationFailure, met: Connection | None) -> Ending:
    if _says(failure, _TOO_BIG):
        return Ending(
            kind="unreachable",
            message=f"{_place(failure)} answers with a head that is too large for browsers: {failure.text}",
            fault=Fault.IDENTITY_PROVIDER,
            hint="look at its Set-Cookie and other headers, with curl -i: browsers take 256 KB in all",
        )
    if met is not None and (met.error or "").startswith(_UPSTREAM):
        return _barred(host_of(failure.url) or failure.url, met.error or "")
    broken = _says(failure, *_BROKEN) or (met is not None and met.failure == "connection_terminated")
    cut_off = _says(failure, *_CUT_OFF)
    plain = ", asked over http," if _PLAIN.match(failure.url) else ""
    said = f"{failure.text}; {met.error}" if met is not None else failure.text
    if broken or cut_off:
        when = "in the middle of its answer" if cut_off else "without an answer"
        sizes = "look at the sizes of the last request: servers also drop what is too long for them"
        if is_cut_short(failure.text):
            sizes = (
                "see with curl -i whether all of it comes: it is shorter than its Content-Length, or its last chunk is "
                "missing, as where something on the way changes the body and leaves the length, or the server gives up"
            )
        return Ending(
            kind="unreachable",
            message=f"{_place(failure)}{plain} broke the connection {when}: {said}",
            fault=Fault.IDENTITY_PROVIDER,
            hint=sizes if cut_off else _try_next(failure, sizes),
        )
    reach = "check the name, the port and that the server is open to this machine; --resolve points a name elsewhere"
    return Ending(
        kind="unreachable",
        # The proxy knows why; what the browser says of it is only that a proxy refused.
        message=f"{host_of(failure.url) or failure.url} cannot be reached: "
        f"{met.error if met is not None and met.error else failure.text}",
        fault=Fault.NETWORK,
        hint=_try_next(failure, reach) if met is not None and met.failure in _SHUT else reach,
    )
