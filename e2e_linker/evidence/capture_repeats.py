"""Authorization requests of a network capture, and which begin no link: a server's pages repeat the one that did."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote_plus, urljoin, urlsplit

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import region_of_host
from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.loose_json import a_text, an_object
from e2e_linker.evidence.sizes import url_as_sent
from e2e_linker.model import Grant, Region, host_of

__all__ = ["is_altered", "redirect_target", "redirect_url", "requested"]

_SHORTEST = 16
"""Characters by which a state is known again. Of shorter ones, such as a tester makes, one may be a part of another."""
_UNALTERED = re.compile(r"[^a-z0-9]+")


def is_altered(state: str, original: str) -> bool:
    """Whether ``state`` is ``original`` cut off, decoded, encoded once more or in other case; no two links' states are.

    A state that was replaced by another one is not known by this.
    """
    told, whole = (_UNALTERED.sub("", unquote_plus(text).lower()) for text in (state, original))
    return state != original and len(told) >= _SHORTEST and told in whole


def redirect_target(entry: Entry) -> str | None:
    """The absolute URL that the answer of ``entry`` redirects to, without fragment; None where it does not redirect."""
    target = redirect_url(entry)
    return url_as_sent(target) if target else None


def redirect_url(entry: Entry) -> str | None:
    """The absolute URL that the answer of ``entry`` redirects to; None where it does not redirect."""
    if not 300 <= (entry.status or 0) < 400:
        return None
    response = an_object(entry.raw.get("response"))
    location = entry.answer_header("location") or a_text(response.get("redirectURL"))
    try:
        return urljoin(entry.url, location) if location else None
    except ValueError:
        return None


def requested(url: str, hosts: Collection[str]) -> AuthorizationRequest | None:
    """The authorization request ``url`` is, if it asks for an answer to one of Alexa's ``hosts``."""
    try:
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return None
    redirect_uri, state = given.get("redirect_uri", ""), given.get("state", "")
    if host_of(redirect_uri) not in hosts or not state or "response_type" not in given:
        return None
    return AuthorizationRequest(
        url=url,
        endpoint=parts._replace(query="", fragment="").geturl(),
        client_id=given.get("client_id", ""),
        grant=Grant.IMPLICIT if given["response_type"] == "token" else Grant.AUTH_CODE,
        region=region_of_host(host_of(redirect_uri)) or Region.NA,
        redirect_uri=redirect_uri,
        scopes=tuple(given.get("scope", "").split()),
        state=state,
        code_challenge=given.get("code_challenge"),
    )
