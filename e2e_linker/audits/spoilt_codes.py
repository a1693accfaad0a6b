"""Codes that no server could have meant: with a character that no code has, or a word that stands for nothing."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from e2e_linker.audits.token_codes import speaks_of_code
from e2e_linker.audits.token_values import nothing_said
from e2e_linker.derive.exchange import Exchange

__all__ = ["holds_state", "spoilt"]

_SIGNS = {
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
_NOTHING_FIX = (
    "Put the code itself into the redirect. Where the redirect is built, look for a name that is misspelt, a result "
    "that is not awaited, or an object in place of the code that it holds."
)
_OF_THE_REQUEST = frozenset({"invalid_grant", "invalid_request"})
_UNNAMED = frozenset({None, "server_error"})
_BROKEN_BY_IT = frozenset({400, 422, 500})
"""Statuses by which a server that looked for such a code refuses it without an error of OAuth."""


def holds_state(exchange: Exchange, state: str) -> bool:
    """Whether what was sent as the code is a code with ``state`` behind it, which ``redirect-query`` tells."""
    code = dict(parse_qsl(exchange.call.request_body)).get("code", "")
    return re.search(r"[?&;]state=\Z", code.removesuffix(state)) is not None


def spoilt(exchange: Exchange) -> tuple[str, str] | None:
    """What is seen of a code that was refused for it, to stand behind the refusal, and what mends that; else None."""
    if (word := _word(exchange)) is not None:
        return (
            f". The code of the redirect is “{word}”, as programs write a value that is missing, or no text",
            _NOTHING_FIX,
        )
    unusual = "".join(shape.unusual for shape in exchange.call.shapes if shape.name == "code")
    refused = exchange.error == "invalid_grant"
    return next((told for sign, told in _SIGNS.items() if refused and sign in unusual), None)


def _word(exchange: Exchange) -> str | None:
    """The word for nothing that was sent as the code and refused; None where it was none, or something else was."""
    word = nothing_said(dict(parse_qsl(exchange.call.request_body)).get("code", ""))
    if word is None or exchange.trouble != "status" or exchange.limited:
        return None
    unnamed = exchange.error in _UNNAMED and exchange.call.status in _BROKEN_BY_IT
    return word if unnamed or exchange.error in _OF_THE_REQUEST or speaks_of_code(exchange) else None
