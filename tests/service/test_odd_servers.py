"""Servers that misbehave in ways no specification foresees: each becomes evidence with a name, and the run goes on."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from e2e_linker.demo.pki import new_pki
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import TokenCall
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.service.tokens import TokenClient, TokenEndpoint, Trial, trusting

HOST = "oauth.example.test"
TOKEN = "at-3f9c8d7e6b5a4b3c"
TOKENS = f'{{"access_token": "{TOKEN}", "token_type": "bearer", "expires_in": 3600}}'.encode()
CAP_S, AMPLE_S = 0.6, 20.0
PKI = new_pki([HOST])
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pki") / "root.pem"
    path.write_bytes(PKI.root_pem)
    return path


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls or PKI.server_context())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def client(root: Path, port: int, registry: SecretRegistry | None = None, cap_s: float = AMPLE_S) -> TokenClient:
    return TokenClient(
        registry or SecretRegistry(), tls=trusting([root]), resolve={HOST: f"127.0.0.1:{port}"}, time_cap_s=cap_s
    )


ENDPOINT = TokenEndpoint(
    url=f"https://{HOST}/token", scheme="HTTP_BASIC", client_id="alexa", client_secret=SecretStr("a-client-secret")
)


async def test_a_token_that_no_header_can_carry_is_not_spelt_out(root: Path) -> None:
    async with serving(saying(http(TOKENS))) as port:
        call = await client(root, port).use(f"https://{HOST}/me", SecretStr("at-0a1b2c3d ü4e5f"))
    assert call.failure == "no header can carry a character that the token has, so nothing was sent"
    assert call.status is None


async def asked(
    root: Path, handler: Handler, *, tls: ssl.SSLContext | None = None, cap_s: float = AMPLE_S
) -> TokenCall:
    async with serving(handler, tls=tls) as port:
        return await client(root, port, cap_s=cap_s).refresh(ENDPOINT, SecretStr("rt-0a1b2c3d4e5f"))


async def head_and_body(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0)
    return head, await reader.readexactly(length)


def saying(*pieces: bytes, every_s: float = 0) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_and_body(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_s)

    return handler


def http(body: bytes, *headers: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {size}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n"
HTTP_2 = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x80" + b"\0\0\x04\x08\0\0\0\0\0\0\xff\0\0"
"""Its settings, and the size of its window, as a server sends them that speaks nothing else."""
ODD: dict[str, tuple[Handler, str, int | None, str]] = {
    "hangs": (never, "timeout", None, "no complete answer within 0.6 s"),
    "hangs after its head": (saying(HEAD, b"", every_s=9), "timeout", 200, "no complete answer within 0.6 s"),
    "drips": (saying(HEAD, *[b"x"] * 50, every_s=0.1), "timeout", 200, "bytes of its body had come by then"),
    "drips its head": (saying(*[b"H"] * 50, every_s=0.1), "timeout", None, "no complete answer within 0.6 s"),
    "closes in the body": (saying(http(TOKENS, length=500)), "closed", 200, "closed"),
    "closes in the head": (saying(b"HTTP/1.1 200 OK\r\nContent-"), "closed", None, "closed"),
    "closes without an answer": (saying(), "closed", None, "before a whole HTTP head had come"),
    "answers as HTTP/0.9": (saying(TOKENS), "protocol", None, "it has no status line, as in HTTP/0.9"),
    "answers as HTTP/0.9, with lines": (saying(TOKENS + b"\n"), "protocol", None, "no status line, as in HTTP/0.9"),
    "answers with HTTP/2": (saying(HTTP_2), "protocol", None, "answers with HTTP/2, and was asked over HTTP/1.1"),
    "has a huge head": (
        saying(http(TOKENS, "X-Debug: " + "x" * 120_000)),
        "too_large",
        None,
        "larger than the 100 KiB that this tool reads",
    ),
    "speaks another protocol": (saying(b"220 mail.example.test ESMTP\r\n\r\n"), "protocol", None, "status line"),
    "closes in the status line": (saying(b"HTT"), "closed", None, "before a whole HTTP head had come"),
    "changes the protocol": (saying(b"HTTP/1.1 101 Changing\r\nUpgrade: x\r\n\r\n"), "protocol", None, "(status 101)"),
    "no status": (
        saying(b"HTTP/1.1 099 Odd\r\n\r\n"),
        "protocol",
        None,
        "in the status line of the answer is no status",
    ),
    "two lengths": (saying(http(TOKENS, "Content-Length: 7")), "protocol", None, "Content-Length"),
    "no gzip": (saying(http(TOKENS, "Content-Encoding: gzip")), "protocol", 200, "Content-Encoding"),
    "bomb": (saying(http(gzip.compress(b"0" * 50_000_000), "Content-Encoding: gzip")), "too_large", 200, "larger"),
    "fifty megabytes": (saying(http(b"x", length=50_000_000), *[b"x" * 65536] * 40), "too_large", 200, "larger"),
}


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_server_becomes_evidence_with_a_name(root: Path, name: str) -> None:
    handler, kind, status, words = ODD[name]
    call = await asked(root, handler, cap_s=CAP_S if kind == "timeout" else AMPLE_S)
    assert (call.failure_kind, call.status) == (kind, status)
    assert words in (call.failure or "")
    assert call.timing is not None
    assert call.timing.total_ms < 3000
    assert TOKEN not in call.model_dump_json()


async def test_a_length_that_is_too_short_cuts_the_body_off(root: Path) -> None:
    call = await asked(root, saying(http(TOKENS, length=30)))
    assert (call.failure_kind, call.status, call.response_bytes) == (None, 200, 30)


async def test_what_came_before_the_time_was_up_is_kept(root: Path) -> None:
    call = await asked(root, saying(http(TOKENS, length=500), b"", every_s=9), cap_s=CAP_S)
    assert call.failure_kind == "timeout"
    assert '"expires_in": 3600' in (call.response_body or "")
    assert "<access_token#1>" in (call.response_body or "")


async def test_json_is_kept_whole_however_long_it_is(root: Path) -> None:
    body = TOKENS[:-1] + b', "id_token": "' + b"a" * 100_000 + b'"}'
    call = await asked(root, saying(http(body)))
    answer = read_token_answer(call)
    assert (answer.json_problem, answer.succeeded) == (None, True)
    call = await asked(root, saying(http(b"x" * 100_000)))
    assert len(call.response_body or "") == 64 * 1024


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (http(TOKENS, length=500),),
        (CHUNKED + f"{len(TOKENS):x}\r\n".encode() + TOKENS + b"\r\n",),
        (http(gzip.compress(TOKENS)[:-4], "Content-Encoding: gzip"),),
    ],
    ids=["length too long", "no last chunk", "no end of gzip"],
)
async def test_an_answer_that_breaks_off_behind_its_json_is_no_success(root: Path, pieces: tuple[bytes]) -> None:
    call = await asked(root, saying(*pieces))
    answer = read_token_answer(call)
    assert call.failure is not None
    assert (answer.json_problem or "").startswith("JSON whose transfer breaks off (")
    assert not answer.succeeded


@pytest.mark.parametrize("goodbye", ["close_notify", "none"])
async def test_a_body_that_the_end_of_the_connection_ends_is_whole(root: Path, goodbye: str) -> None:
    """Many older servers send no length, and some close without the goodbye that TLS asks for."""

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_and_body(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + TOKENS)
        await writer.drain()
        if goodbye == "none":
            await asyncio.sleep(0.05)
            with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as wire:
                wire.shutdown(socket.SHUT_WR)
            await reader.read()

    call = await asked(root, closing)
    assert (call.status, call.failure) == (200, None)
    assert read_token_answer(call).succeeded


async def test_a_user_in_the_address_is_no_credential(root: Path) -> None:
    heads = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await head_and_body(reader))[0])
        writer.write(http(TOKENS))
        await writer.drain()

    address = f"https://somebody:a-pass-word@{HOST}/token"
    for scheme in ("REQUEST_BODY_CREDENTIALS", "HTTP_BASIC"):
        async with serving(handler) as port:
            endpoint = replace(ENDPOINT, url=address, scheme=scheme)
            call = await client(root, port).refresh(endpoint, SecretStr("rt-0a1b2c3d4e5f"))
        assert (call.url, call.status) == (f"https://{HOST}/token", 200)
        assert "a-pass-word" not in call.model_dump_json()
    assert b"authorization" not in heads[0].lower()
    assert b"Authorization: Basic YWxleGE6" in heads[1]  # alexa:


async def test_a_redirect_to_itself_is_asked_once(root: Path) -> None:
    asked_for = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked_for.append(await head_and_body(reader))
        writer.write(f"HTTP/1.1 307 Again\r\nLocation: https://{HOST}/token\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    call = await asked(root, handler)
    assert (call.status, call.failure_kind, len(asked_for)) == (307, None, 1)


async def test_a_tls_alert_is_a_tls_failure(root: Path) -> None:
    async def alerting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(b"\x15\x03\x03\x00\x02\x02\x28")  # fatal: handshake_failure
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(alerting, "127.0.0.1", 0)
    async with server:
        to = client(root, server.sockets[0].getsockname()[1])
        call = await to.refresh(ENDPOINT, SecretStr("rt-0a1b2c3d4e5f"))
    assert call.failure_kind == "tls"
    assert "alert" in (call.failure or "").lower()


async def seen_by_server(root: Path, ask: Callable[[TokenClient], Awaitable[TokenCall]]) -> tuple[str, str, TokenCall]:
    seen = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await head_and_body(reader))
        writer.write(http(b'{"active": true}'))
        await writer.drain()

    registry = SecretRegistry()
    registry.register(TOKEN, "access_token")
    async with serving(handler) as port:
        call = await ask(client(root, port, registry))
    assert registry.find(call.model_dump_json()) is None
    ((head, body),) = seen
    return head.decode(), body.decode(), call


async def test_a_resource_is_asked_with_the_token_alone(root: Path) -> None:
    url, trial = f"https://{HOST}/me?lights=all", Trial("refresh", "refresh-1", 3)
    head, body, call = await seen_by_server(
        root, lambda to: to.use(url, SecretStr(TOKEN), purpose="use_previous", trial=trial)
    )
    assert head.startswith("GET /me?lights=all HTTP/1.1\r\n")
    assert f"Authorization: Bearer {TOKEN}\r\n" in head
    assert f"Host: {HOST}\r\n" in head
    assert "Content-Length" not in head
    assert body == ""
    assert (call.endpoint, call.purpose, call.scheme) == ("resource", "use_previous", None)
    assert (call.probe, call.link, call.step) == ("refresh", "refresh-1", 3)
    assert dict(call.request_headers)["Authorization"] == "Bearer <access_token#1>"


async def test_introspection_and_revocation_are_asked_as_the_client(root: Path) -> None:
    url = f"https://{HOST}/elsewhere"
    token = SecretStr(TOKEN)
    head, body, call = await seen_by_server(root, lambda to: to.introspect(ENDPOINT, url, token))
    assert head.startswith("POST /elsewhere HTTP/1.1\r\n")
    assert "Authorization: Basic " in head
    assert body == f"token={TOKEN}&token_type_hint=access_token"
    assert (call.endpoint, call.purpose, call.scheme) == ("introspection", "use", "HTTP_BASIC")
    asking = {"hint": "refresh_token", "purpose": "introspect"}
    _, body, call = await seen_by_server(root, lambda to: to.introspect(ENDPOINT, url, token, **asking))
    assert body == f"token={TOKEN}&token_type_hint=refresh_token"
    assert (call.endpoint, call.purpose) == ("introspection", "introspect")
    _, body, call = await seen_by_server(root, lambda to: to.revoke(ENDPOINT, url, token, hint="refresh_token"))
    assert body == f"token={TOKEN}&token_type_hint=refresh_token"
    assert (call.endpoint, call.purpose) == ("revocation", "revoke")


async def test_calls_are_numbered_in_the_order_they_are_sent(root: Path) -> None:
    async with serving(saying(http(TOKENS))) as port:
        to = client(root, port)
        calls = await asyncio.gather(*(to.refresh(ENDPOINT, SecretStr(f"rt-{n}-0a1b2c3d")) for n in range(5)))
    assert [call.n for call in calls] == [1, 2, 3, 4, 5]
    assert [call.at for call in calls] == sorted(call.at for call in calls)


async def test_thousands_of_tokens_are_not_kept_but_named(root: Path) -> None:
    many = [f"{TOKEN}-{n}" for n in range(30_000)]
    call = await asked(root, saying(http(json.dumps({"access_token": TOKEN, "others": many}).encode())))
    assert (call.status, call.failure_kind, call.response_headers) == (200, "too_large", ())
    assert TOKEN not in call.model_dump_json()
    answer = read_token_answer(call)
    assert (answer.json_problem or "").startswith("a body that is too large (more than 1,000 values of it look like")
    assert not answer.succeeded


async def test_a_body_that_never_begins_is_not_called_empty(root: Path) -> None:
    call = await asked(root, saying(CHUNKED + b"f" * 40 + b"\r\n"))
    assert read_token_answer(call).json_problem == f"a body that breaks off before it begins ({call.failure})"
    call = await asked(root, saying(http(b"")))
    assert read_token_answer(call).json_problem == "an empty body"


REQUEST_ID = "Zq8n3Vt7Lk2Xw9Rb4Ym6Pd1Hs5Gc0Jf"
CHALLENGE = f'Bearer realm="lights", error="invalid_token", error_description="The token {TOKEN}-next has expired"'


async def test_a_token_that_a_challenge_quotes_is_hidden(root: Path) -> None:
    refusal = f"HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: {CHALLENGE}\r\nX-Request-Id: {REQUEST_ID}\r\n"
    async with serving(saying(refusal.encode() + b"\r\n")) as port:
        call = await client(root, port).use(f"https://{HOST}/me", SecretStr("at-another-4b3c"))
    headers = dict(call.response_headers)
    assert headers["WWW-Authenticate"] == CHALLENGE.replace(f"{TOKEN}-next", "<token#1>")
    assert headers["X-Request-Id"] == REQUEST_ID


async def test_what_a_refusal_quotes_of_the_misuse_itself_stays_readable(root: Path) -> None:
    garbage, stranger = "garbage_0f9a4c1e", replace(ENDPOINT, client_id="unknown-0f9a4c1e7b3d5a26")
    said = f'{{"error": "invalid_request", "error_description": "{garbage} of {stranger.client_id}, not {TOKEN}"}}'
    async with serving(saying(http(said.encode()))) as port:
        call = await client(root, port).call(stranger, "misuse", {"grant_type": garbage})
    assert call.response_body == said.replace(TOKEN, "<token#1>")
    assert call.request_body == f"grant_type={garbage}"
