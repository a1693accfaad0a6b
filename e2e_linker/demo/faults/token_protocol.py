"""Faults of what the token endpoint checks, and of how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour, RawResponse
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import answering, minding, with_tokens
from e2e_linker.demo.raw_response import JSON_HEADERS
from e2e_linker.model import Depth

_PROBED = Needs(depth=Depth.STANDARD)
_PKCE = Needs(depth=Depth.STANDARD, pkce=True)
_RESERVED = "%3A:+/="
"""Characters that form-encoding changes, and a percent sequence that decoding twice would change."""


def _refusing(b: Behaviour, written: Callable[[int, str, str], RawResponse]) -> Behaviour:
    return minding(b, refusal=written)


def _error(status: int, error: str, description: str) -> RawResponse:
    return RawResponse(status, json.dumps({"error": error, "error_description": description}), JSON_HEADERS)


@fault("token-client-auth-scheme", may=("token-status-200",), needs=_PROBED)
def scheme_swapped(b: Behaviour) -> Behaviour:
    """The console says HTTP_BASIC, but the server takes credentials in the body only."""
    return minding(b, schemes=frozenset({"REQUEST_BODY_CREDENTIALS"}))


@fault("token-client-auth-scheme", may=("token-status-200",), needs=_PROBED)
def basic_not_decoded(b: Behaviour) -> Behaviour:
    """The client secret has reserved characters, and the server does not form-decode it in HTTP Basic."""
    console = replace(b.console, secret_tail=_RESERVED)
    return minding(replace(b, console=console), decodes_basic=False)


@fault("token-client-auth-scheme", needs=_PROBED)
def client_id_twice_refused(b: Behaviour) -> Behaviour:
    """With HTTP Basic, a client id in the body is refused although it is the right one."""
    return minding(b, takes_client_id_twice=False)


@fault("token-error-semantics", needs=_PROBED)
def wrong_secret_taken(b: Behaviour) -> Behaviour:
    """The client secret is never looked at."""
    return minding(b, checks_secret=False)


@fault("token-error-semantics", needs=_PROBED)
def unknown_client_taken(b: Behaviour) -> Behaviour:
    """A client that does not exist can redeem a code."""
    return minding(b, checks_client=False)


@fault("token-pkce-verify", needs=_PKCE)
def verifier_ignored(b: Behaviour) -> Behaviour:
    """PKCE is on, and any code_verifier redeems a code, or none."""
    return minding(b, verifies=lambda challenge, verifier: True)


@fault("token-pkce-verify", needs=_PKCE)
def verifier_not_needed(b: Behaviour) -> Behaviour:
    """PKCE is on, and a code is redeemed without a code_verifier."""
    earlier = b.tokens.manners.verifies
    return minding(b, verifies=lambda challenge, verifier: verifier is None or earlier(challenge, verifier))


@fault("token-pkce-verify", needs=_PKCE)
def verifier_plain(b: Behaviour) -> Behaviour:
    """PKCE is on, and the code_challenge itself is taken for the code_verifier."""
    earlier = b.tokens.manners.verifies
    return minding(b, verifies=lambda challenge, verifier: verifier == challenge or earlier(challenge, verifier))


@fault("token-pkce-verify", may=("token-status-200",))
def verifier_demanded(b: Behaviour) -> Behaviour:
    """The server wants PKCE, which is off in the console."""
    return minding(b, wants_verifier=True)


@fault("redir-code-single-use", needs=_PROBED)
def code_redeemed_twice(b: Behaviour) -> Behaviour:
    """A code can be redeemed again and again."""
    return minding(b, used_code="more tokens")


@fault("redir-code-single-use", needs=_PROBED)
def code_replay_ends_link(b: Behaviour) -> Behaviour:
    """Whoever sends a code a second time loses the tokens of the first time."""
    return minding(b, used_code="ends the link")


@fault("redir-code-lifetime", needs=Needs(depth=Depth.THOROUGH))
def code_dies_early(b: Behaviour) -> Behaviour:
    """A code lives ten seconds."""
    return minding(b, code_s=10)


@fault("token-redirect-uri-match", needs=_PROBED)
def redirect_uri_not_compared(b: Behaviour) -> Behaviour:
    """A code is redeemed whatever redirect_uri comes with it."""
    return minding(b, checks_redirect_uri=False)


@fault("token-error-json", needs=_PROBED)
def refusals_in_html(b: Behaviour) -> Behaviour:
    """The token endpoint's refusals are pages of HTML."""
    html = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
    return _refusing(
        b, lambda status, error, text: RawResponse(status, f"<!doctype html><html><h1>{text}</h1></html>", html)
    )


@fault("token-error-json", needs=_PROBED)
def refusals_without_a_code(b: Behaviour) -> Behaviour:
    """The token endpoint's refusals are JSON with a message and no error."""
    return _refusing(b, lambda status, error, text: RawResponse(status, json.dumps({"message": text}), JSON_HEADERS))


@fault("token-error-json", needs=_PROBED)
def refusals_may_be_stored(b: Behaviour) -> Behaviour:
    """Nothing forbids caches to keep the token endpoint's refusals."""

    def written(status: int, error: str, text: str) -> RawResponse:
        return replace(_error(status, error, text), headers=JSON_HEADERS[:1])

    return _refusing(b, written)


@fault("token-json-body")
def token_may_be_stored(b: Behaviour) -> Behaviour:
    """Nothing forbids caches to keep the tokens."""
    return answering(b, lambda answer: replace(answer, may_be_stored=True))


@fault("token-error-semantics", needs=_PROBED)
def refusals_with_200(b: Behaviour) -> Behaviour:
    """The token endpoint's refusals have status 200."""
    return _refusing(b, lambda status, error, text: _error(200, error, text))


@fault("token-error-semantics", needs=_PROBED)
def everything_is_invalid_grant(b: Behaviour) -> Behaviour:
    """Every refusal of the token endpoint is invalid_grant, a wrong client secret's too."""
    return _refusing(b, lambda status, error, text: _error(400, "invalid_grant", text))


@fault("token-error-semantics", needs=_PROBED)
def unknown_token_crashes(b: Behaviour) -> Behaviour:
    """A refresh token that does not exist makes the token endpoint fail with 500."""

    def written(status: int, error: str, text: str) -> RawResponse:
        if error == "invalid_grant":
            return RawResponse(500, "Internal Server Error", (("Content-Type", "text/plain"),))
        return _error(status, error, text)

    return _refusing(b, written)


@fault("token-error-semantics", needs=_PROBED)
def outage_as_revocation(b: Behaviour) -> Behaviour:
    """While users cannot be looked up, every request is refused with invalid_grant."""
    answer = _error(400, "invalid_grant", "The user was not found.")
    return with_tokens(b, outage=lambda: answer)
