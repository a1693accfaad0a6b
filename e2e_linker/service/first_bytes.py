"""The first bytes of an answer, kept because the HTTP client tells nothing of what it could not read."""

from __future__ import annotations

from typing import Any

__all__ = ["FirstBytes"]

_MOST = 8
_CONNECTED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete", "proxy.start_tls.complete"})


class FirstBytes:
    """Listens to the HTTP client's trace events and remembers how the answer begins."""

    def __init__(self) -> None:
        self.seen = b""
        """Eight bytes at most. Of a connection over TLS, or through a proxy, those that came inside it."""

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Listen in on every stream that an event hands out; TLS is spoken below the stream it is spoken on."""
        if event in _CONNECTED:
            self._listen(info["return_value"])

    def _listen(self, stream: Any) -> None:
        self.seen, read = b"", stream.read

        async def heard(max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the client's own
            data: bytes = await read(max_bytes, timeout=timeout)
            self.seen = (self.seen + data)[:_MOST]
            return data

        stream.read = heard
