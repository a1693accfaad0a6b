"""What to do about a page that answers a token request because it was not made by a browser."""

from __future__ import annotations

import re

from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.wordings import FORGED
from e2e_linker.model import host_of

__all__ = ["page_remedy"]

_FORGED_FIX = (
    "Exempt the token endpoint from the protection against forged forms (CSRF): Alexa's servers come without a page of "
    "this site and without its cookies."
)
_GUARDED = frozenset({403, 406})
_OWN_WORDS = re.compile(
    r"\b(?:client|credentials?|password|grant|scopes?|redirect|tokens?|authori[sz]ation|verifier|account)\b",
    re.IGNORECASE,
)
"""What a server speaks of that looked into the request before it refused."""


def page_remedy(exchange: Exchange) -> str | None:
    """What mends a page that turns programs away; None where it is none, or the server looked into the request."""
    if exchange.call.status not in _GUARDED or exchange.answer.json_problem not in {"HTML", "XML"}:
        return None
    page = read_markup(exchange.call.response_body or "")
    shown = " ".join((page.title, *page.headings, page.text))
    if FORGED.search(shown):
        return _FORGED_FIX
    if _OWN_WORDS.search(shown):
        return None
    agent = header(exchange.call.request_headers, "user-agent")
    known_by = f"call themselves `{agent}` and come" if agent else "and come"
    return (
        f"Look for this request in the log of {host_of(exchange.call.url)}. Where it is not there, a firewall or a bot "
        f"protection before the server may have turned it away: Alexa's servers are no browser, {known_by} from data "
        "centres. Let such requests through to the token endpoint."
    )
