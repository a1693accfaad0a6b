"""Refusals of a web server or a front end by itself, which are about no client and no user: what they say, what mends.

A server behind it was not asked, or the request did not even come by TLS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.models import Request

__all__ = ["front_end_call", "front_end_page"]

_BAD_REQUEST: Final = 400
_PLAIN: Final = re.compile(
    r"\bplain HTTP request was sent to HTTPS port\b|\bspeaking plain HTTP to an SSL-enabled server port\b"
    r"|\bclient sent an HTTP request to an HTTPS server\b|\bcombination of host and port requires TLS\b",
    re.IGNORECASE,
)
"""nginx, Apache, Go and Tomcat."""
_GOOGLE: Final = re.compile(r"\A(?:Google Frontend|GFE|gws)\b", re.IGNORECASE)
_NOT_FOR_ALL: Final = re.compile(
    r"\byour client does not have permission to (?:get|the requested) URL\b(?!(?s:.){0,200}\bforbidden country\b)",
    re.IGNORECASE,
)
_UNAUTHENTICATED: Final = frozenset({401, 403})
_MALFORMED: Final = re.compile(r"\byour client has issued a malformed or illegal request\b", re.IGNORECASE)


def _own_refusal(
    url: str, status: int | None, headers: Sequence[tuple[str, str]], words: str
) -> tuple[str, str] | None:
    """What happened before the server was asked for ``url``, a clause, and what mends it; None for other answers."""
    if status == _BAD_REQUEST and _PLAIN.search(words):
        return "the request came by plain HTTP to a port that speaks TLS", _by_tls(url)
    if not any(name.lower() == "server" and _GOOGLE.match(value.strip()) for name, value in headers):
        return None
    if status in _UNAUTHENTICATED and _NOT_FOR_ALL.search(words):
        return (
            f"Google's front end before it answered with its own {status}, as not everybody may call this service",
            "Let everybody call this service of Google Cloud, as neither Alexa's servers nor customers have a Google "
            "identity: give `allUsers` the role Cloud Run Invoker (of a function of the first generation, Cloud "
            "Functions Invoker). What runs there was not asked.",
        )
    if status == _BAD_REQUEST and _MALFORMED.search(words):
        return (
            "Google's front end before it answered with its own 400, as it takes the request for a malformed one",
            "See what is unusual in the request itself: characters in its address that have to be percent-encoded, its "
            "cookies, or a body where none is expected. What runs behind Google's front end was not asked, and has "
            "refused nothing that the skill sends.",
        )
    return None


def _by_tls(url: str) -> str:
    if not url.lower().startswith("https:"):
        return "Name the address with https: its port speaks TLS, and was asked by plain HTTP."
    return (
        "Let the proxy or balancer that ends TLS before this web server connect to it by HTTPS (in nginx `proxy_pass "
        "https://…`), or to a port of it that speaks plain HTTP."
    )


def front_end_call(exchange: Exchange) -> tuple[str, str] | None:
    """What happened before the token endpoint was asked, a clause, and what mends it; None where it may have been."""
    call = exchange.call
    if exchange.looked_at:
        return None
    body = call.response_body or ""
    page = read_markup(body)
    shown = " ".join(page.texts) or body
    return _own_refusal(call.url, call.status, call.response_headers, shown)


def front_end_page(page: Page, requests: Sequence[Request]) -> str | None:
    """What mends ``page``, one of what ``requests`` asked for, where the server was not asked; None for all others."""
    if page.asks_for_password:
        return None
    headers = next((one.response_headers for one in requests if one.n == page.request), ())
    refused = _own_refusal(page.url, page.status, headers, " ".join(page.texts))
    return refused[1] if refused else None
