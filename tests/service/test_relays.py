"""Token calls through the proxy that this machine needs, which alone knows the names of the world."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from e2e_linker.demo.pki import new_pki
from e2e_linker.evidence.models import TokenCall
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.service.relays import Relay
from e2e_linker.service.tokens import TokenClient, TokenEndpoint, trusting

HOST = "oauth.example.test"
"""A name that no machine knows."""
PKI = new_pki([HOST])
BODY = json.dumps({"access_token": "at-3f9c8d7e6b5a", "token_type": "bearer", "expires_in": 3600}).encode()
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    serves: list[asyncio.Task[None] | None] = []

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serves.append(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        await closed(writer)

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*filter(None, serves))


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def tokens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
    await writer.drain()


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
    await closed(target)


def leading_to(port: int, heads: list[str]) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        onward, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(OPEN)
        await asyncio.gather(carry(reader, back), carry(onward, writer))

    return handler


def saying(answer: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return handler


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.fixture
def exchange(tmp_path: Path) -> Callable[..., Awaitable[TokenCall]]:
    (tmp_path / "root.pem").write_bytes(PKI.root_pem)
    tls = trusting([tmp_path / "root.pem"])

    async def exchanged(relay: Relay, **more: float) -> TokenCall:
        client = TokenClient(registry=SecretRegistry(), tls=tls, relay_for=lambda *_: relay, **more)  # type: ignore[arg-type]
        to = TokenEndpoint(
            url=f"https://{HOST}/token", scheme="HTTP_BASIC", client_id="alexa", client_secret=SecretStr("hunter2-x")
        )
        return await client.exchange(to, code=SecretStr("code-5d41402abc4b"), redirect_uri="https://layla.amazon.com/x")

    return exchanged


async def test_the_proxy_looks_up_the_name(exchange):
    heads: list[str] = []
    async with serving(tokens, PKI.server_context()) as port, serving(leading_to(port, heads)) as proxy:
        call = await exchange(Relay(f"http://127.0.0.1:{proxy}", "Basic am9lOnNlY3JldA=="))
    assert (call.status, call.failure) == (200, None)
    assert heads[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1")
    assert "Proxy-Authorization: Basic am9lOnNlY3JldA==" in heads[0]
    assert call.timing.dns_ms is None
    assert call.timing.tls_ms is not None
    assert call.timing.connect_ms + call.timing.tls_ms <= call.timing.first_byte_ms <= call.timing.total_ms


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), "407"),
        (
            saying(
                b"HTTP/1.1 407 Denied\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n"
                b"Content-Length: 0\r\n\r\n"
            ),
            "407 Denied (it takes Negotiate, NTLM)",
        ),
        (
            saying(b"HTTP/1.1 302 Found\r\nLocation: http://portal.corp/in?for=x\r\nContent-Length: 0\r\n\r\n"),
            "302 Found (it leads to http://portal.corp/in)",
        ),
        (saying(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "502 Bad Gateway"),
        (saying(b""), "closed the connection"),
        (saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), ""),
        (silence, "no complete answer within"),
    ],
    ids=["wrong password", "another way in", "a page first", "refused", "hangs up", "no proxy", "silent"],
)
async def test_a_proxy_that_leads_nowhere_says_nothing_of_the_server(exchange, handler, said):
    async with serving(handler) as proxy:
        call = await exchange(Relay(f"http://127.0.0.1:{proxy}"), time_cap_s=1.0)
    assert (call.status, call.failure_kind) == (None, "proxy")
    assert call.failure.startswith(f"upstream proxy 127.0.0.1:{proxy} did not lead to the server: ")
    assert said in call.failure


async def test_a_proxy_that_is_not_there(exchange):
    async with serving(silence) as proxy:
        pass
    for relay in (Relay(f"http://127.0.0.1:{proxy}"), Relay("http://proxy.example.test:3128")):
        assert (await exchange(relay)).failure_kind == "proxy"


async def test_a_proxy_over_tls_that_is_not_trusted(exchange):
    async with serving(silence, PKI.server_context()) as proxy:
        assert (await exchange(Relay(f"https://127.0.0.1:{proxy}"))).failure_kind == "proxy"


def untrusted() -> AbstractAsyncContextManager[int]:
    return serving(tokens, new_pki([HOST]).server_context())


def hanging() -> AbstractAsyncContextManager[int]:
    return serving(silence, PKI.server_context())


@pytest.mark.parametrize(("server", "kind"), [(untrusted, "tls"), (hanging, "timeout")])
async def test_behind_the_proxy_it_is_the_server(exchange, server, kind):
    async with server() as port, serving(leading_to(port, [])) as proxy:
        call = await exchange(Relay(f"http://127.0.0.1:{proxy}"), time_cap_s=2.0)
    assert call.failure_kind == kind
    assert (f"seen through upstream proxy 127.0.0.1:{proxy}" in call.failure) is (kind == "tls")
