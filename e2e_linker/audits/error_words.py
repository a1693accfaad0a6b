"""What to do about an error that came back to Alexa, given what was observed of it."""

from __future__ import annotations

from e2e_linker.audits.refused_parameters import PKCE
from e2e_linker.derive.answer import Answer

__all__ = ["CODES", "remedy", "told_elsewhere"]

_OF_THE_REQUEST = frozenset(
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
CODES = _OF_THE_REQUEST | {
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
_NOT_ALLOWED = (
    "The server does not let this client ask for this response type (RFC 6749 section 4.1.2.1). Allow the "
    "authorization code grant, or the implicit grant if the skill asks for that, for the skill's client id in the "
    "server's client settings. Where it is allowed already, look for these words in the log of the authorization "
    "server."
)


def remedy(answer: Answer) -> str:
    """What mends the error of ``answer``, by its code and its own words."""
    if answer.error == "unauthorized_client":
        return _NOT_ALLOWED
    text = "Look for these words in the log of the authorization server and remove their cause."
    if answer.error not in _OF_THE_REQUEST:
        text += " Where they name something that the account lacks, check first whether this test account is set up."
    if answer.error not in CODES:
        text += " Where the server has to refuse, let it send a code of RFC 6749, such as `access_denied`."
    return text


def told_elsewhere(answer: Answer) -> bool:
    """Whether another audit names the cause of the error: the scopes, or PKCE."""
    return answer.error == "invalid_scope" or PKCE.search(answer.error_words) is not None
