"""The token call against real TLS servers, most of them misbehaving."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from e2e_linker.demo.pki import new_pki
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.service.answers import Answer, failure_of, register_tokens
from e2e_linker.service.tokens import TokenClient, TokenEndpoint, trusting

HOST = "oauth.example.test"
TOKENS = (
    b'{"access_token": "at-3f9c8d7e6b5a", "token_type": "bearer", "expires_in": 3600,'
    b' "refresh_token": "rt-0a1b2c3d4e5f"}'
)
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PKI = new_pki([HOST])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pki") / "root.pem"
    path.write_bytes(PKI.root_pem)
    return path


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls or PKI.server_context())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        server.close_clients() if hasattr(server, "close_clients") else None


def endpoint(scheme: str = "HTTP_BASIC", path: str = "/token") -> TokenEndpoint:
    return TokenEndpoint(
        url=f"https://{HOST}{path}",
        scheme=scheme,  # type: ignore[arg-type]
        client_id="https://pitangui.amazon.com/",
        client_secret=SecretStr("s%cret+with:odd&chars"),
    )


def client(root: Path, port: int, registry: SecretRegistry | None = None, **more: float) -> TokenClient:
    return TokenClient(
        registry=registry or SecretRegistry(), tls=trusting([root]), resolve={HOST: f"127.0.0.1:{port}"}, **more
    )


async def request_of(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], str]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    body = await reader.readexactly(int(headers.get("Content-Length", "0")))
    return first, headers, body.decode()


def answering(raw: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(raw)
        await writer.drain()

    return handler


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def exchange(to: TokenClient, scheme: str = "HTTP_BASIC", path: str = "/token"):  # type: ignore[no-untyped-def]
    return await to.exchange(
        endpoint(scheme, path),
        code=SecretStr("code-5d41402abc4b"),
        redirect_uri="https://layla.amazon.com/api/skill/link/M1",
        code_verifier=SecretStr("verifier-7b52009b64fd0a2a49e6d8a939753077792b0554"),
    )


@pytest.mark.parametrize("scheme", ["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"])
async def test_the_request_is_the_one_alexa_sends(root: Path, scheme: str) -> None:
    seen: list[tuple[str, dict[str, str], str]] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request_of(reader))
        writer.write(http(TOKENS))
        await writer.drain()

    async with serving(handler) as port:
        call = await exchange(client(root, port), scheme)
    line, headers, body = seen[0]
    fields = {name: value[0] for name, value in parse_qs(body).items()}
    assert line == "POST /token HTTP/1.1"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded;charset=UTF-8"
    assert headers["Host"] == HOST
    assert headers["User-Agent"].startswith("Apache-HttpClient/4.5")
    assert "Accept" not in headers
    assert "Cookie" not in headers
    assert fields["grant_type"] == "authorization_code"
    assert fields["code"] == "code-5d41402abc4b"
    assert fields["redirect_uri"] == "https://layla.amazon.com/api/skill/link/M1"
    assert fields["code_verifier"].startswith("verifier-")
    assert call.urlencoded is (True if scheme == "HTTP_BASIC" else None)
    if scheme == "HTTP_BASIC":
        import base64

        pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
        assert pair == "https%3A%2F%2Fpitangui.amazon.com%2F:s%25cret%2Bwith%3Aodd%26chars"
        assert "client_secret" not in fields
    else:
        assert "Authorization" not in headers
        assert fields["client_id"] == "https://pitangui.amazon.com/"
        assert fields["client_secret"] == "s%cret+with:odd&chars"
    assert call.status == 200
    assert call.http_version == "HTTP/1.1"


async def test_no_secret_is_in_the_evidence_and_lengths_survive(root: Path) -> None:
    registry = SecretRegistry()
    for value, kind in (("code-5d41402abc4b", "code"), ("s%cret+with:odd&chars", "client_secret")):
        registry.register(value, kind)
    registry.register("verifier-7b52009b64fd0a2a49e6d8a939753077792b0554", "code_verifier")
    async with serving(answering(http(TOKENS, "Set-Cookie: sid=0123456789abcdefghij; Path=/"))) as port:
        call = await exchange(client(root, port, registry))
    dumped = call.model_dump_json()
    for secret in (
        "at-3f9c8d7e6b5a",
        "rt-0a1b2c3d4e5f",
        "code-5d41402abc4b",
        "s%cret",
        "verifier-7b",
        "0123456789abcdef",
    ):
        assert secret not in dumped
    assert "<access_token#1>" in dumped
    assert call.response_bytes == len(TOKENS)
    assert registry.find(dumped) is None


async def test_half_a_character_in_a_token_is_sent_as_a_question_mark(root: Path) -> None:
    seen: list[str] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await request_of(reader))[2])
        writer.write(http(TOKENS))
        await writer.drain()

    async with serving(handler) as port:
        call = await client(root, port).refresh(endpoint(), SecretStr("\ud800rt-0a1b2c3d4e5f"))
    assert call.status == 200
    assert parse_qs(seen[0])["refresh_token"] == ["?rt-0a1b2c3d4e5f"]


async def test_the_phases_are_timed(root: Path) -> None:
    async with serving(answering(http(TOKENS))) as port:
        call = await exchange(client(root, port))
    timing = call.timing
    assert timing is not None
    assert timing.dns_ms is None  # an overridden host is not looked up
    assert timing.connect_ms is not None
    assert timing.tls_ms is not None
    assert timing.first_byte_ms is not None
    assert timing.connect_ms + timing.tls_ms <= timing.first_byte_ms <= timing.total_ms


async def test_a_redirect_is_not_followed(root: Path) -> None:
    async with serving(answering(http(b"", f"Location: https://{HOST}/elsewhere", status="301 Moved"))) as port:
        call = await exchange(client(root, port))
    assert call.status == 301
    assert ("Location", f"https://{HOST}/elsewhere") in call.response_headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_compressed_answer_is_read(root: Path, encoding: str) -> None:
    body = gzip.compress(TOKENS) if encoding == "gzip" else zlib.compress(TOKENS)
    async with serving(answering(http(body, f"Content-Encoding: {encoding}"))) as port:
        call = await exchange(client(root, port))
    assert call.failure is None
    assert call.response_body is not None
    assert '"expires_in": 3600' in call.response_body
    assert call.response_bytes == len(body)


async def test_a_gzip_bomb_is_not_unpacked(root: Path) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    async with serving(answering(http(bomb, "Content-Encoding: gzip"))) as port:
        call = await exchange(client(root, port))
    assert call.failure_kind == "too_large"
    assert call.status == 200
    assert len(call.response_body or "") <= 64 * 1024


async def test_an_endless_answer_is_not_read_to_its_end(root: Path) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        for _ in range(800):
            writer.write(b"x" * 65536)
            await writer.drain()

    async with serving(handler) as port:
        call = await exchange(client(root, port))
    assert call.failure_kind == "too_large"
    assert call.response_bytes < 3_000_000


async def test_bytes_that_are_not_utf8_are_named(root: Path) -> None:
    async with serving(answering(http(b'{"access_token": "\xff\xfe"}'))) as port:
        call = await exchange(client(root, port))
    assert call.body_is_utf8 is False
    assert "\ufffd" in (call.response_body or "")


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)


ODD: dict[str, tuple[Handler, str]] = {
    "hangs": (hang, "timeout"),
    "drips": (drip, "timeout"),
    "closes without an answer": (hang_up, "closed"),
    "closes in the body": (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), "closed"),
    "speaks no HTTP": (answering(b"220 mail.example.test ESMTP\r\n\r\n"), "protocol"),
}


@pytest.mark.parametrize("name", ODD)
async def test_odd_servers_become_evidence(root: Path, name: str) -> None:
    handler, kind = ODD[name]
    async with serving(handler) as port:
        call = await exchange(client(root, port, time_cap_s=0.6 if kind == "timeout" else 20.0))
    assert call.failure_kind == kind
    assert call.failure
    assert call.timing is not None
    assert call.timing.total_ms < 3000


async def test_a_certificate_nobody_vouches_for_is_a_tls_failure(root: Path) -> None:
    async with serving(answering(http(TOKENS)), tls=new_pki([HOST]).server_context()) as port:
        call = await exchange(client(root, port))
    assert call.failure_kind == "tls"
    assert "certificate" in (call.failure or "").lower()


async def test_a_server_with_old_suites_is_reached_as_java_reaches_it(root: Path) -> None:
    old = PKI.server_context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("ECDHE-ECDSA-AES128-SHA:AES128-SHA:@SECLEVEL=0")
    async with serving(answering(http(TOKENS)), tls=old) as port:
        call = await exchange(client(root, port))
    assert (call.status, call.failure) == (200, None)


async def test_a_port_nobody_listens_at_is_a_connect_failure(root: Path) -> None:
    async with serving(hang) as port:
        pass
    at = TokenEndpoint(url=f"https://127.0.0.1:{port}/token", scheme="HTTP_BASIC", client_id="a", client_secret=None)
    call = await TokenClient(registry=SecretRegistry(), tls=trusting([root])).call(at, "exchange", {"code": "x"})
    assert call.failure_kind == "connect"


async def test_where_the_tester_points_a_host_elsewhere_a_closed_port_says_nothing_of_its_server(root: Path) -> None:
    async with serving(hang) as port:
        pass
    call = await exchange(client(root, port))
    assert call.failure_kind == "here"
    assert f"127.0.0.1:{port}, where linker.resolve or --resolve says that this host is" in (call.failure or "")


@pytest.mark.parametrize(("errno", "kind"), [(socket.EAI_AGAIN, "here"), (socket.EAI_NONAME, "dns")])
def test_a_name_server_that_does_not_answer_says_nothing_of_a_name(errno: int, kind: str) -> None:
    assert failure_of(socket.gaierror(errno, "no answer")).failure_kind == kind


async def test_a_name_that_does_not_exist_is_a_dns_failure(root: Path) -> None:
    to = TokenClient(registry=SecretRegistry(), tls=trusting([root]))
    call = await exchange(to)
    assert call.failure_kind in {"dns", "here"}  # without a name server, as in a closed network, nobody says which


@pytest.mark.parametrize("url", ["https://", "nonsense", "ftp://example.test/token", "https://[::1"])
async def test_an_unusable_address_raises_nothing(root: Path, url: str) -> None:
    bad = TokenEndpoint(url=url, scheme="HTTP_BASIC", client_id="a", client_secret=None)
    call = await TokenClient(registry=SecretRegistry(), tls=trusting()).call(bad, "exchange", {"code": "x"})
    assert call.status is None
    assert call.failure


def test_basic_spells_id_and_secret_encoded_or_as_they_stand() -> None:
    encoded = endpoint()
    pairs = [replace(encoded, urlencoded=how).credentials()[0]["Authorization"].split()[1] for how in (True, False)]
    assert [base64.b64decode(pair).decode() for pair in pairs] == [
        "https%3A%2F%2Fpitangui.amazon.com%2F:s%25cret%2Bwith%3Aodd%26chars",
        "https://pitangui.amazon.com/:s%cret+with:odd&chars",
    ]
    assert encoded.ambiguous
    assert not endpoint("REQUEST_BODY_CREDENTIALS").ambiguous
    assert not replace(encoded, client_id="alexa", client_secret=SecretStr("s3cr3t-._~")).ambiguous
    assert replace(encoded, client_id="alexa+", client_secret=None).ambiguous


def test_only_tokens_of_an_answer_are_secrets() -> None:
    registry = SecretRegistry()
    said = {
        "access_token": "at-3f9c8d7e6b5a",
        "code": "c0de-12345",
        "locale_code": "en-US",
        "region_code": "us-east-1",
        "token_endpoint": "https://login.example.test/token",
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    register_tokens(registry, Answer(status=200, text=json.dumps(said)))
    shown = registry.redact(json.dumps(said))
    assert json.loads(shown) == said | {"access_token": "<access_token#1>", "code": "<code#1>"}
