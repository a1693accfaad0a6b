"""A server that is not on the next port: what goes to and from it arrives half a round trip later."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["relayed"]

_CHUNK = 65536


@contextlib.asynccontextmanager
async def relayed(port: int, round_trip_s: float) -> AsyncIterator[int]:
    """A loopback port that leads to ``port`` as over a line of ``round_trip_s`` seconds and any bandwidth."""
    lines: set[asyncio.Task[None]] = set()

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(round_trip_s)  # the handshake of TCP
        await asyncio.gather(
            _carried(reader, there_writer, round_trip_s / 2), _carried(there_reader, writer, round_trip_s / 2)
        )

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(line(reader, writer))
        lines.add(task)
        task.add_done_callback(lines.discard)

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)


async def _carried(source: asyncio.StreamReader, to: asyncio.StreamWriter, after_s: float) -> None:
    """Carry every byte of ``source``, each ``after_s`` seconds after it came, then end the other side."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def delivered() -> None:
        while True:
            due, part = await under_way.get()
            await asyncio.sleep(due - loop.time())
            if not part:
                break
            to.write(part)
            await to.drain()

    delivery = asyncio.ensure_future(delivered())
    try:
        with contextlib.suppress(ConnectionError):
            while part := await source.read(_CHUNK):
                under_way.put_nowait((loop.time() + after_s, part))
        under_way.put_nowait((loop.time() + after_s, b""))
        with contextlib.suppress(ConnectionError):
            await delivery
    finally:
        delivery.cancel()
        to.close()
