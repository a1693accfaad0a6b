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
from urllib.parse import unquote, unquote_plus, urlsplit

from e2e_linker.alexa.facts import is_alexas
from e2e_linker.evidence.field_names import OPTIONAL_WORD, kind_named
from e2e_linker.evidence.handed_over import as_sent, bare_name, fields_of, handed_over, legible, members
from e2e_linker.evidence.token_looks import is_unguessable, is_wording
from e2e_linker.evidence.web_tokens import PUBLIC_NAMES, holds_web_token, web_tokens

__all__ = [
    "SecretValue",
    "bears_secrets",
    "cookies_hidden",
    "cookies_in",
    "secrets_in_fields",
    "secrets_in_header",
    "secrets_in_url",
]

SecretValue = tuple[str, str]
"""A value and the kind of secret it is."""

_BY_NAME = {
    "code": "code",
    "authcode": "code",
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
_OPAQUE = re.compile(
    r"(?:token(?:-?(?:id|value|string))?|secret(?:-?key)?|jwt|bearer|assertion|ticket|verifier|session(?:-?(?:id|key))?"
    r"|sid)$"
)
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
_PARAMETERS = re.compile(r"[?#@&;]|\.amazon\.", re.IGNORECASE)
_LINKING = re.compile(r"/+(?:api|spa)/+skill\b", re.IGNORECASE)
"""The beginning of all paths at which Alexa takes an answer; its own pages have others."""
_INNER = re.compile(r"[?&;]\w+=")
"""Where a parameter begins that was joined to the value of another in a wrong way."""
_DEEPEST = 40
"""URLs within each other that are looked into."""
_PIECES = re.compile(r"[^\s,;=\"']+=*")


@lru_cache(maxsize=4096)
def _kind_of_name(name: str) -> tuple[str | None, bool]:
    """The kind of secret that stands under ``name``, and whether something unguessable under it is one, too."""
    # Within brackets (``params[code]``, ``code[0]``) it is the same, but not where an error is told (``error[code]``).
    outer, _, last = (given := bare_name(name.lower())).rpartition("[")
    plain, inner = (re.sub(r"[^a-z0-9]", "", text) for text in (given, "" if outer.startswith("err") else last))
    return _BY_NAME.get(plain) or _BY_NAME.get(inner) or kind_named(plain), bool(_OPAQUE.search(plain))


def _kind_of(name: str, value: str) -> str | None:
    kind, opaque = _kind_of_name(name)
    if kind is not None:
        plain = OPTIONAL_WORD.fullmatch(value) and (is_wording(value) or not is_unguessable(value))
        return None if plain else kind
    return "token" if opaque and is_unguessable(value) else None


def secrets_in_fields(fields: Iterable[tuple[str, str]], *, depth: int = 0) -> Iterator[SecretValue]:
    """The secrets among named values, such as form fields, by their names.

    A plain word is not taken for a secret: names mean several things (``code=login_required``, ``show_password=true``).
    The password that the tester configured is registered by who reads it, whatever it looks like, and what was typed
    into a captured form by :class:`~e2e_linker.evidence.typed_fields.TypedFields`. ``depth``: how many URLs the fields
    stand in, one within the other.
    """
    for name, value in fields if depth < _DEEPEST else ():
        if kind := _kind_of(name, value):
            yield value, kind
        elif "://" in (text := legible(value)) or text.startswith("/") or _INNER.search(text):
            yield from secrets_in_url(text, depth=depth + 1)
        elif value.startswith("{"):
            yield from secrets_in_fields(members(value), depth=depth + 1)
        elif bare_name(name.lower()) not in PUBLIC_NAMES:
            yield from _signed_in(value)


def secrets_in_url(url: str, *, depth: int = 0) -> Iterator[SecretValue]:
    """The secrets in a URL's query, fragment and user information, and in URLs that are its parameters.

    Also behind a ``;`` of its path (RFC 3986, section 3.3), as Java servers write session ids, and behind an ``&`` that
    stands in place of the ``?``. JSON web tokens are secrets in any part of it.
    """
    yield from _in_parts(url, depth)
    yield from _signed_in(url)


def _in_parts(url: str, depth: int) -> Iterator[SecretValue]:
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
    path, *before = re.split("[&;]", parts.netloc.rpartition("@")[2] + parts.path)
    texts = ("&".join(before), parts.query, parts.fragment.partition("?")[2] or parts.fragment)
    fields = [field for text in texts for field in fields_of(text)]
    yield from secrets_in_fields(fields, depth=depth)
    if is_alexas(parts.hostname or "") and _LINKING.match(parts.path):
        pieces = (as_sent(piece.replace("+", "%2B")) for piece in re.split("[/=]", path)[1:])
        yield from handed_over([*fields, *(("", piece) for piece in pieces)])


def _signed_in(text: str) -> Iterator[SecretValue]:
    yield from ((token, "token") for token in web_tokens(text))


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


def bears_secrets(name: str, value: str) -> bool:
    """Whether the header may hold a secret: by its name whatever its value, or by a value that has the looks of one."""
    return _bears_by_name(name) or holds_web_token(value)


@lru_cache(maxsize=4096)
def _bears_by_name(name: str) -> bool:
    header = name.lower()
    return header in _BEARING or bool(_OPAQUE.search(header))


def secrets_in_header(name: str, value: str) -> Iterator[SecretValue]:
    """The secrets in one header: credentials, unguessable cookie values, secrets in the URL it names, web tokens."""
    yield from _by_header(name.lower(), value)
    yield from _signed_in(value)


def _by_header(header: str, value: str) -> Iterator[SecretValue]:
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
