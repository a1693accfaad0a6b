"""What stands in a token answer instead of an access token, and what mends that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from e2e_linker.audits.token_values import as_sent, instead, nothing_said
from e2e_linker.derive.exchange import Exchange
from e2e_linker.model import host_of

__all__ = ["NOTHING_FIX", "missing_token"]

NOTHING_FIX = (
    "See where the answer is made why there is no value at that place; a refresh token that does not exist is left out."
)
_ERROR_FIX = "Mend what the answer names, and answer errors with status 400 (RFC 6749, section 5.2)."
_OBJECT_FIX = (
    "Put the token itself there, as a string: look where the answer is made. An empty object is what JSON makes of a "
    "promise that nothing has waited for, another one the record that the token is kept in."
)
_SAYS = ("errorMessage", "error_message", "errormessage", "message", "detail")
"""Members in which a function's runtime, a gateway or a framework says what went wrong."""


def missing_token(said: Mapping[str, Any], exchange: Exchange) -> tuple[str, str | None]:
    """What is said of the answer ``said``, which holds no access token, and what mends it where that is known."""
    if said.get("error"):
        return f"the answer has status 200 but is an error, {exchange.words or as_sent(said['error'])}", _ERROR_FIX
    if "access_token" in said:
        token = said["access_token"]
        fix = NOTHING_FIX if nothing_said(token) else _OBJECT_FIX if isinstance(token, dict) else None
        return f"access_token is {instead(token)}", fix
    folded = {re.sub(r"[_-]", "", key).lower(): key for key in said}
    if name := folded.get("accesstoken"):
        return (
            f"the token is called {name} instead of access_token",
            f"Call the member access_token instead of {name}, and the others token_type, expires_in and refresh_token.",
        )
    wrapper = next((key for key, value in said.items() if isinstance(value, dict) and "access_token" in value), None)
    if wrapper is not None:
        return f"access_token is wrapped in {wrapper} instead of standing at the top level", None
    quoted = next((key for key, value in said.items() if isinstance(value, str) and '"access_token"' in value), None)
    if quoted is not None:
        return f"access_token stands in a string of JSON, {quoted}, instead of at the top level", None
    if "id_token" in said:
        return "there is an id_token but no access_token", None
    words = next((said[name] for name in _SAYS if isinstance(said.get(name), str) and said[name].strip()), None)
    if words is not None:
        return (
            f"access_token is missing; the answer says “{' '.join(words.split())[:200]}”",
            f"See in the log of {host_of(exchange.call.url)}, or of the function behind it, why this request failed, "
            "and answer failures with a status of 400 or more.",
        )
    return "access_token is missing", None
