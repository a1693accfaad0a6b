"""What the token endpoint was asked and what it answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from e2e_linker.evidence.traffic import Headers
from e2e_linker.model import Record

__all__ = [
    "TokenCall",
    "TokenTiming",
]


class TokenTiming(Record):
    """Milliseconds of a token call; ``total_ms`` runs from the start of name resolution to the last byte."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float


class TokenCall(Record):
    """One call of the token endpoint as the Alexa cloud makes it, and every byte of the answer (redacted)."""

    n: int
    purpose: str
    """``exchange``, ``refresh``, ``replay``…"""
    at: datetime
    url: str
    method: str
    request_headers: Headers
    request_body: str
    status: int | None = None
    http_version: str | None = None
    response_headers: Headers = ()
    response_body: str | None = None
    """Decoded as UTF-8 with U+FFFD for what is not; at most 64 KiB."""
    response_bytes: int = 0
    body_is_utf8: bool = True
    failure: str | None = None
    failure_kind: Literal["dns", "connect", "tls", "timeout", "protocol", "closed", "too_large"] | None = None
    timing: TokenTiming | None = None
