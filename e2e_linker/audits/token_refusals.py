"""What to do about a refused exchange, given what was observed of the code that was sent and of the answer."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.ladder import header
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.wordings import FORGED
from e2e_linker.model import host_of

__all__ = ["holds_state", "remedy", "told"]

_CODE_FIX = (
    "See in the server's log why the code is not taken: it has to live for a minute at least, be known to every node, "
    "and be good for one exchange with the redirect_uri (and the PKCE verifier) of its authorization request."
)
_SPOILT = {
    " ": (
        ". The code of the redirect has a blank in it, which is how a `+` is read that stands in a query as it is",
        "Percent-encode the code in the redirect, `+` as `%2B`, or make codes of base64url, which needs no encoding.",
    ),
    '"': (
        ". The code of the redirect has a quotation mark in it, as a JSON encoder puts around texts",
        "Put the code into the redirect as it was stored, without quotation marks around it.",
    ),
}
"""By a character that no code has by itself: what is seen, and what mends it."""
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


def holds_state(exchange: Exchange, state: str) -> bool:
    """Whether what was sent as the code is a code with ``state`` behind it, which ``redirect-query`` tells."""
    code = dict(parse_qsl(exchange.call.request_body)).get("code", "")
    return re.search(r"[?&;]state=\Z", code.removesuffix(state)) is not None


def told(exchange: Exchange) -> str:
    """What the endpoint did, to stand behind its address, where it refused the exchange with a status of its own."""
    said = f"refused the code with status {exchange.call.status}" + (f", {exchange.words}" if exchange.words else "")
    return said + next((words for sign, (words, _) in _SPOILT.items() if _has(exchange, sign)), "")


def remedy(exchange: Exchange) -> str | None:
    """What mends it, as far as that is seen; None where nothing more is known than the status."""
    if exchange.error == "invalid_grant":
        return next((fix for sign, (_, fix) in _SPOILT.items() if _has(exchange, sign)), _CODE_FIX)
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


def _has(exchange: Exchange, sign: str) -> bool:
    """Whether a code that was refused as such has the character ``sign``."""
    codes = [shape for shape in exchange.call.shapes if shape.name == "code"]
    return exchange.error == "invalid_grant" and any(sign in shape.unusual for shape in codes)
