"""How the token endpoint behaves, and the whole answers that stand in for it or for a page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from e2e_linker.demo.manners import Manners
from e2e_linker.demo.raw_response import JSON_HEADERS, Parameters, RawResponse

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = ["Parameters", "RawResponse", "TokenAnswer", "Tokens"]


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """A successful answer of the token endpoint, before it is written out."""

    fields: Mapping[str, object]
    status: int = 200
    encode: Callable[[Mapping[str, object]], tuple[str | bytes, str]] | None = None
    """Gives body and content type; None for JSON."""
    may_be_stored: bool = False
    """Whether nothing tells caches not to keep it."""


def _unavailable() -> RawResponse:
    body = '{"error": "temporarily_unavailable", "error_description": "Users cannot be looked up at the moment."}'
    return RawResponse(503, body, (*JSON_HEADERS, ("Retry-After", "5")))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The token endpoint."""

    manners: Manners = field(default_factory=Manners)
    instead: Callable[[], Response] | None = None
    """What answers in the place of the token endpoint."""
    answer: Callable[[TokenAnswer], TokenAnswer] = lambda answer: answer
    slow: bool = False
    """Every answer takes as long as the range's ``slow_answer_s``."""
    on_refresh: Callable[[TokenAnswer], TokenAnswer] = lambda answer: answer
    """What becomes of the answer to a refresh, before ``answer`` sees it."""
    new_access_token: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    keeps: Callable[[int], bool] = lambda n: True
    """Whether the resource knows the n-th access token that somebody tries there, counted from 1."""
    knows: Callable[[int], bool] = lambda n: True
    """Whether the n-th code that a redirect hands over, counted from 1, is known to the token endpoint."""
    new_refresh_token: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    offline: Literal["always", "first link", "never"] = "always"
    """Which redemptions of a code bring a refresh token."""
    refresh_token_s: float | None = None
    """Seconds that a refresh token lives; None for ever."""
    tells_refresh_s: bool = True
    """Whether answers tell them as ``refresh_expires_in``, besides the introspection endpoint."""
    rotation: bool = False
    """Refresh tokens are replaced."""
    grace_s: float = 60
    """Seconds that a refresh token which was replaced is remembered."""
    reuse: Literal["accepted", "refused", "ends the link"] | RawResponse = "accepted"
    """What it meets in that time."""
    overlap: RawResponse | None = None
    """What a refresh meets while another one with the same token is being answered."""
    access_ends: Literal["in time", "at a refresh", "when the next is used"] = "in time"
    """When the access tokens of a link end that a refresh follows."""
    one_link: bool = False
    """A link ends all earlier ones of the same user."""
    one_for_all: bool = False
    """A link gets the tokens that the same user's links have already, where they are good."""
    mixes_users: bool = False
    """Whoever redeems a code gets the access token of another user, where there is one."""
    outage: Callable[[], RawResponse] = _unavailable
    """What every request meets while the backend is down."""
    former_client: Literal["kept", "forgotten"] = "kept"
    """Whether links of before the migration can still be refreshed, with the client and at the URL of then."""
