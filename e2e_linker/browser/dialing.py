"""Connections to the outside: names looked up, addresses raced, an upstream proxy asked, failures told apart."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from e2e_linker.browser.addresses import Address
from e2e_linker.browser.streams import HEAD_LIMIT, TUNNEL_BUFFER, Stream
from e2e_linker.browser.upstream import ProxyServer
from e2e_linker.evidence.proxy_words import asked_for

__all__ = ["DialError", "Dialed", "Dialer", "FailureKind"]

FailureKind = Literal[
    "dns_error",
    "connection_refused",
    "connection_timeout",
    "connection_terminated",
    "destination_unavailable",
    "tls_protocol_error",
    "tls_certificate_error",
    "http_request_error",
    "http_request_denied",
    "http_protocol_error",
    "proxy_internal_error",
]
"""What went wrong, by the proxy error types of RFC 9209, section 2.3."""

_AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]

_STAGGER_S = 0.25
"""How long an address may stay silent before the next one is tried beside it (RFC 8305, section 8)."""


class DialError(Exception):
    """A target that cannot be reached: ``kind`` for programs, the message for people."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Dialed:
    """An open connection, and how long its name and the connecting took, in seconds."""

    stream: Stream
    dns_s: float
    connect_s: float


class Dialer:
    """Opens connections for one proxy. A name is looked up once: a browser would remember it, too."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._known: dict[Address, Sequence[_AddressInfo]] = {}

    async def dial(self, target: Address, *, via: ProxyServer | None, tunnelled: bool) -> Dialed:
        """Connect to ``target``, or to ``via`` which is then asked for a tunnel where ``tunnelled``.

        Raises :class:`DialError`; everything together takes no longer than the timeout.
        """
        place = via.address if via else target
        what = f"upstream proxy {place}" if via else str(place)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                addresses = await self._look_up(place, what)
                found = time.monotonic()
                stream = await _opened(addresses, via, TUNNEL_BUFFER if tunnelled else HEAD_LIMIT)
                try:
                    if via and tunnelled:
                        await _ask_for_tunnel(stream, via, target)
                except BaseException:
                    stream.abort()
                    raise
                return Dialed(stream, found - started, time.monotonic() - found)
        except TimeoutError:
            waited = time.monotonic() - started
            raise DialError("connection_timeout", f"{what}: no answer in {waited:.3g} s") from None
        except OSError as error:
            raise _explained(what, error) from None

    async def _look_up(self, place: Address, what: str) -> Sequence[_AddressInfo]:
        if place not in self._known:
            try:
                self._known[place] = await asyncio.get_running_loop().getaddrinfo(
                    place.host, place.port, type=socket.SOCK_STREAM
                )
            except socket.gaierror as error:
                raise DialError("dns_error", f"{what}: the name cannot be resolved ({error.strerror})") from None
            except UnicodeError:
                raise DialError("dns_error", f"{what}: not a host name") from None
        return self._known[place]


async def _opened(addresses: Sequence[_AddressInfo], via: ProxyServer | None, limit: int) -> Stream:
    sock = await _first_connected(addresses)
    try:
        if via and via.tls:
            # The machine's own roots: a company's proxy usually has a company's certificate.
            reader, writer = await asyncio.open_connection(
                sock=sock, ssl=ssl.create_default_context(), server_hostname=via.address.host, limit=limit
            )
        else:
            reader, writer = await asyncio.open_connection(sock=sock, limit=limit)
    except BaseException:
        sock.close()
        raise
    return Stream("target", reader, writer)


async def _first_connected(addresses: Sequence[_AddressInfo]) -> socket.socket:
    waiting = list(addresses)
    trying: set[asyncio.Task[socket.socket]] = set()
    errors: list[BaseException] = []
    try:
        while waiting or trying:
            if waiting:
                trying.add(asyncio.create_task(_connected(waiting.pop(0))))
            done, trying = await asyncio.wait(
                trying, timeout=_STAGGER_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            winners = [task for task in done if not task.exception()]
            trying.update(winners[1:])
            if winners:
                return winners[0].result()
            errors.extend(filter(None, (task.exception() for task in done)))
    finally:
        for task in trying:
            task.cancel()
            task.add_done_callback(_close_unwanted)
    raise errors[0] if errors else OSError("the name has no address")


async def _connected(info: _AddressInfo) -> socket.socket:
    family, kind, protocol, _, address = info
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


def _close_unwanted(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and not task.exception():
        task.result().close()


async def _ask_for_tunnel(stream: Stream, via: ProxyServer, target: Address) -> None:
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if via.authorization:
        lines.append(f"Proxy-Authorization: {via.authorization}")
    stream.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    try:
        head = await stream.reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise DialError("http_protocol_error", f"upstream proxy {via.address} gave no usable answer") from None
    status_line = head.partition(b"\r\n")[0].decode("latin-1")
    if not status_line.startswith("HTTP/1.") or status_line.split(" ", 2)[1:2] == []:
        raise DialError("http_protocol_error", f"upstream proxy {via.address} does not speak HTTP")
    if not status_line.split(" ", 2)[1].startswith("2"):
        lines = head.decode("latin-1").split("\r\n")[1:]
        wanted = asked_for(line.partition(":")[::2] for line in lines)
        raise DialError(
            "destination_unavailable",
            f"upstream proxy {via.address} refuses {target}: {status_line.partition(' ')[2]}{wanted}",
        )


def _explained(what: str, error: OSError) -> DialError:
    if isinstance(error, ConnectionRefusedError):
        return DialError("connection_refused", f"{what}: connection refused")
    if isinstance(error, ConnectionError):
        return DialError("connection_terminated", f"{what}: {error.strerror or 'connection lost'}")
    if isinstance(error, ssl.SSLError):
        return DialError("tls_protocol_error", f"{what}: {error.reason or error}")
    return DialError("destination_unavailable", f"{what}: {error.strerror or error}")
