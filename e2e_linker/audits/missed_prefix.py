"""Token URLs that lack a prefix which the server puts before the authorization URL."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.urls import is_web
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.model import host_of, joined

__all__ = ["prefix_first"]

_NOT_THERE = frozenset({403, 404, 405, 410, 419})
"""How servers answer a POST to an address that they do not know, or know as one of their pages."""

_FOLDERS = re.compile(r"(?:/[\w.~-]{1,40}){1,3}")
"""Names of folders; what else stands there may be a session's."""


def prefix_first(walk: Walk, exchange: Exchange, otherwise: str) -> str:
    """``otherwise``, or that after the address to try first.

    That is known where the authorization URL, beside which the token URL stands, was sent on to the same path behind a
    prefix, and the answer of the token URL shows that nobody looked into the request.
    """
    call = exchange.call
    if exchange.error is not None or call.status not in _NOT_THERE:
        return otherwise
    first: Request | None = next((one for one in of_walk(walk, "requests") or () if one.navigation), None)
    prefix = _prefix(first, call.url) if first is not None else ""
    if not prefix:
        return otherwise
    at = urlsplit(call.url)
    right = urlunsplit((at.scheme, at.netloc, prefix + at.path, "", ""))
    return (
        f"Try `{right}` as accessTokenUrl first: the authorization URL was sent on to the same path behind `{prefix}`, "
        f"which the token URL lacks, too. Otherwise: {otherwise}"
    )


def _prefix(first: Request, token_url: str) -> str:
    """What the answer to ``first`` puts before its path; empty where it does not, or for another place's token URL."""
    location = header(first.response_headers, "location")
    target = joined(first.url, location) if location else ""
    if not is_web(target) or not host_of(target) == host_of(first.url) == host_of(token_url):
        return ""
    path, to, token = (urlsplit(url).path for url in (first.url, target, token_url))
    folder = path.rpartition("/")[0]
    beside = folder and folder == token.rpartition("/")[0] and path != f"{folder}/"
    prefix = to.removesuffix(path) if beside and to.endswith(path) else ""
    return prefix if _FOLDERS.fullmatch(prefix) else ""
