"""The way back to Alexa that the last answer of a login holds, and that the browser did not take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.base import fact
from e2e_linker.derive.ladder import came_from, refreshes
from e2e_linker.derive.stray_answer import reaches
from e2e_linker.derive.urls import parameters, same_endpoint, split
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Arrival, Ending, EndingKind, Request, Walk, records
from e2e_linker.model import host_of, joined

__all__ = ["UnsentRedirect", "unsent_redirect"]

_ANSWERS = frozenset({"code", "access_token", "error"})
_TOLD: frozenset[EndingKind] = frozenset({"dead_end", "login_not_found", "login_rejected", "timeout"})
"""Endings after which the last document is what the server wanted to be seen."""
_SCHEME = r"(?:https?:)?/*"
_ENCODED = re.compile(r"%(?:25)*2f", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnsentRedirect:
    """Where the way back was lost."""

    kind: Literal["status", "refresh", "scheme", "host", "encoded"]
    """``status``: a Location beside a status that is no redirect. ``refresh``: a refresh that was not waited for. The
    others are of an address that browsers read as one of its own host: without ``https://`` (``scheme``), without the
    host as well (``host``), or percent-encoded as a whole (``encoded``)."""
    sent_by: Request
    """The request whose answer, or whose page, holds the way back."""
    last: Request
    """The document at which the login ended."""
    led_to: str | None = None
    """Where the browser went instead."""
    delay_s: float = 0.0
    watched_s: float = 0.0
    """How long the page was watched."""


@fact
def unsent_redirect(
    requests: tuple[Request, ...],
    arrivals: tuple[Arrival, ...],
    authorization: AuthorizationRequest,
    ending: Ending,
    walk: Walk,
) -> UnsentRedirect | None:
    """What kept the last answer from leading to Alexa; None where one arrived, or where nothing was to lead there."""
    last = next((one for one in reversed(requests) if one.leads), None)
    if arrivals or last is None or ending.kind not in _TOLD:
        return None
    return (
        _not_followed(last, authorization)
        or _not_waited_for(last, authorization, walk)
        or _misread(last, requests, authorization)
    )


def _leads(url: str, asked: AuthorizationRequest) -> bool:
    """Whether ``url`` is the redirect URI with an answer."""
    return reaches(url, asked.redirect_uri) and bool(_ANSWERS & {one.name for one in parameters(url, nested=False)})


def _not_followed(last: Request, asked: AuthorizationRequest) -> UnsentRedirect | None:
    location = header(last.response_headers, "location")
    if location is None or last.status is None or last.status >= 300:
        return None
    return UnsentRedirect("status", last, last) if _leads(joined(last.url, location), asked) else None


def _not_waited_for(last: Request, asked: AuthorizationRequest, walk: Walk) -> UnsentRedirect | None:
    seen = [screen.at for screen in records(walk.screens) if screen.window == last.window] or [walk.duration_s]
    took = (last.timing.total_ms or 0) / 1000 if last.timing else 0
    watched = max(seen[-1] - last.at - took, 0.0)
    for delay, target in refreshes(last):
        if delay > watched and target is not None and _leads(target, asked):
            return UnsentRedirect("refresh", last, last, delay_s=delay, watched_s=watched)
    return None


def _misread(last: Request, requests: Sequence[Request], asked: AuthorizationRequest) -> UnsentRedirect | None:
    chain = came_from(last, requests)
    before = [one for one in requests if one.leads and one.window == last.window]
    first = next((one for one in reversed(before) if one.n < chain[0].n), None)
    for source, led in zip([first, *chain], chain, strict=False):
        if source is None or host_of(source.url) != host_of(led.url) or host_of(led.url) == host_of(asked.redirect_uri):
            continue
        if kind := _kind(source.url, led.url, asked):
            return UnsentRedirect(kind, source, last, led_to=led.url)
    return None


def _kind(source: str, led: str, asked: AuthorizationRequest) -> Literal["scheme", "host", "encoded"] | None:
    """How ``source`` spelt the redirect URI so that it became ``led``; None where that is another address."""
    wanted, raw = split(asked.redirect_uri), split(led).path
    # Some encode an address that was encoded already.
    path, _, within = unquote(unquote(raw)).partition("?")
    given = {one.name for one in parameters(led, nested=False)} | {name for name, _ in parse_qsl(within)}
    if not _ANSWERS & given or same_endpoint(source, led):
        return None
    if path == wanted.path:
        return "host"
    folder = split(source).path.rpartition("/")[0] + "/"
    whole = re.compile(_SCHEME + re.escape(wanted.netloc + wanted.path), re.IGNORECASE)
    if not any(whole.fullmatch(path.removeprefix(base)) for base in (folder, "/")):
        return None
    return "encoded" if _ENCODED.search(raw) else "scheme"
