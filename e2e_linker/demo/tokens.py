"""The token endpoint (RFC 6749, sections 3.2 and 5), introspection (RFC 7662) and revocation (RFC 7009)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from e2e_linker.demo.behaviour import TokenAnswer
from e2e_linker.demo.store import EXPIRES_IN_S, Token, s256
from e2e_linker.demo.world import World, fields_of, world_of

__all__ = ["introspect", "revoke", "token", "token_by_get"]

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _OAuthError(Exception):
    """An error answer of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400, *, challenge: bool = False) -> None:
        super().__init__(description)
        self.error, self.description, self.status, self.challenge = error, description, status, challenge

    def response(self) -> Response:
        headers = {"WWW-Authenticate": 'Basic realm="Brightbulb"'} if self.challenge else {}
        return _json({"error": self.error, "error_description": self.description}, self.status, headers)


def _json(body: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    content = json.dumps(body).encode()
    return Response(content, status, {**_NO_STORE, **(headers or {})}, media_type="application/json")


async def token(request: Request) -> Response:
    """``POST /token``."""
    world = world_of(request)
    if world.behaviour.tokens.slow:
        await asyncio.sleep(world.slow_answer_s)
    try:
        fields = await _authenticated_fields(request)
        answer = _granted(world, fields)
    except _OAuthError as error:
        return error.response()
    return _written(world.behaviour.tokens.answer(TokenAnswer(answer)))


def _granted(world: World, fields: Mapping[str, str]) -> dict[str, object]:
    match _required(fields, "grant_type"):
        case "authorization_code":
            return _redeem(world, fields)
        case "refresh_token":
            return _refresh(world, fields)
    raise _OAuthError("unsupported_grant_type", "Use authorization_code or refresh_token.")


async def token_by_get(request: Request) -> Response:
    """``GET /token``: a browser or a swapped configuration came here."""
    error = {"error": "invalid_request", "error_description": "The token endpoint answers POST only."}
    return _json(error, 405, {"Allow": "POST"})


def _written(answer: TokenAnswer) -> Response:
    if answer.encode is None:
        return _json(answer.fields, answer.status)
    body, content_type = answer.encode(answer.fields)
    return Response(body, answer.status, {**_NO_STORE, "Content-Type": content_type})


async def _authenticated_fields(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise _OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded.")
    pairs = await fields_of(request)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _OAuthError("invalid_request", "A parameter is given more than once.")
    _authenticate(request, world_of(request), fields)
    return fields


def _authenticate(request: Request, world: World, fields: Mapping[str, str]) -> None:
    header = request.headers.get("authorization")
    client_id, secret = fields.get("client_id", ""), fields.get("client_secret", "")
    if header is not None:
        if secret:
            raise _OAuthError("invalid_request", "Authenticate in the header or in the body, not in both.")
        client_id, secret = _basic(header)
        if fields.get("client_id", client_id) != client_id:
            raise _OAuthError("invalid_request", "Header and body name different clients.")
    known = hmac.compare_digest(client_id.encode(), world.client.client_id.encode())
    proven = hmac.compare_digest(secret.encode(), world.client.client_secret.encode())
    if not (known and proven):
        raise _OAuthError("invalid_client", "Unknown client or wrong secret.", 401, challenge=True)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        raw = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raw = ""
    name, colon, secret = raw.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise _OAuthError("invalid_client", "The Authorization header is not HTTP Basic.", 401, challenge=True)
    return unquote_plus(name), unquote_plus(secret)


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise _OAuthError("invalid_request", f"{name} is missing.")
    return value


def _redeem(world: World, fields: Mapping[str, str]) -> dict[str, object]:
    store = world.store
    code, redirect_uri = _required(fields, "code"), _required(fields, "redirect_uri")
    grant, verifier = store.codes.get(code), fields.get("code_verifier")
    if grant is None or grant.redeemed or grant.expires <= store.clock():
        raise _OAuthError("invalid_grant", "The code is unknown, used or expired.")
    if redirect_uri != grant.redirect_uri:
        raise _OAuthError("invalid_grant", "redirect_uri is not the one the code was issued for.")
    if grant.code_challenge and (not verifier or s256(verifier) != grant.code_challenge):
        raise _OAuthError("invalid_grant", "code_verifier does not match the code_challenge.")
    if verifier and not grant.code_challenge:
        raise _OAuthError("invalid_grant", "The code was issued without a code_challenge.")
    grant.redeemed = True
    return _answer(store.new_access_token(grant, grant.scope), store.new_refresh_token(grant), grant.scope)


def _refresh(world: World, fields: Mapping[str, str]) -> dict[str, object]:
    store, old = world.store, _required(fields, "refresh_token")
    found = store.live(store.refresh, old)
    if found is None:
        raise _OAuthError("invalid_grant", "The refresh token is unknown or was revoked.")
    scope = fields.get("scope") or found.scope
    if not set(scope.split()) <= set(found.scope.split()):
        raise _OAuthError("invalid_scope", "A refresh cannot widen the scope.")
    new = old
    if world.behaviour.tokens.rotation:
        store.retire(old)
        new = store.new_refresh_token(found.grant)
    return _answer(store.new_access_token(found.grant, scope), new, scope)


def _answer(access_token: str, refresh_token: str, scope: str) -> dict[str, object]:
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": EXPIRES_IN_S,
        "refresh_token": refresh_token,
        "scope": scope,
    }


async def introspect(request: Request) -> Response:
    """``POST /introspect``: whether a token is good, for the client it belongs to."""
    world = world_of(request)
    try:
        fields = await _authenticated_fields(request)
        wanted = _required(fields, "token")
    except _OAuthError as error:
        return error.response()
    found: Token | None = world.store.live(world.store.access, wanted) or world.store.live(world.store.refresh, wanted)
    if found is None:
        return _json({"active": False})
    body: dict[str, object] = {
        "active": True,
        "scope": found.scope,
        "client_id": found.grant.client_id,
        "username": found.grant.username,
        "sub": found.grant.username,
        "iat": int(found.issued),
    }
    if found.expires != float("inf"):
        body |= {"token_type": "Bearer", "exp": int(found.expires)}
    return _json(body)


async def revoke(request: Request) -> Response:
    """``POST /revoke``: 200 whether or not the token was known."""
    try:
        fields = await _authenticated_fields(request)
        world_of(request).store.revoke(_required(fields, "token"))
    except _OAuthError as error:
        return error.response()
    return Response(status_code=200, headers=_NO_STORE)
