"""The server's memory: users, sessions, codes, tokens. One per range, forgotten with it."""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from e2e_linker.demo.link_request import LinkRequest

__all__ = [
    "CODE_LIFETIME_S",
    "EXPIRES_IN_S",
    "GrantRecord",
    "Pending",
    "Store",
    "TestUser",
    "Token",
    "new_users",
]

CODE_LIFETIME_S = 600
EXPIRES_IN_S = 3600
_MAIL_CODE_S = 120


@dataclass(frozen=True, slots=True)
class TestUser:
    """A user of the range. Both exist only as long as it does."""

    __test__ = False

    username: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    """Base32, as an authenticator app wants it."""

    def totp(self, at: float) -> str:
        """The six digits of RFC 6238 at ``at`` (seconds since the epoch)."""
        counter = struct.pack(">Q", int(at // 30))
        digest = hmac.digest(base64.b32decode(self.totp_secret), counter, "sha1")
        start = digest[-1] & 15
        number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"


def new_users() -> tuple[TestUser, TestUser]:
    """Two users with random passwords."""

    def user(name: str) -> TestUser:
        secret = base64.b32encode(secrets.token_bytes(20)).decode()
        return TestUser(f"{name}.{secrets.token_hex(3)}@brightbulb.test", secrets.token_urlsafe(12), secret)

    return user("mia"), user("kenji")


@dataclass(slots=True)
class GrantRecord:
    """What a user allowed: the family that a code, its tokens and their successors belong to."""

    username: str
    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str | None
    expires: float
    """When the code dies; seconds of the store's clock."""
    redeemed: bool = False


@dataclass(slots=True)
class Token:
    """An access or refresh token."""

    grant: GrantRecord
    scope: str
    expires: float
    issued: float
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A login on its way: through the identity provider, or waiting for its second factor."""

    request: LinkRequest
    browser: str
    """The anti-forgery value of the browser it belongs to."""
    username: str = ""
    remember: bool = False
    mailed: str = ""
    """The one-time code that was mailed for this login."""
    until: float = 0.0
    """The end of that code, by the store's clock."""


@dataclass(slots=True)
class Store:
    """Everything the server remembers."""

    users: dict[str, TestUser]
    clock: Callable[[], float] = time.time
    sessions: dict[str, str] = field(default_factory=dict)
    """Session id to user name."""
    consents: set[tuple[str, str]] = field(default_factory=set)
    """(user name, client id) of those who pressed Allow before."""
    pending: dict[str, Pending] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    """Consent tickets and the URL their decision led to, so that a double click is harmless."""
    codes: dict[str, GrantRecord] = field(default_factory=dict)
    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)
    shared_state: dict[str, str | None] = field(default_factory=dict)
    provider_codes: dict[str, str] = field(default_factory=dict)
    last_mail: dict[str, str] = field(default_factory=dict)
    """By user, the one-time code of the last mail."""
    pages_shown: int = 0
    handed_over: int = 0
    """How many codes or access tokens redirects have carried."""
    tried: list[str] = field(default_factory=list)
    """The living access tokens that the resource was shown, in the order of their first use."""
    refreshing: set[str] = field(default_factory=set)
    """Refresh tokens whose refresh is being answered."""
    answered: dict[str, dict[str, object]] = field(default_factory=dict)
    """What each code was redeemed for."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the one token request that is worked on, where only one at a time is."""
    linked: set[str] = field(default_factory=set)
    """Names of the users who have linked before."""

    def user(self, username: str, password: str) -> TestUser | None:
        """The user, if name (in any case, blanks around it ignored) and password are right."""
        found = self.users.get(username.strip().lower())
        known = found.password if found else secrets.token_urlsafe(12)
        return found if hmac.compare_digest(known.encode(), password.encode()) else None

    def new_session(self, username: str) -> str:
        """A fresh session id."""
        session = secrets.token_urlsafe(24)
        self.sessions[session] = username
        return session

    def send_mail(self, pending: Pending) -> Pending:
        """``pending`` with a new one-time code of its own for two minutes, which is mailed to its user."""
        code = f"{secrets.randbelow(1_000_000):06}"
        self.last_mail[pending.username] = code
        return replace(pending, mailed=code, until=self.clock() + _MAIL_CODE_S)

    def second_factor_is_right(self, kind: str, pending: Pending, code: str) -> bool:
        """Whether ``code`` is the one that was mailed; of others, whether it is right within 30 seconds of now."""
        digits, now = "".join(code.split()), self.clock()
        if kind == "mail":
            return now <= pending.until and hmac.compare_digest(pending.mailed.encode(), digits.encode())
        user = self.users[pending.username]
        return any(hmac.compare_digest(user.totp(now + drift).encode(), digits.encode()) for drift in (-30, 0, 30))

    def new_grant(self, request: LinkRequest, username: str) -> GrantRecord:
        """A grant for a request the user allowed; its code lives ten minutes (RFC 6749, 4.1.2)."""
        return GrantRecord(
            username=username,
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            scope=request.scope,
            code_challenge=request.code_challenge,
            expires=self.clock() + CODE_LIFETIME_S,
        )

    def add_access_token(self, token: str, grant: GrantRecord, scope: str) -> str:
        """``token``, good for an hour from now."""
        now = self.clock()
        self.access[token] = Token(grant, scope, now + EXPIRES_IN_S, now)
        return token

    def add_refresh_token(self, token: str, grant: GrantRecord, lifetime_s: float | None) -> str:
        """``token``, good for ``lifetime_s``; None for ever."""
        now = self.clock()
        self.refresh[token] = Token(grant, grant.scope, now + (lifetime_s or float("inf")), now)
        return token

    def retire(self, token: str, grace_s: float) -> None:
        """Let a refresh token that was replaced live on for the rotation's grace period."""
        found = self.refresh[token]
        found.expires, found.replaced = min(found.expires, self.clock() + grace_s), True

    def turn_of(self, token: str) -> int:
        """Which of the access tokens that were tried at the resource ``token`` is, counted from 1."""
        if token not in self.tried:
            self.tried.append(token)
        return self.tried.index(token) + 1

    def access_token_of_another(self, username: str) -> str | None:
        """A living access token that is not ``username``'s."""
        found = (token for token, known in self.access.items() if known.grant.username != username)
        return next((token for token in found if self.live(self.access, token)), None)

    def end_access(self, grant: GrantRecord, *, but: Token | None = None) -> None:
        """Forget the access tokens of ``grant``, those before ``but`` where one is named."""
        mine = [token for token, known in self.access.items() if known.grant is grant]
        for token in mine:
            if self.access[token] is but:
                return
            del self.access[token]

    def end_grant(self, grant: GrantRecord) -> None:
        """Forget all tokens of ``grant``."""
        self.end_access(grant)
        self.refresh = {token: known for token, known in self.refresh.items() if known.grant is not grant}

    def end_links(self, new: GrantRecord) -> None:
        """Forget all tokens that the user of ``new`` gave its client before."""
        for tokens in (self.access, self.refresh):
            for token, known in list(tokens.items()):
                if (known.grant.username, known.grant.client_id) == (new.username, new.client_id):
                    del tokens[token]

    def newest(self, tokens: dict[str, Token], new: GrantRecord) -> str | None:
        """The newest of ``tokens`` that is good and not replaced, and that the user of ``new`` gave its client."""
        mine = (
            token
            for token, known in reversed(tokens.items())
            if (known.grant.username, known.grant.client_id) == (new.username, new.client_id) and not known.replaced
        )
        return next((token for token in mine if self.live(tokens, token)), None)

    def live(self, tokens: dict[str, Token], token: str) -> Token | None:
        """The record of ``token``, unless unknown or expired."""
        found = tokens.get(token)
        return found if found and found.expires > self.clock() else None

    def revoke(self, token: str) -> None:
        """Forget a token; with a refresh token goes everything of its grant (RFC 7009, section 2.1)."""
        self.access.pop(token, None)
        found = self.refresh.pop(token, None)
        if found:
            self.end_grant(found.grant)
