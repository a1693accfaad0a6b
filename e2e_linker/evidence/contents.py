"""What a request and its answer hold: parameters, form fields, cookies, the beginning of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from html import unescape
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.alexa.facts import REDIRECT_LABELS
from e2e_linker.evidence.cutting import cut
from e2e_linker.evidence.headers import media_type
from e2e_linker.evidence.loose_json import structure_in
from e2e_linker.evidence.prose import is_sentence, names_error
from e2e_linker.evidence.traffic import Body, Headers, Param, SetCookie
from e2e_linker.evidence.web_tokens import web_tokens

__all__ = [
    "BODY_LIMIT",
    "EXCERPT_LIMIT",
    "body_of",
    "excerpt_of",
    "is_text",
    "set_cookies",
    "texts_within",
    "url_params",
]

BODY_LIMIT = 512 * 1024
"""Bytes of a body that are read."""
EXCERPT_LIMIT = 4_000
"""Characters of a text that are kept."""

_MULTIPART_LIMIT = 256 * 1024
_TO_ALEXA = re.compile(
    rf"https?:(?:\\?/){{2}}(?:{'|'.join(REDIRECT_LABELS)})\.amazon\.[^\s\"'`<>]+".encode(), re.IGNORECASE
)


def url_params(url: str) -> tuple[Param, ...]:
    """The parameters of the query and, where it is made like one, of the fragment; decoded once, in order."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    return _params(parts.query, "query") + (_params(parts.fragment, "fragment") if "=" in parts.fragment else ())


def body_of(data: bytes | None, content_type: str | None) -> Body | None:
    """``data`` as form fields, or as the beginning of its text. None where the request has no body."""
    if data is None:
        return None
    kind = media_type(content_type)
    if kind == "application/x-www-form-urlencoded":
        fields = _params(data.decode("utf-8", "replace"), "body")
        return Body(content_type=content_type, size=len(data), fields=fields)
    if kind == "multipart/form-data":
        fields = _multipart(data[:_MULTIPART_LIMIT], content_type or "")
        return Body(content_type=content_type, size=len(data), fields=fields)
    text = cut(data[: EXCERPT_LIMIT * 4].decode("utf-8", "replace"), EXCERPT_LIMIT) if is_text(kind) else None
    return Body(content_type=content_type, size=len(data), text=text)


def set_cookies(headers: Headers) -> tuple[SetCookie, ...]:
    """Every cookie set by ``headers``; Firefox hands several over as one value with line breaks between them."""
    values = [value for name, value in headers if name.lower() == "set-cookie"]
    return tuple(_set_cookie(line) for value in values for line in value.split("\n") if line.strip())


def is_text(content_type: str | None) -> bool:
    """Whether a body of this type is text a person can read. A body without a type is taken for text."""
    kind = media_type(content_type)
    known = kind.endswith(("json", "xml")) or kind in {"application/javascript", "application/x-www-form-urlencoded"}
    return not kind or kind.startswith("text/") or known


def excerpt_of(data: bytes, content_type: str | None) -> str:
    """The beginning of ``data`` as text, in the character set its type names, or UTF-8."""
    message = Message()
    message["Content-Type"] = content_type or "text/plain"
    charset = message.get_content_charset("utf-8")
    beginning = data[: EXCERPT_LIMIT * 4]
    try:
        return cut(beginning.decode(charset, "replace"), EXCERPT_LIMIT)
    except LookupError:
        return cut(beginning.decode("utf-8", "replace"), EXCERPT_LIMIT)


def texts_within(data: bytes | None, *, sent: bool = False) -> Iterator[tuple[str, str]]:
    """The members of a JSON object that are texts, wherever in it they stand; without a name, addresses of Alexa's and
    JSON web tokens, in whatever they stand.

    A page may hand its answer to Alexa over to a script, so that no request ever bears it. What was ``sent`` to a
    server was typed by somebody; of what a server answers, sentences on what is wrong and names of errors are left out.
    """
    if not data:
        return
    yield from (("", _plain(found.decode("utf-8", "replace"))) for found in _TO_ALEXA.findall(data))
    yield from _members(data, sent=sent)
    yield from (("", token) for token in web_tokens(data.decode("utf-8", "replace")))


def _members(data: bytes, *, sent: bool) -> Iterator[tuple[str, str]]:
    found: list[Any] = [structure_in(data)]
    while found:
        value = found.pop()
        if isinstance(value, dict):
            texts = ((name, text) for name, text in value.items() if isinstance(text, str))
            yield from (pair for pair in texts if sent or not _tells_error(*pair))
            found.extend(value.values())
        elif isinstance(value, list):
            found.extend(value)


def _tells_error(name: str, text: str) -> bool:
    return is_sentence(text) or (name.lower() == "code" and names_error(text))


def _plain(address: str) -> str:
    """An address without the escapes of the script or the markup that it stood in."""
    return unescape(re.sub(r"\\(?:u00|x)([0-9a-fA-F]{2})", lambda e: chr(int(e[1], 16)), address).replace("\\/", "/"))


def _params(text: str, place: Literal["query", "fragment", "body"]) -> tuple[Param, ...]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    except ValueError:
        return ()
    return tuple(Param(name=name, value=value, length=len(value), place=place) for name, value in pairs)


def _multipart(data: bytes, content_type: str) -> tuple[Param, ...]:
    """The fields of a multipart form; of a file only its name is kept."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser().parsebytes(head + data)
    if not message.is_multipart():
        return ()
    fields = []
    for part in message.get_payload():
        assert isinstance(part, Message)
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        value = part.get_filename() or (payload.decode("utf-8", "replace") if isinstance(payload, bytes) else "")
        fields.append(Param(name=str(name or ""), value=value, length=len(value), place="body"))
    return tuple(fields)


def _set_cookie(line: str) -> SetCookie:
    pair, *attributes = (piece.strip() for piece in line.split(";"))
    name, _, value = pair.partition("=") if "=" in pair else ("", "", pair)
    given = {key.strip().lower(): text.strip() for key, _, text in (piece.partition("=") for piece in attributes)}
    return SetCookie(
        name=name.strip(),
        value=value.strip(),
        size=len(name.strip().encode()) + len(value.strip().encode()),
        domain=given.get("domain"),
        path=given.get("path"),
        secure="secure" in given,
        http_only="httponly" in given,
        same_site=given.get("samesite"),
        expires=given.get("expires"),
        max_age=given.get("max-age"),
        partitioned="partitioned" in given,
    )
