"""What the refusal of an exchange says of the client, in the terms of RFC 6749."""

from __future__ import annotations

import re
from typing import Final

from e2e_linker.audits.token_codes import speaks_of_code
from e2e_linker.audits.token_refusals import wants_client_id
from e2e_linker.derive.exchange import Exchange

__all__ = ["DECODED_AMISS", "UNEXPLAINED", "said_of_client"]

UNEXPLAINED: Final = "unauthorized_client, and no word of a grant"
DECODED_AMISS: Final = (
    " Id or secret have characters that HTTP Basic form-urlencodes, and which servers often read wrongly (a `:` in the "
    "secret, a blank, letters beyond ASCII): where all is as registered, try a secret of letters and digits alone."
)
_GRANT = re.compile(r"(?<![a-z])(?:grants?|flows?|code)(?![a-z])|granttype|authori[sz]ed to", re.IGNORECASE)
_UNAUTHORIZED = 401
_NO_REASON = re.compile(r"“access_denied”(?:: “(?:un-?authori[sz]ed|access (?:is )?denied)\.?”)?", re.IGNORECASE)
"""The words of Auth0 for a client that did not prove itself; with 401 they speak of no account and no code."""


def said_of_client(exchange: Exchange) -> str | None:
    """The error of ``exchange``; ``invalid_client`` where its status says just that, as a bare 401 does (5.2)."""
    named = exchange.error
    if exchange.call.status != _UNAUTHORIZED:
        return UNEXPLAINED if named == "unauthorized_client" and not _GRANT.search(exchange.words) else named
    if named is None:
        return None if speaks_of_code(exchange) or wants_client_id(exchange) else "invalid_client"
    unexplained = named == "unauthorized_client" and not _GRANT.search(exchange.words)
    return "invalid_client" if unexplained or _NO_REASON.fullmatch(exchange.words) else named
