"""What to do about an error that came back to Alexa, given what was observed of it."""

from __future__ import annotations

import re

from e2e_linker.audits.client_not_allowed import not_allowed, refuses_redirect_uri
from e2e_linker.audits.error_words import CODES, OF_THE_REQUEST, description, names_no_parameter, refuses_somebody
from e2e_linker.audits.refused_parameters import PKCE
from e2e_linker.audits.return_remedies import cut_short, whole
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.cookie_scopes import names_sent
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import NotCollected, Request, Walk
from e2e_linker.model import Grant

__all__ = ["remedy"]

_THE_CODE_GRANT = (
    "Let the server answer `response_type=code` for the skill's client id: switch the authorization code grant on in "
    "its settings of the client."
)
_ANOTHER_GRANT = (
    "This server does not do the implicit grant, at least not for this client. Set the skill's type to AUTH_CODE, with "
    "accessTokenUrl and a client secret, which Amazon prefers; or allow the client `response_type=token`."
)
_FREE = frozenset({"audience", "resource", "connection", "organization", "acr_values", "claims"})
"""Parameters that a server defines and authorizationUrl may hold."""
_TELLING = 4
_OWN = (
    "The server names the value of `{name}` in authorizationUrl. Compare it, letter by letter, with what the server "
    "has: for an audience, that is the identifier of an API there, and a slash at its end counts."
)
_NONCE = re.compile(r"(?<!dpop )(?<!dpop-)\bnonce\b", re.IGNORECASE)
_WITHOUT_NONCE = (
    "Let the server do without a `nonce` for this client (Canaille: REQUIRE_NONCE = false): Alexa never sends one, and "
    "OpenID Connect demands it only where an ID token comes with the redirect."
)
_MISSING_CHALLENGE = (
    "the server may miss a PKCE `code_challenge`, which Alexa sends only with PKCE on (where PKCE is off for this "
    "skill, switch it on in the developer console, and linker.pkce here, or let the server do without), or "
)
_REFUSED_CHALLENGE = (
    "the server may refuse the `code_challenge` or its method S256, which were sent as PKCE is on (let it take S256, "
    "or switch PKCE off for this skill in the developer console, and linker.pkce here); or it may miss "
)
_UNNAMED = (
    " Where the log says no more: {challenge}a `nonce`, which Alexa never sends. Or it may refuse "
    "a parameter that comes twice because authorizationUrl holds it already, or the length of the state."
)


_BEFORE_ANY_LOGIN = (
    "The server refused at once, before it asked anybody to log in: what it refuses is no account, but the "
    "client{asked}. Compare both with what the server's settings allow this client, and look for these words in its "
    "log."
)
"""For ``access_denied``, which elsewhere is what an account or its owner is refused with."""


def remedy(walk: Walk, answer: Answer) -> str:
    """What mends the error of ``answer``, by its code and its own words, and by the way that led ``walk`` there."""
    if cut := cut_short(walk, answer):
        return whole(cut)
    words, code = answer.error_words, _code(answer)
    if code == "unauthorized_client" or (code == "invalid_request" and refuses_redirect_uri(description(answer))):
        return not_allowed(description(answer))
    if code == "unsupported_response_type":
        return _ANOTHER_GRANT if walk.authorization.grant is Grant.IMPLICIT else _THE_CODE_GRANT
    # Once somebody has logged in, a refusal is of that customer, whatever else it names.
    if (answer.error != "access_denied" or _at_once(walk)) and (own := _own_parameter(walk, description(answer))):
        return _OWN.format(name=own)
    if answer.error == "invalid_request" and _NONCE.search(words) and not PKCE.search(words):
        return _WITHOUT_NONCE
    if answer.error == "access_denied" and _at_once(walk):
        scopes = " ".join(walk.authorization.scopes)
        return _BEFORE_ANY_LOGIN.format(asked=f" or its scopes (`{scopes}`)" if scopes else " or what it asks for")
    text = "Look for these words in the log of the authorization server and remove their cause."
    if names_no_parameter(answer):
        text += _UNNAMED.format(challenge=_challenge(walk))
    if answer.error not in OF_THE_REQUEST:
        text += " Where they name something that the account lacks, check first whether this test account is set up."
    if answer.error not in CODES:
        text += " Where the server has to refuse, let it send a code of RFC 6749, such as `access_denied`."
    return text


def _challenge(walk: Walk) -> str:
    """What the server may have against the PKCE of the request of ``walk``, or against its lack."""
    if walk.authorization.grant is Grant.IMPLICIT:
        return "the server may miss "
    return _MISSING_CHALLENGE if walk.authorization.code_challenge is None else _REFUSED_CHALLENGE


def _code(answer: Answer) -> str | None:
    """The error's code; of an ``invalid_request`` that gives another code for its reason (Cognito), that one."""
    reason = description(answer).lower()
    return reason if answer.error == "invalid_request" and reason in OF_THE_REQUEST else answer.error


def _own_parameter(walk: Walk, told: str) -> str | None:
    """The parameter that authorizationUrl itself holds and whose value the server names in ``told``."""
    own = (one for one in parameters(walk.authorization.url, nested=False) if one.name in _FREE)
    named = next((one.name for one in own if len(one.value) >= _TELLING and one.value in told), None)
    return None if named is None or refuses_somebody(told) else named


def _at_once(walk: Walk) -> bool:
    """Whether redirects alone led ``walk`` to its answer, and it brought no cookie by which somebody is known.

    Of a network capture that is not known: browsers leave out the cookies.
    """
    if isinstance(walk.jar, NotCollected):
        return False
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    led = [one for one in requests if one.leads]
    moved = [one.redirects and one.method == "GET" for one in led[:-1]]
    return bool(moved) and all(moved) and not names_sent(led[0])
