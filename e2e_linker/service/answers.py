"""Reading what a token endpoint answers, however odd, without being harmed by it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

import httpx2

from e2e_linker.evidence.models import Headers
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.secret_places import is_unguessable

__all__ = ["Answer", "failure_of", "read_answer", "register_tokens", "too_late", "without_head"]

BODY_LIMIT = 64 * 1024
READ_LIMIT = 1024 * 1024
FailureKind = Literal["dns", "connect", "tls", "timeout", "protocol", "closed", "too_large"]
_SECRET_KEYS = re.compile(
    r"token|secret|assertion|password|^(?:auth(?:orization)?|device|user|one_?time)?_?code$", re.IGNORECASE
)
"""Not every code is one: a ``region_code`` or a ``locale_code`` is no secret, and stands in many other places."""
_ADDRESS = re.compile(r"https?://[^?#\s]+|urn:\S+", re.IGNORECASE)
"""What is under such a key without being a secret: ``token_endpoint``, ``issued_token_type``."""
_OPAQUE_RUN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<![\w./-])[A-Za-z0-9_~+-][A-Za-z0-9_~+/-]{15,}={0,2}")
"""A JSON web token, or a run of the characters tokens are made of, that is no part of a path."""
_QUOTED_BYTES = re.compile(r""":? *(?:bytearray\()?b(['"]).*\1\)?""", re.DOTALL)
"""What a parser quotes of a line that it does not understand. It may be the token itself."""
_PLAIN_KEYS = re.compile(r"^(token_?type|error.*|.*expires.*|scope)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or why there is none. ``size`` counts the bytes of the body on the wire."""

    status: int | None = None
    http_version: str | None = None
    headers: Headers = ()
    text: str | None = None
    size: int = 0
    is_utf8: bool = True
    failure: str | None = None
    failure_kind: FailureKind | None = None


async def read_answer(response: httpx2.Response, deadline: float, cap_s: float) -> Answer:
    """The answer with at most 64 KiB of its body; one over 1 MiB, on the wire or unpacked, is not read to its end.

    What has not come by ``deadline`` (the event loop's time), ``cap_s`` after the start, is not waited for.
    """
    inflate = _decoder(response.headers.get("content-encoding", ""))
    size, body, failure, kind = 0, b"", None, None
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_raw():
                size += len(chunk)
                body += inflate(chunk, READ_LIMIT - len(body) + 1)
                if size > READ_LIMIT or len(body) > READ_LIMIT:
                    failure, kind = f"the body is larger than {READ_LIMIT} bytes; reading was stopped", "too_large"
                    break
    except (TimeoutError, httpx2.TimeoutException):
        late = too_late(cap_s, size)
        failure, kind = late.failure, late.failure_kind
    except (httpx2.HTTPError, zlib.error) as error:
        found = failure_of(error)
        failure, kind = found.failure, found.failure_kind
    text, is_utf8 = _text(body)
    return Answer(
        status=response.status_code,
        http_version=response.http_version,
        headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw),
        text=text[:BODY_LIMIT],
        size=size,
        is_utf8=is_utf8,
        failure=failure,
        failure_kind=kind,  # type: ignore[arg-type]
    )


def _decoder(encoding: str) -> Any:
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return lambda chunk, room: chunk[: max(room, 0)]
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    return lambda chunk, room: unpacker.decompress(chunk, max(room, 1))


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode("utf-8"), True
    except UnicodeDecodeError:
        return body.decode("utf-8", errors="replace"), False


def too_late(cap_s: float, size: int = 0) -> Answer:
    """No complete answer by the deadline; ``size`` bytes of its body were there by then."""
    so_far = f"; {size} bytes of its body had come by then" if size else ""
    return Answer(failure=f"no complete answer within {cap_s:g} s{so_far}", failure_kind="timeout")


def failure_of(error: Exception) -> Answer:
    """An answer that says in the error's own words why there is none, without any of the server's bytes."""
    chain = list(_causes(error))
    said = next((str(part) for part in reversed(chain) if str(part)), "") or type(error).__name__
    said = _QUOTED_BYTES.sub("", said)
    if "without sending a response" in said:  # also said where bytes came that are no beginning of an answer
        said = "the server closed the connection before a whole HTTP head had come"
    if isinstance(error, zlib.error):
        said = f"the body is not compressed as its Content-Encoding says: {said}"
    kind: FailureKind = "protocol"
    if any(isinstance(part, ssl.SSLError) for part in chain):
        kind = "tls"
    elif any(isinstance(part, socket.gaierror) for part in chain):
        kind = "dns"
    elif isinstance(error, httpx2.TimeoutException):
        kind = "timeout"
    elif isinstance(error, httpx2.ConnectError | httpx2.ProxyError | httpx2.UnsupportedProtocol):
        kind = "connect"
    elif isinstance(error, httpx2.ReadError | httpx2.WriteError) or "disconnected" in said or "closed" in said:
        kind = "closed"
    elif isinstance(error, OSError):
        kind = "connect"
    return Answer(failure=said, failure_kind=kind)


def without_head(first: bytes) -> Answer | None:
    """What bytes are called that came where an answer was to begin; None where they may be the beginning of one."""
    known = b"HTTP/"
    if not first or first[: len(known)] == known[: len(first)]:
        return None
    return Answer(
        failure="what the server sent is no HTTP answer: it has no status line, as in HTTP/0.9", failure_kind="protocol"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def register_tokens(registry: SecretRegistry, answer: Answer) -> None:
    """Register every token of ``answer`` as a secret, wherever and in whatever form the server put it."""
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            registry.register_headers([(name, value)])
    for key, value in _pairs(answer.text or ""):
        if len(value) < 4 or _ADDRESS.fullmatch(value):
            continue
        if _SECRET_KEYS.search(key) and not _PLAIN_KEYS.match(key):
            registry.register(value, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower())
    for run in _opaque_runs(answer.text or ""):
        registry.register(run, "token")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        yield from _leaves("", json.loads(text.removeprefix("\ufeff")))
    except (ValueError, RecursionError):
        yield from re.findall(r'"([A-Za-z_]{1,40})"\s*:\s*"([^"\\]{4,4096})"', text)
        try:
            yield from parse_qsl(text, max_num_fields=100)
        except ValueError:
            return


def _opaque_runs(text: str) -> Iterator[str]:
    """What looks made up by a machine in a body that is no JSON, so that nothing says which part of it is a token."""
    try:
        json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        yield from filter(is_unguessable, _OPAQUE_RUN.findall(text))


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(key, inner)
    elif isinstance(value, str):
        yield key, value
