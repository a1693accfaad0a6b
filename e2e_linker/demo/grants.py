"""What the token endpoint grants: tokens for a code (RFC 6749, section 4.1.3), new tokens for old (section 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from e2e_linker.demo.answering import TokenAnswer, Tokens
from e2e_linker.demo.manners import Manners
from e2e_linker.demo.oauth_errors import Interrupted, OAuthError, required
from e2e_linker.demo.raw_response import RawResponse
from e2e_linker.demo.store import CODE_LIFETIME_S, EXPIRES_IN_S, GrantRecord
from e2e_linker.demo.world import World

__all__ = ["granted"]

_OVERLAP_S = 0.5
"""How long a refresh is worked on where another one could get in its way; connections take up to a tenth of it."""


async def granted(world: World, fields: Mapping[str, str]) -> TokenAnswer:
    """What the request brings. Raises :class:`OAuthError` or :class:`Interrupted`."""
    match required(fields, "grant_type"):
        case "authorization_code":
            return TokenAnswer(_redeem(world, fields))
        case "refresh_token":
            if (overlap := world.behaviour.tokens.overlap) is not None:
                await _alone(world, required(fields, "refresh_token"), overlap)
            return world.behaviour.tokens.on_refresh(TokenAnswer(_refresh(world, fields)))
    raise OAuthError("unsupported_grant_type", "Use authorization_code or refresh_token.")


async def _alone(world: World, token: str, otherwise: RawResponse) -> None:
    """Work on the refresh of ``token`` for a while; a second one in that time is answered with ``otherwise``."""
    if token in world.store.refreshing:
        raise Interrupted(otherwise)
    world.store.refreshing.add(token)
    await asyncio.sleep(_OVERLAP_S)
    world.store.refreshing.discard(token)


def _redeem(world: World, fields: Mapping[str, str]) -> dict[str, object]:
    store, manners = world.store, world.behaviour.tokens.manners
    code, redirect_uri = required(fields, "code"), required(fields, "redirect_uri")
    grant = store.codes.get(code)
    of_client = grant is not None and (grant.client_id == fields["client_id"] or not manners.checks_client)
    if grant is None or not of_client or grant.expires - CODE_LIFETIME_S + manners.code_s <= store.clock():
        raise OAuthError("invalid_grant", "The code is unknown or expired.")
    if redirect_uri != grant.redirect_uri and manners.checks_redirect_uri:
        raise OAuthError("invalid_grant", "redirect_uri is not the one the code was issued for.")
    _verify(manners, grant, fields.get("code_verifier"))
    if grant.redeemed and (again := _again(world, grant, code)) is not None:
        return again
    grant.redeemed = True
    store.answered[code] = _first_answer(world, grant)
    return store.answered[code]


def _verify(manners: Manners, grant: GrantRecord, verifier: str | None) -> None:
    if grant.code_challenge and not manners.verifies(grant.code_challenge, verifier):
        raise OAuthError("invalid_grant", "code_verifier does not match the code_challenge.")
    if verifier and not grant.code_challenge:
        raise OAuthError("invalid_grant", "The code was issued without a code_challenge.")
    if manners.wants_verifier and not grant.code_challenge:
        raise OAuthError("invalid_grant", "code_verifier is required (PKCE).")


def _again(world: World, grant: GrantRecord, code: str) -> dict[str, object] | None:
    """What a code brings that was redeemed before; None where it brings tokens like the first time."""
    meets = world.behaviour.tokens.manners.used_code
    if meets == "more tokens":
        return None
    if meets == "same tokens":
        return world.store.answered[code]
    if meets == "ends the link":
        world.store.end_grant(grant)
    raise OAuthError("invalid_grant", "The code was used before.")


def _first_answer(world: World, grant: GrantRecord) -> dict[str, object]:
    store, tokens = world.store, world.behaviour.tokens
    if tokens.one_link:
        store.end_links(grant)
    access = store.access_token_of_another(grant.username) if tokens.mixes_users else None
    refresh = None
    if tokens.one_for_all:
        access, refresh = store.newest(store.access, grant), store.newest(store.refresh, grant)
    if access is None:
        access = store.add_access_token(tokens.new_access_token(), grant, grant.scope)
    withheld = tokens.offline == "never" or (tokens.offline == "first link" and grant.username in store.linked)
    store.linked.add(grant.username)
    if refresh is None and not withheld:
        refresh = store.add_refresh_token(tokens.new_refresh_token(), grant, tokens.refresh_token_s)
    return _answer(access, refresh, grant.scope, tokens)


def _refresh(world: World, fields: Mapping[str, str]) -> dict[str, object]:
    store, old = world.store, required(fields, "refresh_token")
    found = store.live(store.refresh, old)
    if found is None or found.grant.client_id != fields["client_id"]:
        raise OAuthError("invalid_grant", "The refresh token is unknown or was revoked.")
    scope = fields.get("scope") or found.scope
    if not set(scope.split()) <= set(found.scope.split()):
        raise OAuthError("invalid_scope", "A refresh cannot widen the scope.")
    tokens, new = world.behaviour.tokens, old
    if found.replaced:
        _reused(world, old)
    if tokens.access_ends == "at a refresh":
        store.end_access(found.grant)
    if tokens.rotation:
        store.retire(old, tokens.grace_s)
        new = store.add_refresh_token(tokens.new_refresh_token(), found.grant, tokens.refresh_token_s)
    access = store.add_access_token(tokens.new_access_token(), found.grant, scope)
    return _answer(access, new, scope, tokens)


def _reused(world: World, token: str) -> None:
    """What a refresh token meets that was replaced before."""
    reuse = world.behaviour.tokens.reuse
    if isinstance(reuse, RawResponse):
        raise Interrupted(reuse)
    if reuse == "ends the link":
        world.store.revoke(token)
    if reuse != "accepted":
        raise OAuthError("invalid_grant", "The refresh token was used before.")


def _answer(access_token: str, refresh_token: str | None, scope: str, tokens: Tokens) -> dict[str, object]:
    answer: dict[str, object] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": EXPIRES_IN_S,
        "scope": scope,
    }
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
        if tokens.refresh_token_s is not None and tokens.tells_refresh_s:
            answer["refresh_expires_in"] = int(tokens.refresh_token_s)
    return answer
