"""The token endpoint (RFC 6749, sections 3.2 and 5), introspection (RFC 7662) and revocation (RFC 7009)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Mapping
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from e2e_linker.demo.answering import TokenAnswer
from e2e_linker.demo.grants import granted
from e2e_linker.demo.oauth_errors import NO_STORE, Interrupted, OAuthError, json_response, required
from e2e_linker.demo.session import raw_response
from e2e_linker.demo.store import Token
from e2e_linker.demo.world import World, fields_of, world_of

__all__ = ["introspect", "revoke", "token", "token_by_get"]


async def token(request: Request) -> Response:
    """``POST /token``."""
    world = world_of(request)
    if world.behaviour.tokens.slow:
        await asyncio.sleep(world.slow_answer_s)
    if world.backend.down:
        return raw_response(world.behaviour.tokens.outage())
    try:
        answer = await granted(world, await _authenticated_fields(request))
    except OAuthError as error:
        return error.response()
    except Interrupted as interrupted:
        return interrupted.response
    return _written(world.behaviour.tokens.answer(answer))


async def token_by_get(request: Request) -> Response:
    """``GET /token``: a browser or a swapped configuration came here."""
    error = {"error": "invalid_request", "error_description": "The token endpoint answers POST only."}
    return json_response(error, 405, {"Allow": "POST"})


def _written(answer: TokenAnswer) -> Response:
    if answer.encode is None:
        return json_response(answer.fields, answer.status)
    body, content_type = answer.encode(answer.fields)
    return Response(body, answer.status, {**NO_STORE, "Content-Type": content_type})


async def _authenticated_fields(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded.")
    pairs = await fields_of(request)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise OAuthError("invalid_request", "A parameter is given more than once.")
    return {**fields, "client_id": _authenticate(request, world_of(request), fields)}


def _authenticate(request: Request, world: World, fields: Mapping[str, str]) -> str:
    header = request.headers.get("authorization")
    client_id, secret = fields.get("client_id", ""), fields.get("client_secret", "")
    if header is not None:
        if secret:
            raise OAuthError("invalid_request", "Authenticate in the header or in the body, not in both.")
        client_id, secret = _basic(header)
        if fields.get("client_id", client_id) != client_id:
            raise OAuthError("invalid_request", "Header and body name different clients.")
    known = {world.client.client_id: world.client.client_secret}
    if world.behaviour.tokens.former_client == "kept":
        known[world.former.client_id] = world.former.client_secret
    expected = known.get(client_id)
    if expected is None or not hmac.compare_digest(secret.encode(), expected.encode()):
        raise OAuthError("invalid_client", "Unknown client or wrong secret.", 401, challenge=True)
    return client_id


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        raw = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raw = ""
    name, colon, secret = raw.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", "The Authorization header is not HTTP Basic.", 401, challenge=True)
    return unquote_plus(name), unquote_plus(secret)


async def introspect(request: Request) -> Response:
    """``POST /introspect``: whether a token is good, for the client it belongs to."""
    world = world_of(request)
    try:
        fields = await _authenticated_fields(request)
        wanted = required(fields, "token")
    except OAuthError as error:
        return error.response()
    found: Token | None = world.store.live(world.store.access, wanted) or world.store.live(world.store.refresh, wanted)
    if found is None:
        return json_response({"active": False})
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
    return json_response(body)


async def revoke(request: Request) -> Response:
    """``POST /revoke``: 200 whether or not the token was known."""
    try:
        fields = await _authenticated_fields(request)
        world_of(request).store.revoke(required(fields, "token"))
    except OAuthError as error:
        return error.response()
    return Response(status_code=200, headers=NO_STORE)
