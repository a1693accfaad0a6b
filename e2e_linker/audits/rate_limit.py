"""What is said of a token endpoint that is asked too often, and what mends that."""

from __future__ import annotations

import re

from e2e_linker.derive.ladder import header
from e2e_linker.evidence.models import TokenCall
from e2e_linker.evidence.traffic import Headers

__all__ = ["LIMIT_FIX", "ask_again", "limit_words"]

LIMIT_FIX = (
    "Exempt Alexa's token requests from this rate limit, or count by customer instead of by address: Alexa's servers "
    "redeem the codes of all customers, so that a limit by address stops all of them. Where it was reached by this "
    "test alone, run fewer projects with --workers 1 a while later."
)
_SECONDS = re.compile(r"[0-9]{1,6}")


def limit_words(call: TokenCall) -> str:
    """What the refusal of ``call`` is, with the seconds after which the server wants to be asked again, if it says."""
    return f", a rate limit: it is asked too often{ask_again(call.response_headers)}"


def ask_again(headers: Headers) -> str:
    """After how many seconds the server wants to be asked again, to stand behind a clause; empty where it says none.

    A Retry-After that is a date (RFC 9110, section 10.2.3) is left out.
    """
    later = (header(headers, "retry-after") or "").strip()
    return f", and wants to be asked again after {later} s" if _SECONDS.fullmatch(later) else ""
