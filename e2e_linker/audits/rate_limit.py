"""What is said of a server that is asked too often, and what mends that."""

from __future__ import annotations

import re

from e2e_linker.audits.base import Inconclusive
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.rate_limits import TOO_MANY, RateLimit
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import TokenCall, Walk
from e2e_linker.evidence.traffic import Headers

__all__ = ["LIMIT_FIX", "ask_again", "limit_words", "limited_login", "limited_walk", "why_untold"]

LIMIT_FIX = (
    "Exempt Alexa's token requests from this rate limit, or count by customer instead of by address: Alexa's servers "
    "redeem the codes of all customers, so that a limit by address stops all of them. Where it was reached by this "
    "test alone, run fewer projects with --workers 1 a while later."
)
_SECONDS = re.compile(r"[0-9]{1,6}")


def limited_login(host: str, status: int | None) -> Inconclusive | None:
    """The outcome for a login whose way ends with this ``status`` of ``host``; None where that is no rate limit (429).

    How often a test asks says nothing of a customer, who logs in once.
    """
    if status != TOO_MANY:
        return None
    why = (
        f"the login stops at {host}, which answers with status {status}, that it is asked too often; many logins in a "
        "short time by a test may be why: run fewer projects with --workers 1 a while later. If it stays so for a "
        "single login, raise the limit"
    )
    return Inconclusive(missing=(why,))


def limited_walk(walk: Walk) -> Inconclusive | None:
    """The outcome for a ``walk`` whose last page, or what it is made of, was answered so; None for any other."""
    limit: RateLimit | None = of_walk(walk, "asked_too_often")
    return limited_login(limit.host, limit.status) if limit else None


def why_untold(walk: Walk) -> str:
    """Why the end of ``walk`` tells nothing, in words: the server has had enough of requests, or what the end says."""
    limit: RateLimit | None = of_walk(walk, "asked_too_often")
    said = limit and f"the server answered with status {limit.status}, that it is asked too often"
    return said or walk.ending.message


def limit_words(call: TokenCall) -> str:
    """What the refusal of ``call`` is, with the seconds after which the server wants to be asked again, if it says."""
    return f", a rate limit: it is asked too often{ask_again(call.response_headers)}"


def ask_again(headers: Headers) -> str:
    """After how many seconds the server wants to be asked again, to stand behind a clause; empty where it says none.

    A Retry-After that is a date (RFC 9110, section 10.2.3) is left out.
    """
    later = (header(headers, "retry-after") or "").strip()
    return f", and wants to be asked again after {later} s" if _SECONDS.fullmatch(later) else ""
