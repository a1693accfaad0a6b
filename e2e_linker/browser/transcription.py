"""What the driver and DevTools know of a request that has ended, as evidence."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Error, Request, Response

from e2e_linker.browser.devtools import DevTools, Note, words_of_certificate
from e2e_linker.browser.login.shown_seeds import seeds_in
from e2e_linker.browser.navigations import is_called_off
from e2e_linker.browser.transcripts import Transcript
from e2e_linker.evidence import traffic
from e2e_linker.evidence.answer_secrets import secrets_in_answer
from e2e_linker.evidence.contents import BODY_LIMIT, body_of, excerpt_of, is_text, set_cookies, texts_within
from e2e_linker.evidence.named_in_text import secrets_in_texts
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import request_sizes

__all__ = ["transcribe"]

_FETCH_S = 10.0
_EXCERPT_S = 1.0
_PACKED_BODY_LIMIT = 64 * 1024
"""Bytes of a compressed body that are fetched: it can become a thousand times as much."""


async def transcribe(entry: Transcript, devtools: DevTools, registry: SecretRegistry) -> traffic.Request:
    """The evidence of a request that has ended. Raises TimeoutError where the driver does not answer in time.

    What turns out to be secret in it is registered, so that no later record can hold it.
    """
    request = entry.request
    course = request.timing["requestStart"], request.timing["responseStart"]
    async with asyncio.timeout(_FETCH_S):
        answered = entry.failure is None and request.existing_response is not None
        told = await devtools.find(entry.method, entry.url, course) if answered else None
        if answered and course[0] < 0 and entry.resource_type != "document":
            told = await _out_of_memory(entry, devtools)
        # Each question to the driver costs a page more than the answer that DevTools have given already.
        headers = told.sent if told and told.sent else _pairs(await request.headers_array())
        data = request.post_data_buffer
        body = body_of(data, request.headers.get("content-type")) or _untold_body(headers)
        registry.register_headers(headers)
        if body is not None:
            registry.register_fields((field.name, field.value) for field in body.fields)
            registry.register_fields(texts_within(data, sent=True))
        answer = await _answer(entry, None if entry.unanswered else request.existing_response, told, registry)
    if entry.navigation and entry.failure is not None and is_called_off(entry.failure) and not answer:
        await devtools.tell_of_refused(entry.method, entry.url)
    # Only now: DevTools' own words on a request out of the cache come after Playwright's.
    note = devtools.take(entry.method, entry.url, course)
    if note is not None and note.sent and "status" not in answer:
        headers = note.sent
        registry.register_headers(headers)
        answer |= _refused(note, registry) if entry.navigation else {}
    sizes = request_sizes(
        entry.method,
        entry.url,
        headers,
        body=body.size if body else 0,
        response_head=answer.pop("response_head", None),
        response_body=answer.pop("response_body", None),
    )
    return entry.written(note, headers=headers, body=body, sizes=sizes, timing=_timing(request), **answer)


async def _out_of_memory(entry: Transcript, devtools: DevTools) -> Note | None:
    """What there is to say of a request that went nowhere: Chromium had the answer in its memory, or a worker gave it.

    Nothing was on the wire, so that the headers Playwright was told of at first are all there are.
    """
    request, response = entry.request, entry.request.existing_response
    if response is None:
        return None
    remembered = entry.url.startswith("http") and not response.from_service_worker
    if not await devtools.tell_of_memory(entry.method, entry.url, remembered=remembered):
        return None
    sent, received = (
        tuple((name, line) for name, value in headers.items() for line in value.split("\n"))
        for headers in (request.headers, response.headers)
    )
    return Note(traffic.Initiator(type="other"), sent=sent, received=received)


def _untold_body(headers: traffic.Headers) -> traffic.Body | None:
    """A body the engine keeps to itself, known by its headers alone: all of Firefox's, and Chromium's files."""
    fields = {name.lower(): value for name, value in headers}
    length = fields.get("content-length", "")
    if not length.isdigit() or int(length) == 0:
        return None
    return traffic.Body(content_type=fields.get("content-type"), size=int(length))


async def _answer(
    entry: Transcript, response: Response | None, told: Note | None, registry: SecretRegistry
) -> dict[str, Any]:
    """The fields of the evidence that the answer fills, and the sizes of its two parts."""
    if response is None:
        return {}
    headers = told.received if told and told.received else _pairs(await response.headers_array())
    registry.register_headers(headers)
    fields = {name.lower(): value for name, value in headers}
    redirect = 300 <= response.status < 400
    size = await _body_size(entry, fields) if entry.failure is None and not redirect else None
    answer: dict[str, Any] = {
        "status": response.status,
        "status_text": response.status_text,
        "response_headers": headers,
        "set_cookies": set_cookies(headers),
        "response_head": len(f"HTTP/1.1 {response.status} {response.status_text}") + 4 + _size(headers),
        "response_body": size,
    }
    if entry.resource_type == "document":
        answer["server_certificate"] = told.certificate if told else await _certificate(response)
    worth_reading = entry.resource_type == "document" or response.status >= 400
    limit = _PACKED_BODY_LIMIT if "content-encoding" in fields else BODY_LIMIT
    kind = fields.get("content-type")
    if worth_reading and size is not None and 0 < size <= limit and is_text(kind):
        answer["excerpt"] = await _excerpt(response, kind, registry)
    return answer


def _refused(note: Note, registry: SecretRegistry) -> dict[str, Any]:
    """The redirect that the browser did not follow, as a policy forbids it; the driver never tells of that."""
    if note.received is None or note.status is None or not 300 <= note.status < 400:
        return {}
    registry.register_headers(note.received)
    return {
        "status": note.status,
        "response_headers": note.received,
        "set_cookies": set_cookies(note.received),
        "response_head": len(f"HTTP/1.1 {note.status} ") + 4 + _size(note.received),
    }


async def _body_size(entry: Transcript, fields: dict[str, str]) -> int | None:
    length = fields.get("content-length", "")
    if length.isdigit() and entry.method != "HEAD":
        return int(length)
    try:
        return (await entry.request.sizes())["responseBodySize"]
    except Error:
        return None


async def _excerpt(response: Response, kind: str | None, registry: SecretRegistry) -> str | None:
    """The beginning of the text; None where the page has moved on and the engine has dropped the body."""
    try:
        async with asyncio.timeout(_EXCERPT_S):
            data = await response.body()
    except (Error, TimeoutError):
        return None
    registry.register_fields(texts_within(data))
    text = excerpt_of(data, kind)
    registry.register_all((*secrets_in_answer(data), *secrets_in_texts([text]), *seeds_in(text)))
    return text


async def _certificate(response: Response) -> str | None:
    try:
        return words_of_certificate(await response.security_details())
    except Error:
        return None


def _pairs(headers: list[Any]) -> traffic.Headers:
    return tuple((header["name"], header["value"]) for header in headers)


def _size(headers: traffic.Headers) -> int:
    return sum(len(name.encode()) + len(value.encode()) + 4 for name, value in headers if not name.startswith(":"))


def _timing(request: Request) -> traffic.Timing:
    told = request.timing

    def between(start: float, end: float) -> float | None:
        return round(end - start, 3) if start >= 0 and end >= start else None

    return traffic.Timing(
        dns_ms=between(told["domainLookupStart"], told["domainLookupEnd"]),
        connect_ms=between(told["connectStart"], told["connectEnd"]),
        tls_ms=between(told["secureConnectionStart"], told["connectEnd"]),
        wait_ms=between(told["requestStart"], told["responseStart"]),
        receive_ms=between(told["responseStart"], told["responseEnd"]),
        total_ms=between(0.0, told["responseEnd"]),
    )
