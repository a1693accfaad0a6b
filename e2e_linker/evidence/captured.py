"""One entry of a network capture as a request of the evidence.

Other tools' captures lack fields, give them other types or fill them with nonsense. Whatever is not as HAR 1.2 has it
counts as not said: nothing here raises for what an entry holds.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from e2e_linker.evidence.answer_secrets import secrets_in_answer
from e2e_linker.evidence.capture_entry import Entry
from e2e_linker.evidence.contents import (
    BODY_LIMIT,
    EXCERPT_LIMIT,
    body_of,
    excerpt_of,
    is_text,
    set_cookies,
    texts_within,
    url_params,
)
from e2e_linker.evidence.headers import media_type
from e2e_linker.evidence.loose_json import a_number, a_size, a_text, an_object, objects
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import request_sizes, url_as_sent
from e2e_linker.evidence.traffic import Body, Headers, Initiator, Request, RequestSizes, SetCookie, Timing
from e2e_linker.evidence.typed_fields import named_values

__all__ = ["request_of"]

_LONGEST = 65_536
"""Characters of a URL or a header that are kept; their sizes are measured before."""
_MOST_HEADERS = 500
_LINE_OF_FORM = re.compile(r"^([^\s=&{}<>\"']{1,80})=([^\r\n]{1,1000})\r?$", re.MULTILINE)
"""A field of a form that is sent as plain text (HTML, section 4.10.21.8)."""


def request_of(
    entry: Entry, *, n: int, at: float, redirected_from: int | None, registry: SecretRegistry, lean: bool = False
) -> Request:
    """The evidence of ``entry``, the ``n``-th request, ``at`` seconds after the first. Its secrets are registered.

    ``lean`` leaves out headers, body and text, which keeps very large captures small.
    """
    body, data = _body(entry)
    text = _answer_text(entry)
    _register(entry, body, data, text, registry)
    response = an_object(entry.raw.get("response"))
    kind = entry.answer_header("content-type")
    worth_reading = entry.resource_type == "document" or (entry.status or 0) >= 400
    failure = _failure(entry, response)
    return Request(
        n=n,
        at=at,
        method=entry.method,
        url=entry.url[:_LONGEST],
        url_length=len(url_as_sent(entry.url)),
        window=0,
        frame=0 if entry.main_frame else None,
        main_frame=entry.main_frame,
        resource_type=entry.resource_type,
        navigation=entry.navigation,
        redirected_from=redirected_from,
        initiator=_initiator(entry.raw.get("_initiator")),
        headers=() if lean else _shortened(entry.headers),
        body=None if lean else body,
        sizes=_sizes(entry, body, response),
        status=entry.status,
        status_text=a_text(response.get("statusText"))[:200] or None,
        response_headers=() if lean else _shortened(entry.response_headers),
        set_cookies=_cookies(entry, response),
        excerpt=excerpt_of(text, kind) if worth_reading and text and is_text(kind) and not lean else None,
        failure=failure,
        from_cache=bool(entry.raw.get("_fromCache")) or bool(an_object(entry.raw.get("cache")).get("beforeRequest")),
        timing=_timing(entry.raw),
    )


def _register(
    entry: Entry, body: Body | None, data: bytes | None, text: bytes | None, registry: SecretRegistry
) -> None:
    registry.register_url(entry.url)
    for headers in (entry.headers, entry.response_headers):
        registry.register_headers(headers)
    sent = [(part.name, part.value) for part in body.fields] if body is not None else []
    sent += texts_within(data, sent=True)
    if body is not None and media_type(body.content_type) == "text/plain":
        sent += _LINE_OF_FORM.findall((data or b"")[:BODY_LIMIT].decode("utf-8", "replace"))
    registry.register_all(registry.typed.sent((*sent, *named_values(data)), form=bool(body and body.fields)))
    if registry.typed.asks_for_password:
        registry.register_all(registry.typed.queried((param.name, param.value) for param in url_params(entry.url)))
    registry.register_fields(sent)
    registry.register_fields(texts_within(text))
    registry.register_all(secrets_in_answer(text))
    registry.register_all(registry.typed.shown(text))


def _sizes(entry: Entry, body: Body | None, response: Mapping[str, Any]) -> RequestSizes:
    return request_sizes(
        entry.method,
        entry.url,
        entry.headers,
        body=body.size if body else 0,
        response_head=a_size(response.get("headersSize")),
        response_body=a_size(response.get("bodySize")),
    )


def _failure(entry: Entry, response: Mapping[str, Any]) -> str | None:
    if entry.status is not None:
        return None
    said = a_text(response.get("_error")) or a_text(entry.raw.get("_error")) or a_text(entry.raw.get("comment"))
    return said[:300] or "the capture has no answer to it"


def _body(entry: Entry) -> tuple[Body | None, bytes | None]:
    posted = an_object(an_object(entry.raw.get("request")).get("postData"))
    if not posted:
        return None, None
    kind = a_text(posted.get("mimeType")) or entry.header("content-type")
    text = a_text(posted.get("text"))
    pairs = [(a_text(one.get("name")), a_text(one.get("value"))) for one in objects(posted.get("params"))]
    data = text.encode("utf-8", "replace") or urlencode(pairs).encode()
    return body_of(data, kind or "application/x-www-form-urlencoded"), data


def _answer_text(entry: Entry) -> bytes:
    content = an_object(an_object(entry.raw.get("response")).get("content"))
    text = a_text(content.get("text"))
    most = BODY_LIMIT if entry.resource_type == "document" else EXCERPT_LIMIT * 16
    if a_text(content.get("encoding")).lower() != "base64":
        return text[:most].encode("utf-8", "replace")
    try:
        return base64.b64decode(text[: most // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def _cookies(entry: Entry, response: Mapping[str, Any]) -> tuple[SetCookie, ...]:
    """The cookies of the answer's headers, or, where the tool took those away, of its list of them."""
    found = set_cookies(entry.response_headers)
    if found:
        return found
    return tuple(
        SetCookie(
            name=name,
            value=value,
            size=len(name.encode("utf-8", "replace")) + len(value.encode("utf-8", "replace")),
            domain=a_text(one.get("domain")) or None,
            path=a_text(one.get("path")) or None,
            secure=one.get("secure") is True,
            http_only=one.get("httpOnly") is True,
            same_site=a_text(one.get("sameSite")) or None,
        )
        for one in objects(response.get("cookies"))
        for name, value in [(a_text(one.get("name")), a_text(one.get("value")))]
        if name or value
    )


def _initiator(told: Any) -> Initiator | None:
    known = an_object(told)
    if not known:
        return None
    line = a_number(known.get("lineNumber"))
    return Initiator(
        type=a_text(known.get("type"))[:40] or "other",
        url=a_text(known.get("url"))[:_LONGEST] or None,
        line=int(line) if line is not None and 0 <= line < 2**31 else None,
    )


def _timing(raw: Mapping[str, Any]) -> Timing:
    phases = an_object(raw.get("timings"))

    def phase(name: str) -> float | None:
        value = a_number(phases.get(name))
        return value if value is not None and 0 <= value < 1e9 else None

    connect, tls = phase("connect"), phase("ssl")
    total = a_number(raw.get("time"))
    return Timing(
        dns_ms=phase("dns"),
        connect_ms=connect - (tls or 0) if connect is not None and connect >= (tls or 0) else connect,
        tls_ms=tls,
        wait_ms=phase("wait"),
        receive_ms=phase("receive"),
        total_ms=total if total is not None and 0 <= total < 1e9 else None,
    )


def _shortened(headers: Headers) -> Headers:
    return tuple((name[:200], value[:_LONGEST]) for name, value in headers[:_MOST_HEADERS])
