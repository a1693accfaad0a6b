"""uvicorn's HTTP protocol on two loopback sockets, in a thread with an event loop of its own.

A thread, so that the range answers promptly whatever its user's loop is doing, and can be called with blocking clients.
uvicorn's own ``Server`` is not used: it takes over signals and needs tenths of a second to stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from starlette.types import ASGIApp, Scope
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

__all__ = ["ContextOf", "Listener"]

ContextOf = Callable[[str], ssl.SSLContext]
"""The server context for the host name a client asks for, empty where it names none."""

_LOOPBACK = "127.0.0.1"
_MAX_HEAD_BYTES = 1_000_000
_MAX_HELLO = 64 * 1024
_REST_S = 0.001
"""Between two looks at a message that has not come whole yet."""
_TURNS = 10
"""Turns of the event loop in which a cut connection has told everybody concerned; TLS takes four."""


class Listener:
    """Serves an application over TLS on one port and in the clear on another."""

    def __init__(self) -> None:
        self._states = (ServerState(), ServerState())
        self._sockets: list[socket.socket] = []
        self._accepted: set[socket.socket] = set()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def ports(self) -> tuple[int, int]:
        """The TLS port and the plain one."""
        tls, plain = (bound.getsockname()[1] for bound in self._sockets)
        return tls, plain

    def start(self, app: ASGIApp, context_of: ContextOf) -> None:
        """Bind two free ports and serve; returns when both accept connections. Raises OSError where none can be had."""
        for _ in range(2):
            self._sockets.append(_bound())
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(app, context_of, ready), name="practice-range", daemon=True
        )
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Close the ports, cut every connection, and wait until the thread has ended."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._thread = None

    def hang_up(self, scope: Scope, last_words: bytes) -> None:
        """Write ``last_words`` to the connection a request came over, and close it."""
        for state in self._states:
            for protocol in list(state.connections):
                if isinstance(protocol, H11Protocol) and protocol.client == tuple(scope["client"]):
                    protocol.transport.write(last_words)
                    protocol.transport.close()

    def _run(self, app: ASGIApp, context_of: ContextOf, ready: threading.Event) -> None:
        asyncio.run(self._serve(app, context_of, ready))

    async def _serve(self, app: ASGIApp, context_of: ContextOf, ready: threading.Event) -> None:
        config = Config(
            app,
            http=H11Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            h11_max_incomplete_event_size=_MAX_HEAD_BYTES,
            timeout_keep_alive=30,
        )
        config.load()
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        for bound, state, tls in zip(self._sockets, self._states, (context_of, None), strict=True):
            self._loop.add_reader(bound, self._accept, bound, _protocol(config, state), tls)
        ready.set()
        await self._stop.wait()
        await self._end()

    def _accept(self, bound: socket.socket, protocol: type[H11Protocol], context_of: ContextOf | None) -> None:
        try:
            accepted, _ = bound.accept()
        except OSError:
            return  # the client left before we came to the door
        accepted.setblocking(False)
        self._accepted = {each for each in self._accepted if each.fileno() >= 0} | {accepted}
        handshake = asyncio.get_running_loop().create_task(_shake_hands(accepted, protocol, context_of))
        self._handshakes.add(handshake)
        handshake.add_done_callback(self._handshakes.discard)

    async def _end(self) -> None:
        loop = asyncio.get_running_loop()
        for bound in self._sockets:
            loop.remove_reader(bound)
            bound.close()
        for state in self._states:
            for protocol in list(state.connections):
                if isinstance(protocol, H11Protocol):
                    protocol.transport.abort()
        await _cancelled(list(self._handshakes))
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        await _cancelled([task for state in self._states for task in state.tasks])
        for accepted in self._accepted:
            accepted.close()


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _shake_hands(accepted: socket.socket, protocol: type[H11Protocol], context_of: ContextOf | None) -> None:
    # A client that distrusts the root, or leaves, is none of our business.
    with contextlib.suppress(OSError):
        context = context_of(await _asked_host(accepted)) if context_of else None
        await asyncio.get_running_loop().connect_accepted_socket(protocol, accepted, ssl=context)


async def _asked_host(accepted: socket.socket) -> str:
    """The host name in the client's first message, which stays unread.

    A context that is exchanged in the middle of the handshake brings its certificate along, but not its versions.
    Raises OSError where the client says nothing that could be TLS.
    """
    names: list[str] = []

    def note(connection: object, name: str | None, context: object) -> int:
        names.append(name or "")
        return ssl.ALERT_DESCRIPTION_CLOSE_NOTIFY

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = note
    while not names:
        await _readable(accepted)
        seen, incoming = accepted.recv(_MAX_HELLO, socket.MSG_PEEK), ssl.MemoryBIO()
        if not seen:
            raise ConnectionAbortedError
        incoming.write(seen)
        reading = context.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True)
        try:
            reading.do_handshake()
        except ssl.SSLWantReadError:
            await asyncio.sleep(_REST_S)
        except ssl.SSLError:
            if not names:
                raise
    return names[0].lower()


async def _readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sock, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sock)


def _bound() -> socket.socket:
    """A listening socket that says it is TCP: asyncio sends small writes at once only on those."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((_LOOPBACK, 0))
    bound.listen(512)
    bound.setblocking(False)
    return bound


def _protocol(config: Config, state: ServerState) -> type[H11Protocol]:
    class Protocol(H11Protocol):
        def __init__(self) -> None:
            super().__init__(config, state, {})

    return Protocol
