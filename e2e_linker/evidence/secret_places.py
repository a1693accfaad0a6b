"""Where secrets stand by the rules of the protocols: which parameters, headers and cookies hold one.

``state`` is never among them: Alexa made it up, the audits compare it. Neither is ``SAMLRequest``, which any visitor of
the login page is handed, nor ``code_challenge``, which is public by design (RFC 7636, section 7.2).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from urllib.parse import unquote, unquote_plus, urlsplit

from e2e_linker.alexa.facts import is_alexas
from e2e_linker.evidence.cookie_headers import cookies_in
from e2e_linker.evidence.field_names import OPTIONAL_WORD, kind_named, plain_name
from e2e_linker.evidence.handed_over import as_sent, bare_name, fields_of, handed_over, laid_open, members
from e2e_linker.evidence.token_looks import is_unguessable, is_wording
from e2e_linker.evidence.web_tokens import PUBLIC_NAMES, holds_web_token, web_tokens

__all__ = [
    "SecretValue",
    "bears_secrets",
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
_KEYS = re.compile(r"(?:api|subscription|access|functions?)-?key$")
"""How headers with a key of the caller's end."""
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
_PARAMETERS = re.compile(r"[?#@&;=]|\.amazon\.|(?:code|token|ticket|secret|password)/", re.IGNORECASE)
_HIDDEN = re.compile(r"%(?:25)*(?:3f|23|26|3b|3d)", re.IGNORECASE)
"""What parts an address, percent-encoded, also over and over."""
_LINKING = re.compile(r"/+(?:api|spa)/+skill\b", re.IGNORECASE)
"""The beginning of all paths at which Alexa takes an answer; its own pages have others."""
_DEEPEST = 40
"""URLs within each other that are looked into."""
_PIECES = re.compile(r"[^\s,;=\"']+=*")


@lru_cache(maxsize=4096)
def _kind_of_name(name: str) -> tuple[str | None, bool]:
    """The kind of secret that stands under ``name``, and whether something unguessable under it is one, too."""
    # Within brackets (``params[code]``, ``code[0]``) it is the same, but not where an error is told (``error[code]``).
    outer, _, last = (given := bare_name(name.lower()).rpartition("/")[2]).rpartition("[")
    plain, inner = (plain_name(text) for text in (given, "" if outer.startswith("err") else last))
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
            continue
        # What was encoded as a whole stands in place of a name.
        text = laid_open(f"{name}={value}" if value and "=" in name else value or name)
        if found := members(text):
            yield from secrets_in_fields(found, depth=depth + 1)
        elif text:
            yield from secrets_in_url(text, depth=depth + 1)
        elif bare_name(name.lower()) not in PUBLIC_NAMES:
            yield from _signed_in(value)


def secrets_in_url(url: str, *, depth: int = 0) -> Iterator[SecretValue]:
    """The secrets in a URL's query, fragment and user information, and in URLs that are its parameters.

    Also behind a ``;`` of its path (RFC 3986, section 3.3), as Java servers write session ids, behind an ``&`` that
    stands in place of the ``?``, behind the name in a path, and behind signs that are percent-encoded, as in a URL that
    was encoded as a whole. JSON web tokens are secrets in any part of it.
    """
    yield from _in_parts(url, depth)
    path = re.split("[?#]", url, maxsplit=1)[0]
    if _HIDDEN.search(path) and depth < _DEEPEST:
        yield from secrets_in_url(unquote(path), depth=depth + 1)
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
    steps = path.split("/")
    yield from _named_in_path(steps)
    inner = fields_of("&".join([*(step for step in steps if "=" in step), *before]))
    # What is hidden in a path is read as an address of its own, and no text twice: so hostile ones are soon read.
    yield from secrets_in_fields(inner, depth=_DEEPEST - 1 if _HIDDEN.search(parts.path) else depth)
    fields = [*fields_of(parts.query), *fields_of(parts.fragment.partition("?")[2] or parts.fragment)]
    yield from secrets_in_fields(fields, depth=depth)
    if is_alexas(parts.hostname or "") and _LINKING.match(parts.path):
        pieces = (as_sent(piece.replace("+", "%2B")) for piece in re.split("[/=]", path)[1:])
        yield from handed_over([*inner, *fields, *(("", piece) for piece in pieces)])


def _named_in_path(steps: list[str]) -> Iterator[SecretValue]:
    for name, value in pairwise(steps):
        kind = _kind_of_name(name)[0]
        if kind and "." not in value and "=" not in value and is_unguessable(value) and not is_wording(value):
            yield value, kind


def _signed_in(text: str) -> Iterator[SecretValue]:
    yield from ((token, "token") for token in web_tokens(text))


def bears_secrets(name: str, value: str) -> bool:
    """Whether the header may hold a secret: by its name whatever its value, or by a value that has the looks of one."""
    return _bears_by_name(name) or holds_web_token(value)


@lru_cache(maxsize=4096)
def _bears_by_name(name: str) -> bool:
    header = name.lower()
    return header in _BEARING or bool(_OPAQUE.search(header) or _KEYS.search(header)) or _is_password(header)


def _is_password(header: str) -> bool:
    return kind_named(plain_name(header)) == "password"


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
    elif _is_password(header):
        if not OPTIONAL_WORD.fullmatch(value):
            yield value, "password"
    elif _OPAQUE.search(header) or _KEYS.search(header):
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
