"""Unpacking the body of an answer, a piece at a time, as the HTTP client of the Java world does."""

from __future__ import annotations

import zlib

__all__ = ["Unpacker", "unpacker_for"]

_GZIP = b"\x1f\x8b"
_DEFLATED = 8
"""The method in the lower half of a zlib header's first byte (RFC 1950, section 2.2)."""


class Unpacker:
    """Hands on what comes, as it is. What is packed is unpacked by those below."""

    def __call__(self, piece: bytes, room: int) -> bytes:
        """What ``piece`` adds to the body, ``room`` bytes at most.

        Raises ``zlib.error`` for what cannot be unpacked.
        """
        return piece[: max(room, 0)]

    def finish(self) -> None:
        """Nothing more comes. Raises ``zlib.error`` where something is missing."""


class _Packed(Unpacker):
    """gzip in any number of members, or deflate, which some servers send without the header it ought to have."""

    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._waiting = b""
        self._stream: zlib._Decompress | None = None

    def __call__(self, piece: bytes, room: int) -> bytes:
        unpacked, self._waiting = b"", self._waiting + piece
        while len(unpacked) < room and (stream := self._open()) is not None:
            unpacked += stream.decompress(self._waiting, room - len(unpacked))
            self._waiting = stream.unused_data
        return unpacked

    def _open(self) -> zlib._Decompress | None:
        """Where what waits belongs, None where nothing does or too little to tell."""
        if self._stream is not None and not self._stream.eof:
            return self._stream if self._waiting else None
        if len(self._waiting) < len(_GZIP):
            return None
        if self._stream is not None and not self._waiting.startswith(_GZIP):
            self._waiting = b""  # ballast behind the last member
            return None
        self._stream = zlib.decompressobj(self._window())
        return self._stream

    def finish(self) -> None:
        if not self._stream.eof if self._stream is not None else self._waiting:
            raise zlib.error("it breaks off")

    def _window(self) -> int:
        first, second = self._waiting[0], self._waiting[1]
        if not self._deflate or self._waiting.startswith(_GZIP):
            return zlib.MAX_WBITS | 16
        headed = first & 0x0F == _DEFLATED and (first << 8 | second) % 31 == 0
        return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS


def unpacker_for(encoding: str) -> Unpacker:
    """What undoes the Content-Encoding ``encoding``; one that was not asked for is left as it is."""
    name = encoding.strip().lower()
    return _Packed(deflate=name == "deflate") if name in {"gzip", "x-gzip", "deflate"} else Unpacker()
