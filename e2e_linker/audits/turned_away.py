"""What to do about an answer that a token request was given because it was not made by a browser."""

from __future__ import annotations

import re

from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.stack_frames import without_frames
from e2e_linker.derive.wordings import FORGED
from e2e_linker.model import host_of

__all__ = ["page_remedy"]

_FORGED_FIX = (
    "Exempt the token endpoint from the protection against forged forms (CSRF): Alexa's servers come without a page of "
    "this site and without its cookies."
)
_NAMED_FORGED = re.compile(
    r"csrf|xsrf|cross[- ]site request forgery|anti-?forgery|authenticity ?token|(?:origin|referer) checking failed"
    r"|the change you wanted was rejected|\bpage expired\b",
    re.IGNORECASE,
)
"""Those of the words that mean nothing else where no status says so: a “state” or “nonce” may be another."""
_GUARDED = frozenset({403, 406})
_OWN_WORDS = re.compile(
    r"\b(?:client|credentials?|password|grant|scopes?|redirect|tokens?|authori[sz]ation|verifier|account)\b",
    re.IGNORECASE,
)
"""What a server speaks of that looked into the request before it refused."""


def page_remedy(exchange: Exchange) -> str | None:
    """What mends an answer that turns programs away; None where it is none, or the server looked into the request."""
    status = exchange.call.status or 0
    if not 400 <= status < 500 or exchange.looked_at:
        return None
    is_page = exchange.answer.json_problem in {"HTML", "XML"}
    page = read_markup(exchange.call.response_body or "")
    shown = " ".join((page.title, *page.headings, page.text)) if is_page else exchange.words
    guarded = is_page and status in _GUARDED
    if (FORGED if guarded else _NAMED_FORGED).search(without_frames(shown)):
        return _FORGED_FIX
    if not guarded or _OWN_WORDS.search(shown):
        return None
    agent = header(exchange.call.request_headers, "user-agent")
    known_by = f"call themselves `{agent}` and come" if agent else "and come"
    return (
        f"Look for this request in the log of {host_of(exchange.call.url)}. Where it is not there, a firewall or a bot "
        f"protection before the server may have turned it away: Alexa's servers are no browser, {known_by} from data "
        "centres. Let such requests through to the token endpoint."
    )
