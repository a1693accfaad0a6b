"""The loopback proxy between a case's browser and the world.

It tunnels bytes untouched, so HTTP/2, WebSocket and the server's own certificate reach the browser as they are. It does
four things more: hosts the case must not reach are refused before anything leaves this machine (an authorization code
must never arrive at Amazon), ``resolve`` points a host name at another address, the machine's own upstream proxy is
used where there is one, and ``vouching`` judges certificates where the browser was told to take every one. What it
notes down is for diagnosis only: a browser's own chatter passes here, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Literal, Self

from e2e_linker.browser.addresses import Address, Overrides
from e2e_linker.browser.connections import Connection, Tally
from e2e_linker.browser.dialing import Dialer, DialError, FailureKind
from e2e_linker.browser.forwarding import AnswerError, forward
from e2e_linker.browser.http_heads import Head, HeadError, parse_head
from e2e_linker.browser.streams import HEAD_LIMIT, SideLostError, Stream, tunnel
from e2e_linker.browser.upstream import ProxyServer, Upstream
from e2e_linker.browser.vouching import Dial, Vouching

__all__ = ["PROXY_STATUS", "Connection", "LoopbackProxy", "Upstream"]

PROXY_STATUS = "e2e-linker"
"""How the ``Proxy-Status`` field (RFC 9209) of an answer begins that this proxy gave itself, not the server."""

_CONNECT_HEAD_LIMIT = 64 * 1024
_LINGER_S = 2.0
_TURNS = 6


class LoopbackProxy:
    """An HTTP proxy on 127.0.0.1 for as long as the ``async with`` block lasts; one per case.

    ``refuse`` is asked with the canonical host and the port of every target, before any override. ``resolve`` is read
    by :class:`~e2e_linker.browser.addresses.Overrides`, whose error it raises. ``connect_timeout_s`` bounds name
    lookup, connecting and an upstream proxy's answer together; ``head_timeout_s`` how long a client may stay silent.

    A tunnel is opened only to servers for whose certificates ``vouching``, where there is one, does not object. Where
    it was shown none, or another server answers, the browser gets no further than the handshake until it is shown one.

    Where a host is refused (403), a target cannot be reached (502) or the client talks nonsense (400), the answer
    carries a ``Proxy-Status`` field that begins with :data:`PROXY_STATUS`. A browser shows such an answer as a page
    only for ``http://`` URLs.
    """

    def __init__(
        self,
        *,
        refuse: Callable[[str, int], bool],
        resolve: Mapping[str, str],
        upstream: Upstream | None,
        vouching: Vouching | None = None,
        connect_timeout_s: float = 30.0,
        head_timeout_s: float = 60.0,
    ) -> None:
        self._refuse = refuse
        self._overrides = Overrides(resolve)
        self._upstream = upstream
        self._vouching = vouching
        self._dialer = Dialer(timeout_s=connect_timeout_s)
        self._head_timeout_s = head_timeout_s
        self._server: asyncio.Server | None = None
        self._url = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._tallies: list[Tally] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT, backlog=256)
        self._url = "http://{}:{}".format(*self._server.sockets[0].getsockname())
        if self._vouching is not None:
            for target in self._vouching.expected:
                self._vouching.ask(target, self._way(target, tunnelled=True)[0])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        await _settled()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        await _settled()

    @property
    def url(self) -> str:
        """Where the proxy listens, as ``http://127.0.0.1:PORT``; empty before the ``async with`` block."""
        return self._url

    @property
    def connections(self) -> list[Connection]:
        """Every connection asked for until now, oldest first; also after the proxy has been closed."""
        return [tally.record() for tally in self._tallies]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None or not self._server.is_serving():
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(Stream("client", reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Also where the task is cancelled before it has begun, so that nothing in it closes the connection.
        task.add_done_callback(lambda _: writer.transport.abort())

    async def _serve(self, client: Stream) -> None:
        try:
            request = await self._read_request(client)
            if request is not None:
                await self._carry_out(request, client)
                await client.finish()
        except HeadError as error:
            with contextlib.suppress(SideLostError):
                await _answer(client, 400, "http_request_error", str(error))
        except SideLostError:
            pass
        finally:
            client.abort()

    async def _read_request(self, client: Stream) -> Head | None:
        try:
            async with asyncio.timeout(self._head_timeout_s):
                raw = await client.reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise HeadError("the request head is too long") from None
        except (OSError, asyncio.IncompleteReadError):
            return None
        head = parse_head(raw)
        if head.method == "CONNECT" and len(raw) > _CONNECT_HEAD_LIMIT:
            raise HeadError("the CONNECT head is too long")
        return head

    async def _carry_out(self, request: Head, client: Stream) -> None:
        tunnelled = request.method == "CONNECT"
        target, path = (request.tunnel_target(), "") if tunnelled else request.forward_target()
        dial, via = self._way(target, tunnelled=tunnelled)
        tally = Tally(target, time.time(), via=str(via.address) if via else None)
        self._tallies.append(tally)
        if self._refuse(*target):
            tally.refused = True
            tally.fail("http_request_denied", f"{target} is refused in this case")
            await _answer(client, 403, "http_request_denied", f"{target} is refused in this case")
            return
        try:
            if tunnelled and self._vouching is not None:
                await self._vouching.require(target, dial)
            dialed = await dial()
        except DialError as error:
            tally.fail(error.kind, str(error))
            await _answer(client, 502, error.kind, str(error))
            return
        tally.dns_s, tally.connect_s = dialed.dns_s, dialed.connect_s
        async with _closing(client, dialed.stream, tally):
            if tunnelled:
                await client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                doubt = self._doubt(target, dialed.stream.peer, via, dial)
                await tunnel(client, dialed.stream, count_up=tally.up, count_down=tally.down, before_data=doubt)
            else:
                await self._forward(request, path, via, client, dialed.stream, tally)

    def _doubt(
        self, target: Address, peer: Address, via: ProxyServer | None, dial: Dial
    ) -> Callable[[], Awaitable[None]] | None:
        """What is still to be asked of the server at ``peer`` before it is told anything; None for nothing."""
        if self._vouching is None or self._vouching.has_seen(target, peer):
            return None
        there = dial if via else partial(self._dialer.dial, peer, via=None, tunnelled=True)
        return partial(self._vouching.insist, target, peer, there)

    async def _forward(
        self, request: Head, path: str, via: ProxyServer | None, client: Stream, target: Stream, tally: Tally
    ) -> None:
        authority = str(tally.target).removesuffix(":80")
        head = request.for_next_hop(
            f"http://{authority}{path}" if via else path,
            host=authority,
            authorization=via.authorization if via else None,
        )
        try:
            await forward(request, head, client, target, count_up=tally.up, count_down=tally.down)
        except* AnswerError as group:
            tally.fail("http_protocol_error", f"{tally.target} {group.exceptions[0]}")

    def _way(self, target: Address, *, tunnelled: bool) -> tuple[Dial, ProxyServer | None]:
        """What connects to ``target``, and the proxy that it goes through."""
        place, via = self._route(target, "https" if tunnelled else "http")
        return partial(self._dialer.dial, place, via=via, tunnelled=tunnelled), via

    def _route(self, target: Address, scheme: Literal["http", "https"]) -> tuple[Address, ProxyServer | None]:
        override = self._overrides.of(target)
        if override is not None:
            return override, None
        return target, self._upstream.server_for(scheme, target) if self._upstream else None


@contextlib.asynccontextmanager
async def _closing(client: Stream, target: Stream, tally: Tally) -> AsyncIterator[None]:
    """Close both sides after what was written has arrived, or reset both when one of them broke."""
    try:
        yield
        await target.finish()
    except* SideLostError as group:
        lost = next(error for error in _leaves(group) if isinstance(error, SideLostError))
        if lost.side == "target":
            tally.fail("connection_terminated", f"{tally.target} broke the connection ({lost.reason})")
        client.abort(reset=True)
        target.abort(reset=True)
    except* DialError as group:
        tally.fail(*next((error.kind, str(error)) for error in _leaves(group) if isinstance(error, DialError)))
        client.abort(reset=True)
    finally:
        target.abort()


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


async def _settled() -> None:
    """Let in whoever is just being accepted, and let go whoever was closed: these turns may be the last of the loop."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def _answer(client: Stream, status: int, kind: FailureKind, reason: str) -> None:
    """Answer in the proxy's own name, and wait a moment for the client to take it."""
    plain = "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in reason)
    phrase = {400: "Bad Request", 403: "Refused by e2e-linker", 502: "Bad Gateway"}[status]
    body = f"e2e-linker: {plain}\n"
    await client.write(
        (
            f'HTTP/1.1 {status} {phrase}\r\nProxy-Status: {PROXY_STATUS}; error={kind}; details="{plain}"\r\n'
            f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        ).encode("ascii")
    )
    client.end()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while await client.read():
                pass
