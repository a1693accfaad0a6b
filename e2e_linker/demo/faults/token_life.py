"""Faults in the life of tokens: refreshing, rotation, second links, lifetimes."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour, RawResponse, TokenAnswer
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import answering, form_encoded, implicit, on_refresh, with_tokens
from e2e_linker.demo.raw_response import JSON_HEADERS
from e2e_linker.model import Depth, Grant

_DAY_S = 24 * 3600
_PROBED = Needs(depth=Depth.STANDARD)
_PROBED_LONG = Needs(depth=Depth.THOROUGH)
_GRACE = "token-rotation-grace-30s"


def _refreshing(b: Behaviour, **fields: object) -> Behaviour:
    """``b`` whose answers to a refresh have these fields; None leaves one out."""

    def change(answer: TokenAnswer) -> TokenAnswer:
        known = {**answer.fields, **fields}
        return replace(answer, fields={name: value for name, value in known.items() if value is not None})

    return on_refresh(b, change)


def _with_expiry(b: Behaviour, seconds: int) -> Behaviour:
    return answering(b, lambda answer: replace(answer, fields={**answer.fields, "expires_in": seconds}))


@fault(
    "token-no-early-invalidation",
    may=("cfg-implicit-discouraged",),
    needs=Needs(depth=Depth.STANDARD, grant=Grant.IMPLICIT),
)
def redirect_token_unknown(b: Behaviour) -> Behaviour:
    """Of two workers that look after new access tokens in turn, one knows none that a redirect handed over."""
    return with_tokens(implicit(b), keeps=lambda n: n % 2 == 1)


@fault("token-refresh-works", may=("token-no-early-invalidation",), needs=_PROBED)
def refresh_fails(b: Behaviour) -> Behaviour:
    """The token endpoint redeems codes and knows no refresh_token grant."""
    error = TokenAnswer({"error": "unsupported_grant_type", "error_description": "Use authorization_code."}, 400)
    return on_refresh(b, lambda answer: error)


@fault("token-refresh-works", needs=_PROBED)
def refresh_token_spent(b: Behaviour) -> Behaviour:
    """A refresh spends its refresh token and brings no other."""
    rotating = _refreshing(b, refresh_token=None)
    return with_tokens(rotating, rotation=True, reuse="refused")


@fault("token-expires-in-on-refresh", needs=_PROBED)
def refresh_without_lifetime(b: Behaviour) -> Behaviour:
    """The answer to a refresh has no expires_in."""
    return _refreshing(b, expires_in=None)


@fault("token-json-body", needs=_PROBED)
def refresh_declared_as_html(b: Behaviour) -> Behaviour:
    """The answer to a refresh is JSON, but declared as HTML; that to an exchange is declared rightly."""
    html = "text/html; charset=utf-8"
    return on_refresh(b, lambda answer: replace(answer, encode=lambda fields: (json.dumps(fields), html)))


@fault("token-json-body", needs=_PROBED)
def refresh_may_be_stored(b: Behaviour) -> Behaviour:
    """Nothing keeps caches from storing the answer to a refresh."""
    return on_refresh(b, lambda answer: replace(answer, may_be_stored=True))


@fault("token-fields", needs=_PROBED)
def refresh_without_token_type(b: Behaviour) -> Behaviour:
    """The answer to a refresh has no token_type."""
    return _refreshing(b, token_type=None)


@fault("token-refresh-works", needs=_PROBED)
def refresh_form_encoded(b: Behaviour) -> Behaviour:
    """The answer to a refresh is form-encoded, that to an exchange is JSON."""
    return on_refresh(b, lambda answer: replace(answer, encode=form_encoded))


@fault("token-expires-in-min-360", needs=_PROBED)
def refresh_short_lifetime(b: Behaviour) -> Behaviour:
    """Access tokens of a refresh live five minutes, the first one an hour."""
    return _refreshing(b, expires_in=300)


@fault("token-expires-in-min-360", may=("token-default-expiry-consistent",))
def token_five_minutes(b: Behaviour) -> Behaviour:
    """Access tokens live five minutes."""
    return _with_expiry(b, 300)


@fault("token-ttl-recommended-1h", may=("token-default-expiry-consistent",))
def token_half_an_hour(b: Behaviour) -> Behaviour:
    """Access tokens live half an hour."""
    return _with_expiry(b, 1800)


@fault("token-refresh-issued")
def no_refresh_token(b: Behaviour) -> Behaviour:
    """The code brings an access token and no refresh token."""
    return with_tokens(b, offline="never")


@fault("token-refresh-issued", needs=_PROBED)
def refresh_token_first_link_only(b: Behaviour) -> Behaviour:
    """Only the first link of a user brings a refresh token."""
    return with_tokens(b, offline="first link")


@fault("token-refresh-late")
def refresh_token_of_session(b: Behaviour) -> Behaviour:
    """A refresh token ends with the login session, after half an hour."""
    return with_tokens(b, refresh_token_s=1800)


@fault("token-refresh-ttl-180d")
def refresh_token_90_days(b: Behaviour) -> Behaviour:
    """Refresh tokens end after 90 days."""
    return with_tokens(b, refresh_token_s=90 * _DAY_S)


@fault("token-refresh-ttl-180d", needs=_PROBED)
def refresh_token_90_days_untold(b: Behaviour) -> Behaviour:
    """Refresh tokens end after 90 days, which no token answer says, but the introspection endpoint does."""
    return with_tokens(b, refresh_token_s=90 * _DAY_S, tells_refresh_s=False)


@fault("token-refresh-inactivity-1y", needs=_PROBED)
def refresh_token_idle_200_days(b: Behaviour) -> Behaviour:
    """Every refresh brings a refresh token that ends when it is not used for 200 days."""
    return with_tokens(b, rotation=True, refresh_token_s=200 * _DAY_S)


@fault(_GRACE, needs=_PROBED)
def rotation_without_grace(b: Behaviour) -> Behaviour:
    """A refresh token that was replaced is refused at once."""
    return with_tokens(b, rotation=True, reuse="refused")


@fault(_GRACE, needs=_PROBED)
def rotation_ends_family(b: Behaviour) -> Behaviour:
    """Using a replaced refresh token again ends the whole link."""
    return with_tokens(b, rotation=True, reuse="ends the link")


@fault(_GRACE, needs=_PROBED)
def reuse_empty_body(b: Behaviour) -> Behaviour:
    """A replaced refresh token is answered with status 200 and nothing else."""
    return with_tokens(b, rotation=True, reuse=RawResponse(200, headers=JSON_HEADERS))


@fault(_GRACE, needs=_PROBED)
def reuse_403(b: Behaviour) -> Behaviour:
    """A firewall answers a replaced refresh token with 403."""
    page = "<!doctype html><title>403 Forbidden</title><h1>Request blocked</h1>"
    return with_tokens(b, rotation=True, reuse=RawResponse(403, page, (("Content-Type", "text/html"),)))


@fault(_GRACE, needs=_PROBED)
def reuse_error_with_200(b: Behaviour) -> Behaviour:
    """A replaced refresh token is answered with an error and status 200."""
    return with_tokens(b, rotation=True, reuse=RawResponse(200, '{"error": "invalid_grant"}', JSON_HEADERS))


@fault(_GRACE, needs=_PROBED)
def refresh_race_500(b: Behaviour) -> Behaviour:
    """Of two refreshes at the same moment one fails on a database lock with 500."""
    return with_tokens(b, overlap=RawResponse(500, '{"error": "server_error"}', JSON_HEADERS))


@fault(_GRACE, needs=_PROBED_LONG)
def rotation_grace_10s(b: Behaviour) -> Behaviour:
    """A refresh token that was replaced stays good for ten seconds."""
    return with_tokens(b, rotation=True, grace_s=10)


@fault("token-previous-access-valid", needs=_PROBED)
def refresh_ends_access(b: Behaviour) -> Behaviour:
    """A refresh ends the access token before it."""
    return with_tokens(b, access_ends="at a refresh")


@fault("token-previous-access-valid", needs=_PROBED)
def next_access_ends_access(b: Behaviour) -> Behaviour:
    """The first use of the access token of a refresh ends the one before it."""
    return with_tokens(b, access_ends="when the next is used")


@fault("token-no-early-invalidation", needs=_PROBED)
def second_link_ends_first(b: Behaviour) -> Behaviour:
    """A user's next link ends the one before."""
    return with_tokens(b, one_link=True)


@fault("token-no-early-invalidation", may=(_GRACE,), needs=_PROBED)
def links_share_tokens(b: Behaviour) -> Behaviour:
    """A user's links all get the same tokens, and a refresh for one of them replaces those of the others."""
    return with_tokens(b, one_for_all=True, rotation=True, reuse="refused")


@fault("token-identifies-user", needs=_PROBED)
def users_mixed_up(b: Behaviour) -> Behaviour:
    """Whoever links second gets the first user's access token."""
    return with_tokens(b, mixes_users=True)


@fault("token-migration-keep-old", needs=_PROBED)
def former_client_deleted(b: Behaviour) -> Behaviour:
    """The client that earlier links were made with no longer exists."""
    return with_tokens(b, former_client="forgotten")


@fault("token-size")
def huge_access_token(b: Behaviour) -> Behaviour:
    """Access tokens have more than 3,000 bytes."""
    return with_tokens(b, new_access_token=lambda: secrets.token_urlsafe(2300))


@fault("token-vocabulary-ascii")
def token_needs_encoding(b: Behaviour) -> Behaviour:
    """Refresh tokens contain a plus and a percent sign."""
    return with_tokens(b, new_refresh_token=lambda: f"{secrets.token_urlsafe(16)}+%{secrets.token_urlsafe(16)}")
