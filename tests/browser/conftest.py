"""Servers and clients on loopback for the browser tests."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from e2e_linker.browser.network import LoopbackProxy, Upstream

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Served:
    """A server on loopback that counts who came."""

    port: int
    visits: int = 0


@dataclass
class Line:
    """A raw client connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> str:
        return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    def abort(self) -> None:
        self.writer.transport.abort()

    async def rest(self) -> bytes:
        return await self.reader.read()

    async def connect(self, target: str) -> str:
        """Ask the proxy for a tunnel; the status line of its answer, or of nothing."""
        await self.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        return (await self.head()).partition("\r\n")[0]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Served]]]:
    """Start a server from a coroutine function on streams; all are stopped at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(handler: Handler, **more: Any) -> Served:
            tasks: set[asyncio.Task[None]] = set()

            async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    await handler(reader, writer)
                except (OSError, asyncio.IncompleteReadError):
                    pass
                finally:
                    writer.close()

            def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                served.visits += 1
                task = asyncio.create_task(run(reader, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

            async def stop() -> None:
                server.close()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await server.wait_closed()

            server = await asyncio.start_server(accept, **{"host": "127.0.0.1", "port": 0, **more})
            served = Served(server.sockets[0].getsockname()[1])
            stack.push_async_callback(stop)
            return served

        yield start


@pytest.fixture
async def proxy() -> AsyncIterator[Callable[..., Awaitable[LoopbackProxy]]]:
    """Open proxies: ``await proxy(refused={"host"}, resolve={...}, upstream=...)``; all are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(
            *,
            refused: frozenset[str] | set[str] = frozenset(),
            resolve: Mapping[str, str] | None = None,
            upstream: Upstream | None = None,
            **more: Any,
        ) -> LoopbackProxy:
            made = LoopbackProxy(
                refuse=lambda host, port: host in refused, resolve=resolve or {}, upstream=upstream, **more
            )
            return await stack.enter_async_context(made)

        yield start


@pytest.fixture
async def line() -> AsyncIterator[Callable[..., Awaitable[Line]]]:
    """Connect to a proxy (or a port) as a raw client; all connections are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(to: LoopbackProxy | int) -> Line:
            port = to if isinstance(to, int) else int(to.url.rpartition(":")[2])
            made = Line(*await asyncio.open_connection("127.0.0.1", port))
            stack.callback(made.abort)
            return made

        yield start


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate on disk, and contexts for both ends that agree on it."""

    cert: Path
    key: Path

    def server(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert, self.key)
        context.set_alpn_protocols(list(alpn))
        return context

    def client(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.cert))
        context.set_alpn_protocols(list(alpn))
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for ``login.example.com`` and 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "login.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = x509.SubjectAlternativeName(
        [x509.DNSName("login.example.com"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificate(*paths)
