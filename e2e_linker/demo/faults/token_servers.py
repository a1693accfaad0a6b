"""Faults of the server that the token endpoint runs on, and of what stands before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import Response

from e2e_linker.demo import odd_answers
from e2e_linker.demo.behaviour import Behaviour, RawResponse
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import answering, minding, with_tokens
from e2e_linker.demo.names import OAUTH
from e2e_linker.demo.raw_response import JSON_HEADERS
from e2e_linker.demo.serving import Serving
from e2e_linker.demo.session import raw_response
from e2e_linker.model import Depth

_PROBED = Needs(depth=Depth.STANDARD)
_CHALLENGE = """<!doctype html><html lang="en"><head><title>Just a moment...</title></head>
<body><h1>Checking your connection</h1><p>Enable JavaScript and cookies to continue.</p></body></html>"""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"


def _instead(b: Behaviour, answer: Callable[[], Response]) -> Behaviour:
    return with_tokens(b, instead=answer)


def _saying(b: Behaviour, words: bytes) -> Behaviour:
    return _instead(b, lambda: odd_answers.last_words(words))


@fault("token-post-form")
def token_json_only(b: Behaviour) -> Behaviour:
    """The token endpoint reads JSON only, and misses the grant_type that stands in the form."""
    body = '{"error": "invalid_request", "error_description": "grant_type is missing."}'
    return minding(b, read=lambda kind: RawResponse(400, body, JSON_HEADERS) if "json" not in kind else None)


@fault("token-post-form")
def token_charset_refused(b: Behaviour) -> Behaviour:
    """The token endpoint compares the content type as a whole, and stumbles over the charset."""
    refusal = RawResponse(
        415, '{"error": "invalid_request", "error_description": "Unsupported Media Type"}', JSON_HEADERS
    )
    return minding(b, read=lambda kind: None if kind == "application/x-www-form-urlencoded" else refusal)


@fault("token-not-behind-bot-protection")
def token_challenged(b: Behaviour) -> Behaviour:
    """A bot protection answers the token request with a challenge for browsers."""
    headers = (("Content-Type", "text/html; charset=UTF-8"), ("cf-mitigated", "challenge"), ("Server", "cloudflare"))
    return _instead(b, lambda: raw_response(RawResponse(403, _CHALLENGE, headers)))


@fault("token-no-redirect", "token-status-200")
def token_redirects(b: Behaviour) -> Behaviour:
    """The token endpoint redirects to the same path with a slash at its end."""
    headers = (("Location", f"https://{OAUTH}/token/"),)
    return _instead(b, lambda: raw_response(RawResponse(301, "", headers)))


@fault("token-no-redirect", "token-status-200")
def token_redirects_to_itself(b: Behaviour) -> Behaviour:
    """The token endpoint redirects to itself."""
    return _instead(b, lambda: raw_response(RawResponse(307, "", (("Location", "/token"),))))


@fault("token-responds-4500ms")
def token_hangs(b: Behaviour) -> Behaviour:
    """The token endpoint takes the request and never answers."""
    return _instead(b, odd_answers.hanging)


@fault("token-responds-4500ms")
def token_drips(b: Behaviour) -> Behaviour:
    """The token endpoint answers one byte a second."""
    return _instead(b, odd_answers.dripping)


@fault("token-status-200")
def token_hangs_up(b: Behaviour) -> Behaviour:
    """The token endpoint closes the connection without an answer."""
    return _saying(b, b"")


@fault("token-status-200", needs=_PROBED)
def code_of_another_worker(b: Behaviour) -> Behaviour:
    """Each of two workers keeps codes in its own memory, so that every second code is unknown to the token endpoint."""
    return with_tokens(b, knows=lambda n: n % 2 == 1)


@fault("token-status-200")
def token_without_head(b: Behaviour) -> Behaviour:
    """The token endpoint sends its JSON without a status line, as HTTP/0.9 would."""
    return _saying(b, b'{"access_token": "QmFyZSBKU09O", "token_type": "bearer", "expires_in": 3600}\r\n')


@fault("token-json-body")
def token_breaks_off(b: Behaviour) -> Behaviour:
    """The connection ends in the middle of the token answer."""
    return _saying(b, _HEAD + b'Content-Length: 120\r\n\r\n{"access_token": "QmFyZSBKU09O", "token_')


@fault("token-json-body")
def token_length_too_short(b: Behaviour) -> Behaviour:
    """The Content-Length of the token answer is shorter than its body."""
    return _saying(b, _HEAD + b'Content-Length: 20\r\n\r\n{"access_token": "QmFyZSBKU09O", "token_type": "bearer"}')


@fault("token-json-body")
def token_length_too_long(b: Behaviour) -> Behaviour:
    """The Content-Length of the token answer is longer than its body, which is whole, and the connection ends."""
    body = (
        b'{"access_token": "QmFyZSBKU09O", "token_type": "bearer", "expires_in": 3600, "refresh_token": "UmVmcmVzaA"}'
    )
    return _saying(b, _HEAD + b"Content-Length: 500\r\n\r\n" + body)


@fault("token-json-body")
def token_not_utf8(b: Behaviour) -> Behaviour:
    """The token answer is JSON in Latin-1."""

    def encode(fields: Mapping[str, object]) -> tuple[bytes, str]:
        return json.dumps({**fields, "name": "Zoë"}, ensure_ascii=False).encode("latin-1"), "application/json"

    return answering(b, lambda answer: replace(answer, encode=encode))


@fault("token-json-body")
def token_huge(b: Behaviour) -> Behaviour:
    """The token answer has 50 megabytes."""
    return _instead(b, odd_answers.huge)


@fault("token-json-body")
def token_bomb(b: Behaviour) -> Behaviour:
    """The token answer is a small file that unpacks to 50 megabytes."""
    return _instead(b, odd_answers.bomb)


@fault("token-responds-4500ms", needs=_PROBED)
def refresh_slow(b: Behaviour) -> Behaviour:
    """Every refresh takes five seconds."""
    return minding(b, slow_refresh=True)


@fault("token-responds-4500ms", needs=_PROBED)
def slow_in_a_crowd(b: Behaviour) -> Behaviour:
    """The token endpoint works on one request at a time, so that twenty at once wait for each other."""
    return minding(b, turn_s=0.16)


@fault("token-https-443", may=("auth-tls-cipher-breadth",))
def token_wants_certificate(b: Behaviour) -> Behaviour:
    """The token host turns away, by a TLS alert, whoever shows no client certificate."""
    return replace(b, tls={**b.tls, OAUTH: Serving(wants_client_certificate=True)})
