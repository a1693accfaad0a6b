"""Reading what a token endpoint answers, however odd, without being harmed by it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from e2e_linker.evidence.header_tokens import tokens_in_header
from e2e_linker.evidence.models import Headers
from e2e_linker.evidence.redact import SHORTEST, SecretRegistry
from e2e_linker.evidence.token_calls import CallFailure
from e2e_linker.evidence.token_looks import (
    ADDRESS,
    IDENTITIES,
    PLAIN_NAMES,
    SECRET_NAMES,
    opaque_runs,
    signed_tokens,
    tokens_in_prose,
)
from e2e_linker.service.spelt_number import SpeltNumber
from e2e_linker.service.unpacking import unpacker_for

__all__ = ["Answer", "failure_of", "read_answer", "register_tokens", "too_late", "without_head"]

BODY_LIMIT = 64 * 1024
READ_LIMIT = 1024 * 1024
_QUOTED_BYTES = re.compile(r""":? *(?:bytearray\()?b(['"]).*\1\)?""", re.DOTALL)
"""What a parser quotes of a line that it does not understand. It may be the token itself."""
_ODD_STATUS = {
    "_SWITCH_UPGRADE": "the server changes to another protocol (status 101), which nobody asked for",
    "status_code should be": "the number in the status line of the answer is no status",
}
"""What the HTTP client says of itself there, and what it means."""
_HEAD_TOO_LARGE = "Receive buffer too long"
"""What the HTTP client says of an answer whose head is larger than it reads."""
_HTTP_2 = re.compile(rb"\0..\x04\0\0\0\0", re.DOTALL)
"""How its first frame begins, the settings: with a length, the kind, no flags, and stream 0 (RFC 9113, section 3.4)."""
_PROSE = re.compile(r"error|desc|message|detail|reason|hint|title", re.IGNORECASE)
"""Names of texts for people, which may quote the token they are about."""
_MOST_TOKENS = 1000
_DEEPEST = 4
"""How many times over JSON is unpacked that stands in a string of JSON."""


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
    failure_kind: CallFailure | None = None


async def read_answer(response: httpx2.Response, deadline: float, cap_s: float) -> Answer:
    """The answer with its body, of which 64 KiB are kept where it is no JSON.

    A body over 1 MiB, on the wire or unpacked, is not read to its end.

    What has not come by ``deadline`` (the event loop's time), ``cap_s`` after the start, is not waited for.
    """
    unpack = unpacker_for(response.headers.get("content-encoding", ""))
    size, body, failure, kind = 0, b"", None, None
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_raw():
                size += len(chunk)
                body += unpack(chunk, READ_LIMIT - len(body) + 1)
                if size > READ_LIMIT or len(body) > READ_LIMIT:
                    failure, kind = f"the body is larger than {READ_LIMIT} bytes; reading was stopped", "too_large"
                    break
            else:
                unpack.finish()
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
        text=text if _is_json(text) else text[:BODY_LIMIT],
        size=size,
        is_utf8=is_utf8,
        failure=failure,
        failure_kind=kind,  # type: ignore[arg-type]
    )


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode("utf-8"), True
    except UnicodeDecodeError:
        return body.decode("utf-8", errors="replace"), False


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


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
    said = next((words for sign, words in _ODD_STATUS.items() if sign in said), said)
    if said == _HEAD_TOO_LARGE:
        said = "the head of the answer, or a line of it, is larger than the 100 KiB that this tool reads"
        return Answer(failure=said, failure_kind="too_large")
    if any(isinstance(part, UnicodeEncodeError) for part in chain):
        said = "no header can carry a character that the token has, so nothing was sent"
    if isinstance(error, zlib.error):
        said = f"the body is not compressed as its Content-Encoding says: {said}"
    kind: CallFailure = "protocol"
    if any(isinstance(part, ssl.SSLError) for part in chain):
        kind = "tls"
    elif lookup := next((part for part in chain if isinstance(part, socket.gaierror)), None):
        # No name server answered, which says nothing of the name.
        kind = "here" if lookup.errno == socket.EAI_AGAIN else "dns"
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
    if _HTTP_2.match(first):
        return Answer(failure="the server answers with HTTP/2, and was asked over HTTP/1.1", failure_kind="protocol")
    return Answer(
        failure="what the server sent is no HTTP answer: it has no status line, as in HTTP/0.9", failure_kind="protocol"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def register_tokens(registry: SecretRegistry, answer: Answer, *, issued: bool = False) -> Answer:
    """Register every token of ``answer`` as a secret, wherever and in whatever form the server put it.

    ``issued`` says that tokens were asked for. Where the answer is a success, whatever in it looks like one is one,
    by whatever name. Returns what may be kept of it: of an answer with thousands of them neither headers nor body,
    because each is searched for from then on, in everything.
    """
    registry.register_headers(header for header in answer.headers if header[0].lower() == "set-cookie")
    found: dict[str, str] = {}
    for value, kind in _tokens(answer, issued):
        found.setdefault(value, kind)
        if len(found) > _MOST_TOKENS:
            said = f"more than {_MOST_TOKENS:,} values of it look like tokens; neither headers nor body is kept"
            return replace(answer, headers=(), text="", failure=said, failure_kind="too_large")
    registry.register_all(found.items())
    return answer


def _tokens(answer: Answer, issued: bool) -> Iterator[tuple[str, str]]:
    """What is secret in ``answer``, each with its kind."""
    text, status = answer.text or "", answer.status or 0
    brought, refused = issued and 200 <= status < 300, status >= 400
    for key, value in _pairs(text):
        if len(value) < SHORTEST:
            continue
        plain = ADDRESS.fullmatch(value) or PLAIN_NAMES.match(key)
        if SECRET_NAMES.search(key) and not plain:
            yield value, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()
        elif brought and not plain and not IDENTITIES.match(key):
            yield from ((run, "token") for run in opaque_runs(value))
        else:
            found = tokens_in_prose(value) if _PROSE.search(key) else signed_tokens(value)
            yield from ((token, "token") for token in found)
    if not _is_json(text.removeprefix("\ufeff")):
        # Nothing says which part of it is a token; where it is an error, the names of classes and files are none.
        yield from ((run, "token") for run in opaque_runs(text, wording=not refused))
    for header in answer.headers:
        yield from tokens_in_header(*header)


def _pairs(text: str, deep: int = 0) -> Iterator[tuple[str, str]]:
    """Names and values, as often as they come: a name that comes twice has two values."""
    try:
        shape = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=tuple, parse_int=SpeltNumber, parse_float=SpeltNumber
        )
        yield from _leaves("", shape, deep)
    except (ValueError, RecursionError):
        yield from re.findall(r'"([A-Za-z_]{1,40})"\s*:\s*"([^"\\]{4,4096})"', text)
        try:
            yield from parse_qsl(text, max_num_fields=100)
        except ValueError:
            return


def _leaves(key: str, value: Any, deep: int) -> Iterator[tuple[str, str]]:
    """The strings of ``value``, in which objects are tuples of pairs; those that are JSON themselves are read, too."""
    if isinstance(value, tuple):
        for name, inner in value:
            yield from _leaves(str(name), inner, deep)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(key, inner, deep)
    elif isinstance(value, SpeltNumber):
        if value.may_be_token(key):
            yield key, str(value)
    elif isinstance(value, str):
        if deep < _DEEPEST and value.lstrip()[:1] in {"{", "[", '"'}:
            yield from _pairs(value, deep + 1)
        yield key, value
