"""What an error that came back to Alexa says, and whether another audit tells its cause."""

from __future__ import annotations

import re

from e2e_linker.audits.refused_parameters import PKCE
from e2e_linker.derive.answer import Answer

__all__ = ["CODES", "OF_THE_REQUEST", "description", "names_no_parameter", "refuses_somebody", "told_elsewhere"]

OF_THE_REQUEST = frozenset(
    {
        "invalid_request",
        "invalid_request_object",
        "invalid_request_uri",
        "invalid_scope",
        "registration_not_supported",
        "request_not_supported",
        "request_uri_not_supported",
        "unauthorized_client",
        "unsupported_response_type",
    }
)
"""Codes that complain of the request and never of the account."""
CODES = OF_THE_REQUEST | {
    # RFC 6749 section 4.1.2.1
    "access_denied",
    "server_error",
    "temporarily_unavailable",
    # OpenID Connect Core section 3.1.2.6; one of them is what real servers answer to a refused consent.
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "login_required",
}
"""The error codes that a specification knows for the redirect."""
_PARAMETERS = re.compile(
    r"\bnonce\b|(?<![^\W_])scopes?\b|\bstate\b|\bprompt\b|\baudience\b|\bresource\b|\bclaims\b|\bmax[\s_-]?age\b"
    r"|redirect[\s_-]*ur[il]|response[\s_-]*(?:type|mode)|client[\s_-]*id|request[\s_-]*(?:uri|object)|_hint\b|\bacr_"
    r"|\b(?:unknown|invalid|unregistered)\s+client",
    re.IGNORECASE,
)
"""Parameters of an authorization request, as descriptions name them."""
_STOCK = re.compile(
    r"missing (?:a )?required param|malformed|invalid (?:\w+ )?(?:request|param)|bad request", re.IGNORECASE
)
"""What says no more than the code does; any other description is a reason, though it names no parameter."""

_NOT_FOR_THEM = re.compile(
    r"\b(?:users?|accounts?|clients?|app(?:lication)?s?|you)\b.{0,80}(?:\bnot|n['’]t) (?:\w+ ){0,2}?"
    r"(?:part|members?|belong|assigned|authori[sz]ed|allowed|permitted|entitled|granted)\b",
    re.IGNORECASE | re.DOTALL,
)


def description(answer: Answer) -> str:
    """What the server says of the error beside its code; empty where it says nothing."""
    return answer.error_description.strip()


def names_no_parameter(answer: Answer) -> bool:
    """Whether it is an ``invalid_request`` whose words name no parameter, so that its cause can only be guessed."""
    words = answer.error_words
    told = description(answer)
    bare = not told or told == answer.error or _STOCK.search(told) is not None
    return answer.error == "invalid_request" and bare and not (PKCE.search(words) or _PARAMETERS.search(words))


def told_elsewhere(answer: Answer) -> bool:
    """Whether another audit names the cause of the error: the scopes, or PKCE."""
    return answer.error == "invalid_scope" or PKCE.search(answer.error_words) is not None


def refuses_somebody(told: str) -> bool:
    """Whether ``told`` says that an account or a client may not, so that the values it names may be right."""
    return _NOT_FOR_THEM.search(told) is not None
