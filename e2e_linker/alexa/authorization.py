"""The authorization request as Alexa sends it, and how its answer is recognised when it comes back.

Sources: Amazon, "Configure an Authorization Code Grant" and "Configure an Implicit Grant"; RFC 6749 sections 4.1.1 and
4.2.1; RFC 7636 section 4. The shape of ``state`` (several hundred base64url characters that begin ``A2SAAEAE``) is what
servers have logged in the field.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from e2e_linker.model import Grant, Record, Region

__all__ = [
    "SPECIAL_CHARACTERS",
    "Authorization",
    "AuthorizationRequest",
    "authorization",
    "hands_over",
    "is_arrival",
    "new_state",
    "new_verifier",
    "s256",
]

STATE_PREFIX = "A2SAAEAE"
STATE_LENGTH = 352
SPECIAL_CHARACTERS = "%+=/~"
"""Characters Alexa's own states do not use today, but which RFC 6749 requires a server to return unharmed."""

StateKind = Literal["alexa", "special"]

_LINKING_PATH = re.compile(r"/+(?:api/+skill/+link|spa/+skill/+account-linking)(?![a-z])", re.IGNORECASE)
"""How the paths of Alexa's redirect URIs begin."""
_ANSWERS = re.compile(r"[?&#](?:code|access_token|error)=")
_STATE = re.compile(r"[?&#]state=")


class AuthorizationRequest(Record):
    """What was asked of the authorization server. Holds no secret: ``state`` and ``code_challenge`` are public."""

    url: str
    """The full URL opened in the browser."""
    endpoint: str
    """The authorization URL of the skill, without Alexa's parameters."""
    client_id: str
    grant: Grant
    region: Region
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    """Unencoded, as it must come back."""
    code_challenge: str | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request and the secret that belongs to it."""

    request: AuthorizationRequest
    code_verifier: str | None
    """The PKCE verifier; register it before the request is sent."""


def new_state(kind: StateKind = "alexa", length: int = STATE_LENGTH) -> str:
    """A fresh, incompressible state of ``length`` characters.

    ``special`` mixes in :data:`SPECIAL_CHARACTERS`, a percent sequence and both letter cases, so that every kind of
    careless re-encoding shows.
    """
    body = secrets.token_urlsafe(length)
    if kind == "special":
        return (STATE_PREFIX + "%2B+a/b==~%" + body)[: length - 3] + "+/="
    return (STATE_PREFIX + body)[:length]


def new_verifier() -> str:
    """A PKCE code verifier of 43 characters (RFC 7636, section 4.1)."""
    return secrets.token_urlsafe(32)


def s256(verifier: str) -> str:
    """The S256 code challenge of ``verifier``."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def authorization(
    *,
    endpoint: str,
    client_id: str,
    grant: Grant,
    region: Region,
    redirect_uri: str,
    scopes: Sequence[str] = (),
    pkce: bool = False,
    state: str | None = None,
) -> Authorization:
    """The request Alexa would send to ``endpoint``.

    Parameters are appended to a query the endpoint already has (that is how every recipe for Google works), scopes are
    joined with ``%20``, PKCE is sent only when the skill has it on.
    """
    state = new_state() if state is None else state
    verifier = new_verifier() if pkce and grant is Grant.AUTH_CODE else None
    challenge = s256(verifier) if verifier else None
    parameters = [
        ("client_id", client_id),
        ("response_type", "code" if grant is Grant.AUTH_CODE else "token"),
        ("state", state),
        *([("scope", " ".join(scopes))] if scopes else []),
        ("redirect_uri", redirect_uri),
        *([("code_challenge", challenge), ("code_challenge_method", "S256")] if challenge else []),
    ]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters)
    base, _, fragment = endpoint.partition("#")
    joint = "" if base.endswith(("?", "&")) else "&" if urlsplit(base).query else "?"
    url = f"{base}{joint}{query}" + (f"#{fragment}" if fragment else "")
    request = AuthorizationRequest(
        url=url,
        endpoint=endpoint,
        client_id=client_id,
        grant=grant,
        region=region,
        redirect_uri=redirect_uri,
        scopes=tuple(scopes),
        state=state,
        code_challenge=challenge,
    )
    return Authorization(request=request, code_verifier=verifier)


def is_arrival(url: str, redirect_uris: Sequence[str], *, led: bool = True) -> bool:
    """Whether a request for ``url`` hands an answer to Alexa.

    True where scheme, host and the path's beginning are those of one of ``redirect_uris``: a redirect that is malformed
    after that (``&`` for ``?``, a lost ``vendorId``) has still arrived, only wrongly. ``led`` is False where neither a
    navigation nor a redirect led there: what a page or an app asks a host of Alexa's for beside it (a picture, a list
    of messages) is no answer, unless it looks like one.
    """
    try:
        seen = urlsplit(url)
        host = (seen.hostname or "").lower()
    except ValueError:
        return False
    for uri in redirect_uris:
        wanted = urlsplit(uri)
        if (
            seen.scheme in {"http", "https"}
            and host == (wanted.hostname or "").lower()
            and unquote(seen.path).startswith(unquote(wanted.path))
            and (led or wanted.path not in {"", "/"} or hands_over(url))
        ):
            return True
    return False


def hands_over(url: str) -> bool:
    """Whether ``url``, on a host of Alexa's, looks like an answer: by its path, or by an answer and a state in it."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return False
    return bool(_LINKING_PATH.match(path) or (_ANSWERS.search(url) and _STATE.search(url)))
