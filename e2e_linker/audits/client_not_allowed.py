"""What to do where the authorization endpoint does not let the client ask, by what it says of it."""

from __future__ import annotations

import re

__all__ = ["not_allowed", "refuses_redirect_uri"]

_REDIRECT = re.compile(r"redirect[\s_-]*ur[il]|callback[\s_-]*ur[il]", re.IGNORECASE)
_NO_URI_OF_IT = re.compile(
    r"\bun(?:known|registered|authori[sz]ed)\b|\binvalid\b|\bmismatch|\b(?:not|n't) (?:\w+ )?(?:registered|allowed|"
    r"permitted|known|valid|found|match\w*|(?:white|allow)-?listed|configured|authori[sz]ed)\b",
    re.IGNORECASE,
)
_NOT_REGISTERED = (
    "Register this redirect URI, and those of the skill's other regions, for the skill's client id at the server. Some "
    "servers take only redirect URIs of their own domain until they are told otherwise (OpenAuth: `allow` of the "
    "issuer)."
)
_NO_CLIENT = re.compile(
    r"\b(?:unknown|unregistered|invalid|no such) client\b(?! (?:type|grant|auth|secret))"
    r"|\bclient[\s_-]?id\b[^.]{0,40}\b(?:not (?:found|known|registered|valid)|unknown|invalid|does not exist)\b"
    r"|\b(?:invalid|unknown|unregistered) client[\s_-]?id\b",
    re.IGNORECASE,
)
_UNKNOWN_CLIENT = "Compare the skill's clientId with the client's registration at the server, letter by letter."
_THE_GRANT = (
    "the authorization code grant, or the implicit grant if the skill asks for that, for the skill's client id in the "
    "server's client settings. Where it is allowed already, look for these words in the log of the authorization "
    "server."
)
_NOT_ALLOWED = (
    f"The server does not let this client ask for this response type (RFC 6749 section 4.1.2.1). Allow {_THE_GRANT}"
)
_UNEXPLAINED = (
    f"{_UNKNOWN_CLIENT} Where the server does know this client, it does not let it ask for this response type (RFC "
    f"6749 section 4.1.2.1). Allow {_THE_GRANT}"
)
_BARE = frozenset({"", "unauthorized client", "unauthorised client"})
"""Descriptions of an ``unauthorized_client`` that say no more than the code does."""


def refuses_redirect_uri(told: str) -> bool:
    """Whether ``told`` says that the redirect URI is not one of the client's, rather than that it is missing."""
    return _REDIRECT.search(told) is not None and _NO_URI_OF_IT.search(told) is not None


def not_allowed(told: str) -> str:
    """What mends an ``unauthorized_client``, which some servers answer to all that they do not know of a client."""
    if _REDIRECT.search(told):
        return _NOT_REGISTERED
    if told.lower().replace("_", " ").strip(" .!") in _BARE:
        return _UNEXPLAINED
    return _UNKNOWN_CLIENT if _NO_CLIENT.search(told) else _NOT_ALLOWED
