"""One TCP connection with its two asyncio streams, and bytes carried between two of them untouched."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from e2e_linker.browser.addresses import Address

__all__ = ["CHUNK", "HEAD_LIMIT", "TUNNEL_BUFFER", "SideLostError", "Stream", "pump", "tunnel", "unless_target_lost"]

CHUNK = 256 * 1024
"""Bytes asked for at a time: what an asyncio transport reads at most in one go."""

HEAD_LIMIT = 1024 * 1024
"""Longest message head accepted, in bytes. Servers under test are made to fail far below it."""

TUNNEL_BUFFER = 64 * 1024
"""Bytes of a tunnel held back for a slow reader, about: the other end waits instead of our memory growing."""

_RECORD_HEAD = 5
_HANDSHAKE = frozenset({20, 21, 22})
"""The kinds of TLS records that carry nothing of what is said: change of cipher, alert, handshake (RFC 8446, 5.1)."""
_NO_LINGER = struct.pack("ii", 1, 0)


class SideLostError(Exception):
    """A connection broke while bytes were carried. ``side`` says which of the two."""

    def __init__(self, side: Literal["client", "target"], reason: OSError) -> None:
        super().__init__(str(reason))
        self.side = side
        self.reason = reason


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A reader and a writer of the same connection, and which side of the proxy it is on."""

    side: Literal["client", "target"]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def peer(self) -> Address:
        """Who is at the other end; nobody where the connection broke at once."""
        return Address(*(self.writer.get_extra_info("peername") or ("", 0))[:2])

    async def read(self) -> bytes:
        """The next bytes, empty at the end. Raises :class:`SideLostError`."""
        try:
            return await self.reader.read(CHUNK)
        except OSError as error:
            raise SideLostError(self.side, error) from None

    async def write(self, data: bytes) -> None:
        """Send ``data``, waiting while the other end is slow. Raises :class:`SideLostError`."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except OSError as error:
            raise SideLostError(self.side, error) from None

    def end(self) -> None:
        """Say that nothing more will be written. Over TLS that can only be said by closing."""
        if self.writer.is_closing():
            return
        if self.writer.can_write_eof():
            with contextlib.suppress(OSError):
                self.writer.write_eof()
        else:
            self.writer.close()

    async def finish(self) -> None:
        """Close after everything written has been sent."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    def abort(self, *, reset: bool = False) -> None:
        """Close now, dropping what was not sent yet; with ``reset`` the other end sees a connection reset."""
        plain = self.writer.get_extra_info("socket")
        if reset and plain is not None:
            with contextlib.suppress(OSError):
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.writer.transport.abort()


async def pump(source: Stream, sink: Stream, count: Callable[[int], None]) -> None:
    """Carry bytes until ``source`` ends, then end ``sink``. ``count`` is told the size of each piece."""
    while data := await source.read():
        count(len(data))
        await sink.write(data)
    sink.end()


async def tunnel(
    client: Stream,
    target: Stream,
    *,
    count_up: Callable[[int], None],
    count_down: Callable[[int], None],
    before_data: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Carry bytes both ways until both sides have ended.

    ``before_data`` is waited for before more than the handshake of a TLS connection is sent to ``target``; what it
    raises ends the tunnel. Raises an exception group, of :class:`SideLostError` when one of the sides breaks.
    """
    async with asyncio.TaskGroup() as group:
        group.create_task(_pump_up(client, target, count_up, before_data))
        group.create_task(pump(target, client, count_down))


@contextlib.contextmanager
def unless_target_lost() -> Iterator[None]:
    """Stop sending quietly when the target takes no more.

    It may have answered before it stopped reading, as servers do with a request that is too large: how it ended is for
    the reading side to tell.
    """
    try:
        yield
    except SideLostError as lost:
        if lost.side == "client":
            raise


async def _pump_up(
    client: Stream, target: Stream, count: Callable[[int], None], before_data: Callable[[], Awaitable[None]] | None
) -> None:
    with unless_target_lost():
        if before_data is not None:
            await _pump_handshake(client, target, count, before_data)
        await pump(client, target, count)


async def _pump_handshake(
    client: Stream, target: Stream, count: Callable[[int], None], before_data: Callable[[], Awaitable[None]]
) -> None:
    """Carry a TLS handshake, and the head of the record after it. Of what is not TLS, its first bytes."""
    began = False
    while True:
        head = await _up_to(_RECORD_HEAD, client)
        more = len(head) == _RECORD_HEAD and head[0] in _HANDSHAKE
        if head and began and not more:
            await before_data()
        if more:
            began, head = True, head + await _up_to(int.from_bytes(head[3:]), client)
        count(len(head))
        await target.write(head)
        if not more:
            return


async def _up_to(size: int, source: Stream) -> bytes:
    try:
        return await source.reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        return error.partial
    except OSError as error:
        raise SideLostError(source.side, error) from None
