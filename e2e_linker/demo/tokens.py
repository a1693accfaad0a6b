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
from e2e_linker.demo.former import FORMER_TOKEN_PATH
from e2e_linker.demo.grants import granted
from e2e_linker.demo.manners import Manners, Scheme
from e2e_linker.demo.oauth_errors import NO_STORE, Interrupted, OAuthError, json_response, required
from e2e_linker.demo.session import raw_response
from e2e_linker.demo.store import Token
from e2e_linker.demo.world import World, fields_of, world_of

__all__ = ["introspect", "revoke", "token", "token_by_get"]


async def token(request: Request) -> Response:
    """``POST /token``. What faults change stays away from the address of before the migration."""
    world = world_of(request)
    tokens = world.behaviour.tokens
    former = request.url.path == FORMER_TOKEN_PATH
    manners = Manners() if former else tokens.manners
    if tokens.instead is not None and not former:
        return tokens.instead()
    if manners.turn_s:
        async with world.store.turn:
            await asyncio.sleep(manners.turn_s)
    if tokens.slow:
        await asyncio.sleep(world.slow_answer_s)
    if world.backend.down:
        return raw_response(tokens.outage())
    try:
        fields = await _authenticated_fields(request, manners)
        if manners.slow_refresh and fields.get("grant_type") == "refresh_token":
            await asyncio.sleep(world.slow_answer_s)
        answer = await granted(world, fields)
    except OAuthError as error:
        return error.response(manners.refusal)
    except Interrupted as interrupted:
        return interrupted.response
    return _written(answer if former else tokens.answer(answer))


async def token_by_get(request: Request) -> Response:
    """``GET /token``: a browser or a swapped configuration came here."""
    error = {"error": "invalid_request", "error_description": "The token endpoint answers POST only."}
    return json_response(error, 405, {"Allow": "POST"})


def _written(answer: TokenAnswer) -> Response:
    if answer.encode is None:
        response = json_response(answer.fields, answer.status)
    else:
        body, content_type = answer.encode(answer.fields)
        response = Response(body, answer.status, {**NO_STORE, "Content-Type": content_type})
    if answer.may_be_stored:
        for name in NO_STORE:
            del response.headers[name]
    return response


async def _authenticated_fields(request: Request, manners: Manners) -> dict[str, str]:
    unread = manners.read(request.headers.get("content-type", ""))
    if unread is not None:
        raise Interrupted(unread)
    pairs = await fields_of(request)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise OAuthError("invalid_request", "A parameter is given more than once.")
    return {**fields, "client_id": _authenticate(request, world_of(request), fields, manners)}


def _authenticate(request: Request, world: World, fields: Mapping[str, str], manners: Manners) -> str:
    header = request.headers.get("authorization")
    client_id, secret = fields.get("client_id", ""), fields.get("client_secret", "")
    if header is not None:
        if secret:
            raise OAuthError("invalid_request", "Authenticate in the header or in the body, not in both.")
        client_id, secret = _basic(header, decoded=manners.decodes_basic)
        repeated = fields.get("client_id")
        if repeated is not None and (repeated != client_id or not manners.takes_client_id_twice):
            raise OAuthError("invalid_request", "The client is named in the header and in the body.")
    scheme: Scheme = "REQUEST_BODY_CREDENTIALS" if header is None else "HTTP_BASIC"
    if scheme not in manners.schemes:
        raise OAuthError("invalid_client", "The client did not authenticate as it is registered.", 401, challenge=True)
    known = {world.client.client_id: world.client.client_secret}
    if world.behaviour.tokens.former_client == "kept":
        known[world.former.client_id] = world.former.client_secret
    expected = known.get(client_id) or (None if manners.checks_client else secret)
    wrong = expected is None or not hmac.compare_digest(secret.encode(), expected.encode())
    if expected is None or (wrong and manners.checks_secret):
        raise OAuthError("invalid_client", "Unknown client or wrong secret.", 401, challenge=True)
    return client_id


def _basic(header: str, *, decoded: bool) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        raw = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raw = ""
    name, colon, secret = raw.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", "The Authorization header is not HTTP Basic.", 401, challenge=True)
    return (unquote_plus(name), unquote_plus(secret)) if decoded else (name, secret)


async def introspect(request: Request) -> Response:
    """``POST /introspect``: whether a token is good, for the client it belongs to."""
    world = world_of(request)
    try:
        fields = await _authenticated_fields(request, Manners())
        wanted = required(fields, "token")
    except OAuthError as error:
        return error.response()
    except Interrupted as interrupted:
        return interrupted.response
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
        fields = await _authenticated_fields(request, Manners())
        world_of(request).store.revoke(required(fields, "token"))
    except OAuthError as error:
        return error.response()
    except Interrupted as interrupted:
        return interrupted.response
    return Response(status_code=200, headers=NO_STORE)
