"""Where secrets stand by the rules of the protocols: which parameters, headers and cookies hold one.

``state`` is never among them: Alexa made it up, the audits compare it. Neither is ``SAMLRequest``, which any visitor of
the login page is handed, nor ``code_challenge``, which is public by design (RFC 7636, section 7.2).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

__all__ = [
    "SecretValue",
    "bears_secrets",
    "cookies_hidden",
    "cookies_in",
    "is_unguessable",
    "secrets_in_fields",
    "secrets_in_header",
    "secrets_in_url",
]

SecretValue = tuple[str, str]
"""A value and the kind of secret it is."""

_BY_NAME = {
    "code": "code",
    "authorizationcode": "code",
    "devicecode": "code",
    "ticket": "code",
    "accesstoken": "access_token",
    "oauthtoken": "access_token",
    "refreshtoken": "refresh_token",
    "idtoken": "id_token",
    "idtokenhint": "id_token",
    "clientsecret": "client_secret",
    "codeverifier": "code_verifier",
    "oauthverifier": "code_verifier",
    "assertion": "assertion",
    "clientassertion": "assertion",
    "samlresponse": "assertion",
    "samlart": "assertion",
}
_TYPED = (
    (
        re.compile(r"(password|passwd|passwort|passphrase|kennwort|contrasena|motdepasse|senha|pwd|^pass)\d*$"),
        "password",
    ),
    (re.compile(r"(totp|otp|onetimecode|passcode|mfacode|verificationcode|securitycode|^pin)\d*$"), "otp"),
)
_OPAQUE = re.compile(r"(token|secret|jwt|assertion|session|sessionid|sid)$")
_BEARING = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "www-authenticate",
        "proxy-authenticate",
        "authentication-info",
        "cookie",
        "set-cookie",
        "location",
        "content-location",
        "referer",
        "refresh",
    }
)
_ADDRESS = re.compile(r"\s|^/|^https?:|^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?$", re.IGNORECASE)
_PARAMETERS = re.compile(r"[?#@&;]")
_INNER = re.compile(r"[?&;]\w+=")
"""Where a parameter begins that was joined to the value of another in a wrong way."""
_PIECES = re.compile(r"[^\s,;=\"']+=*")
_WORD = re.compile(r"[A-Za-z]{1,15}|\d{1,5}|[a-z]+([_-][A-Za-z]+)+")


def is_unguessable(value: str) -> bool:
    """Whether ``value`` looks made up by a machine, so that what equals it is it: no word, date or address."""
    if len(value) < 16 or _ADDRESS.search(unquote(value)):
        return False
    if value.isdigit():
        return True
    mixed = bool(re.search(r"\d", value)) or bool(re.search(r"[a-z][A-Z]|[A-Z][a-z].*[A-Z]", value))
    return mixed and len(set(value)) >= 8


@lru_cache(maxsize=4096)
def _kind_of_name(name: str) -> tuple[str | None, bool]:
    """The kind of secret that stands under ``name``, and whether something unguessable under it is one, too."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    typed = (kind for pattern, kind in _TYPED if pattern.search(plain))
    return _BY_NAME.get(plain) or next(typed, None), bool(_OPAQUE.search(plain))


def _kind_of(name: str, value: str) -> str | None:
    kind, opaque = _kind_of_name(name)
    if kind is not None:
        return None if _WORD.fullmatch(value) else kind
    return "token" if opaque and is_unguessable(value) else None


def secrets_in_fields(fields: Iterable[tuple[str, str]]) -> Iterator[SecretValue]:
    """The secrets among named values, such as form fields, by their names.

    A plain word is not taken for a secret: names mean several things (``code=login_required``, ``show_password=true``).
    The password that the tester configured is registered by who reads it, whatever it looks like.
    """
    for name, value in fields:
        if kind := _kind_of(name, value):
            yield value, kind
        elif "://" in value or value.startswith("/") or _INNER.search(value):
            yield from secrets_in_url(value)


def secrets_in_url(url: str) -> Iterator[SecretValue]:
    """The secrets in a URL's query, fragment and user information, and in URLs that are its parameters.

    Also behind a ``;`` of its path (RFC 3986, section 3.3), as Java servers write session ids, and behind an ``&`` that
    stands in place of the ``?``.
    """
    if not _PARAMETERS.search(url):
        return
    try:
        parts = urlsplit(url)
        user, password = parts.username, parts.password
    except ValueError:
        return
    if password:
        yield unquote(password), "password"
    elif user and is_unguessable(unquote(user)):
        yield unquote(user), "token"
    before = re.split("[&;]", parts.netloc.rpartition("@")[2] + parts.path)[1:]
    for text in ("&".join(before), parts.query, parts.fragment.partition("?")[2] or parts.fragment):
        if "=" in text:
            try:
                fields = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
            except ValueError:
                continue
            yield from secrets_in_fields(
                (name, value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")) for name, value in fields
            )


def cookies_in(name: str, value: str) -> list[tuple[str, str]]:
    """The cookies (name, value) of a ``Cookie`` or ``Set-Cookie`` header; none of any other header.

    Firefox joins several ``Set-Cookie`` with line feeds.
    """
    header = name.lower()
    if header == "set-cookie":
        pairs = [line.partition(";")[0] for line in value.split("\n")]
    elif header == "cookie":
        pairs = value.split(";")
    else:
        return []
    split = (pair.strip().partition("=") for pair in pairs)
    return [(left, right) if joint else ("", left) for left, joint, right in split]


def cookies_hidden(name: str, value: str, hide: Callable[[str], str]) -> str:
    """The ``Cookie`` or ``Set-Cookie`` header with ``hide`` applied to the value of each cookie."""
    glue = "\n" if name.lower() == "set-cookie" else ";"
    hidden: list[str] = []
    for part in value.split(glue):
        pair, joint, attributes = part.partition(";")
        left, equals, right = pair.partition("=")
        hidden.append(f"{left}{equals}{hide(right.strip())}" if equals else hide(pair.strip()))
        hidden[-1] += joint + attributes
    return glue.join(hidden)


@lru_cache(maxsize=4096)
def bears_secrets(name: str) -> bool:
    """Whether the header ``name`` may hold a secret, whatever its value."""
    header = name.lower()
    return header in _BEARING or bool(_OPAQUE.search(header))


def secrets_in_header(name: str, value: str) -> Iterator[SecretValue]:
    """The secrets in one header: credentials, unguessable cookie values, secrets in the URL it names."""
    header = name.lower()
    if header in {"authorization", "proxy-authorization"}:
        yield from _credentials(value)
    elif header in {"cookie", "set-cookie"}:
        for _, cookie in cookies_in(header, value):
            bare = cookie.strip('"')
            if is_unguessable(bare):
                yield bare, "cookie"
            elif "://" in unquote(bare) or unquote(bare).startswith("/"):
                yield from secrets_in_url(unquote(bare))
    elif header in {"location", "content-location", "referer"}:
        yield from secrets_in_url(value)
    elif header == "refresh":
        yield from secrets_in_url(re.sub(r"^[^=]*=\s*", "", value).strip("'\""))
    elif _OPAQUE.search(header):
        # Behind the name of a scheme, before attributes, or one of several.
        yield from ((piece, "token") for piece in _PIECES.findall(value) if is_unguessable(piece))


def _credentials(value: str) -> Iterator[SecretValue]:
    scheme, _, rest = value.strip().partition(" ")
    credentials = rest.strip() or scheme
    if scheme.lower() != "basic":
        yield credentials, "access_token"
        return
    yield credentials, "basic"
    try:
        pair = base64.b64decode(credentials + "=" * (-len(credentials) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return
    secret = pair.partition(":")[2]
    # RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
    if decoded := unquote_plus(secret):
        yield decoded, "client_secret"
    if secret:
        yield secret, "client_secret"
