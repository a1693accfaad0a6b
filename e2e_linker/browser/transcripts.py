"""One request on its way from the driver's objects into the evidence."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Error, Request, Response

from e2e_linker.browser.devtools import Course, DevTools, Note, words_of_certificate
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence import traffic
from e2e_linker.evidence.contents import body_of, excerpt_of, is_text, json_texts, set_cookies
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import request_sizes, url_as_sent

__all__ = ["Transcript", "transcribe"]

_UNKNOWN: Course = (-1.0, -1.0)
_FETCH_S = 10.0
_EXCERPT_S = 1.0
_BODY_LIMIT = 512 * 1024
_PACKED_BODY_LIMIT = 64 * 1024
"""Bytes of a compressed body that are fetched: it can become a thousand times as much."""


class Transcript:
    """What is known of a request so far. The driver's request is kept until everything is written down."""

    __slots__ = (
        "_request",
        "at",
        "challenge",
        "ended",
        "failure",
        "frame",
        "main_frame",
        "method",
        "n",
        "navigation",
        "record",
        "redirected_from",
        "resource_type",
        "service_worker",
        "status",
        "unanswered",
        "url",
        "window",
    )

    def __init__(self, *, n: int, at: float, request: Request, redirected_from: Transcript | None) -> None:
        self._request: Request | None = request
        self.n = n
        self.at = at
        self.url = request.url
        self.method = request.method
        self.resource_type = request.resource_type
        self.navigation = request.is_navigation_request()
        self.service_worker = request.service_worker is not None
        self.redirected_from = redirected_from.n if redirected_from else None
        self.window: int | None = None
        self.frame: int | None = None
        # A frame that is not there yet is the main frame of a new window.
        self.main_frame = self.navigation and not self.service_worker
        self.status: int | None = None
        self.unanswered = False  # our own proxy answered in the server's place
        self.challenge = ""
        self.failure: str | None = None
        self.ended = False
        self.record: traffic.Request | None = None

    @property
    def request(self) -> Request:
        """The driver's request; not to be asked for after :meth:`release`."""
        assert self._request is not None
        return self._request

    @property
    def leads(self) -> bool:
        """Whether the window itself goes where this request leads."""
        return self.navigation and self.main_frame

    def release(self) -> None:
        """Let the driver's request go."""
        self._request = None

    def place(self, windows: Windows) -> None:
        """Note the window and the frame, if they are there yet."""
        if self.frame is not None or self.service_worker:
            return
        try:
            frame = self.request.frame
            page = frame.page
        except Error:
            return
        self.frame = windows.frame_number(frame)
        self.window = windows.number_of(page)
        self.main_frame = frame.parent_frame is None

    def sketch(self, devtools: DevTools) -> traffic.Request:
        """The request as far as it is known without asking the driver."""
        note = devtools.take(self.method, self.url, _UNKNOWN)
        headers = tuple(self.request.headers.items()) if self._request else ()
        return self.written(note, headers=headers)

    def written(self, note: Note | None, **known: Any) -> traffic.Request:
        """The evidence of this request, with what is ``known`` beside the fields of the transcript."""
        return traffic.Request(
            n=self.n,
            at=self.at,
            method=self.method,
            url=f"{self.url}#{note.fragment}" if note and note.fragment and "#" not in self.url else self.url,
            url_length=len(url_as_sent(self.url)),
            window=self.window,
            frame=self.frame,
            main_frame=self.main_frame,
            resource_type=self.resource_type,
            navigation=self.navigation,
            redirected_from=self.redirected_from,
            initiator=note.initiator if note else None,
            service_worker=self.service_worker,
            from_cache=note.cached if note else False,
            failure=self.failure,
            **({"status": self.status} | known),
        )


async def transcribe(entry: Transcript, devtools: DevTools, registry: SecretRegistry) -> traffic.Request:
    """The evidence of a request that has ended. Raises TimeoutError where the driver does not answer in time.

    What turns out to be secret in it is registered, so that no later record can hold it.
    """
    request = entry.request
    course = request.timing["requestStart"], request.timing["responseStart"]
    async with asyncio.timeout(_FETCH_S):
        answered = entry.failure is None and request.existing_response is not None
        told = await devtools.find(entry.method, entry.url, course) if answered else None
        # Each question to the driver costs a page more than the answer that DevTools have given already.
        headers = told.sent if told and told.sent else _pairs(await request.headers_array())
        data = request.post_data_buffer
        body = body_of(data, request.headers.get("content-type")) or _untold_body(headers)
        registry.register_headers(headers)
        if body is not None:
            registry.register_fields((field.name, field.value) for field in body.fields)
            registry.register_fields(json_texts(data))
        answer = await _answer(entry, None if entry.unanswered else request.existing_response, told, registry)
    # Only now: DevTools' own words on a request out of the cache come after Playwright's.
    note = devtools.take(entry.method, entry.url, course)
    if note is not None and note.sent and "status" not in answer:
        headers = note.sent
        registry.register_headers(headers)
    sizes = request_sizes(
        entry.method,
        entry.url,
        headers,
        body=body.size if body else 0,
        response_head=answer.pop("response_head", None),
        response_body=answer.pop("response_body", None),
    )
    return entry.written(note, headers=headers, body=body, sizes=sizes, timing=_timing(request), **answer)


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
    limit = _PACKED_BODY_LIMIT if "content-encoding" in fields else _BODY_LIMIT
    kind = fields.get("content-type")
    if worth_reading and size is not None and 0 < size <= limit and is_text(kind):
        answer["excerpt"] = await _excerpt(response, kind, registry)
    return answer


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
    registry.register_fields(json_texts(data))
    return excerpt_of(data, kind)


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
