"""Where the time of one token call goes."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

__all__ = ["CallClock"]


class CallClock:
    """Milliseconds of name resolution, connecting, the TLS handshake and the first byte of one call."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._ended: float | None = None
        self._marks: dict[str, float] = {}
        self._dns_ms: float | None = None

    async def resolve(self, host: str, port: int) -> None:
        """Look ``host`` up, timing it; raises ``OSError`` where it has no address."""
        before = time.perf_counter()
        await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        self._dns_ms = _ms(before, time.perf_counter())

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Listen to the HTTP client's trace events (``connection.start_tls.complete`` and the like)."""
        # What comes twice came from a proxy first, which was asked for a tunnel, and then from the server.
        self._marks[event] = time.perf_counter()

    def stop(self) -> None:
        """The call is over."""
        self._ended = time.perf_counter()

    def total_ms(self) -> float:
        """Milliseconds from the start of name resolution to the last byte."""
        return _ms(self._started, self._ended or time.perf_counter())

    def phases(self) -> dict[str, float | None]:
        """``dns_ms``, ``connect_ms``, ``tls_ms`` and ``first_byte_ms`` (counted from the start), None where unseen."""
        first_byte = self._marks.get("http11.receive_response_headers.complete")
        return {
            "dns_ms": self._dns_ms,
            "connect_ms": self._between("connection.connect_tcp"),
            "tls_ms": self._between("proxy.start_tls", "connection.start_tls"),
            "first_byte_ms": _ms(self._started, first_byte) if first_byte else None,
        }

    def _between(self, *steps: str) -> float | None:
        """How long the first of ``steps`` took that was made."""
        for step in steps:
            begun, done = self._marks.get(f"{step}.started"), self._marks.get(f"{step}.complete")
            if begun and done:
                return _ms(begun, done)
        return None


def _ms(begin: float, end: float) -> float:
    return round((end - begin) * 1000, 3)
