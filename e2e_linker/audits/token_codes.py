"""What a refused code is told by, and what to do about it."""

from __future__ import annotations

import re

from e2e_linker.derive.exchange import Exchange

__all__ = ["ALSO_COMPARE", "CODE_FIX", "speaks_of_code"]

CODE_FIX = (
    "See in the server's log why the code is not taken: it has to live for a minute at least, be known to every node "
    "(whose clocks have to agree), and be good for one exchange with the redirect_uri (and the PKCE verifier) of its "
    "authorization request. It may be bound to no browser and no address: Alexa's servers redeem it."
)
ALSO_COMPARE = (
    " Where all that is so, compare the client secret with the server's: some servers answer a wrong one so, too."
)
_CODE = r"(?<!error )(?<!status )\bcode\b(?![\s_-]*(?:verifier|challenge))"
_SPENT = (
    r"(?:expired|revoked|used|redeemed|consumed|invalid|unknown|not\s+(?:found|valid|exist\w*)|no\s+longer\s+valid)\b"
)
_OF_THE_CODE = re.compile(
    rf"{_CODE}\W+(?:[^\W\d]\w*\W+){{0,3}}?{_SPENT}|\b{_SPENT}\W+(?:auth\w*\W+|grant\W+)?{_CODE}", re.IGNORECASE
)
"""Words that say what is wrong with the code, under whatever error; “code 404 not found” is a status."""


def speaks_of_code(exchange: Exchange) -> bool:
    """Whether the server's own words say that the code is no good."""
    return _OF_THE_CODE.search(exchange.words) is not None
