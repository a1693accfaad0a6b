"""Real handshakes on loopback: what a host serves, what it refuses, and what becomes of one that misbehaves."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from e2e_linker.demo.pki import self_signed
from e2e_linker.evidence.models import Failed, Present
from e2e_linker.service.tls import TlsTarget, examine

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@contextlib.asynccontextmanager
async def serving(tls: ssl.SSLContext | None, handler: Handler = hang_up) -> AsyncIterator[int]:
    done: set[asyncio.StreamWriter] = set()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await handler(reader, writer)

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in done:
            writer.transport.abort()


async def asked(mint, port, *, host=None, cap_s=5.0):
    target = TlsTarget(host or mint.host, port, ("token",))

    async def connect():
        return await asyncio.open_connection("127.0.0.1", port)

    return await examine(target, connect, mint.roots, time_cap_s=cap_s)


def chain_of(mint, **more):
    return mint.between.leaf([mint.host], mint.key, sent=[mint.between], **more)


async def test_a_healthy_host(mint):
    async with serving(chain_of(mint).server_context()) as port:
        seen = await asked(mint, port)
    assert (seen.host, seen.port, seen.roles, seen.trust) == (mint.host, port, ("token",), "trusted")
    assert isinstance(seen.chain, Present)
    assert [one.subject for one in seen.chain.value] == [
        f"CN={mint.host}",
        "CN=Public Authority 1,O=Public Trust Ltd",
    ]
    assert seen.path == (0, 1)
    assert {one.offer: one.version for one in seen.handshakes} == {"java8_tls12": "TLSv1.2", "tls13": "TLSv1.3"}
    assert all(one.answered and one.cipher for one in seen.handshakes)


@pytest.mark.parametrize("mode", [ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
async def test_a_server_that_asks_the_client_for_a_certificate_is_known_by_that(mint, mode):
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    context = chain_of(mint).server_context()
    context.verify_mode = mode
    async with serving(context, wait) as port:
        seen = await asked(mint, port, cap_s=30.0)
    assert {one.asks_certificate for one in seen.handshakes} == {mode != ssl.CERT_NONE}
    assert seen.demands_certificate == (mode == ssl.CERT_REQUIRED)
    assert all((one.version is None) == (mode == ssl.CERT_REQUIRED) for one in seen.handshakes)
    assert seen.trust == "trusted"


async def test_the_chain_is_kept_as_it_was_sent(mint):
    odd = mint.between.leaf([mint.host], mint.key, sent=[mint.private, mint.public, mint.between])
    async with serving(odd.server_context()) as port:
        seen = await asked(mint, port)
    assert seen.trust == "trusted"
    assert [one.subject.partition(",")[0] for one in seen.chain.value] == [
        f"CN={mint.host}",
        "CN=Example Root",
        "CN=Public Root",
        "CN=Public Authority 1",
    ]
    assert seen.path == (0, 3, 2)


async def test_nothing_is_fetched_that_was_not_sent(mint):
    async with serving(mint.between.leaf([mint.host], mint.key).server_context()) as port:
        seen = await asked(mint, port)
    assert (seen.trust, len(seen.chain.value)) == ("missing_intermediate", 1)


async def test_a_self_signed_host(mint):
    async with serving(self_signed([mint.host], mint.key).server_context()) as port:
        seen = await asked(mint, port)
    assert seen.trust == "self_signed"
    assert seen.chain.value[0].self_signed


async def test_weak_keys_are_seen_and_not_turned_away(mint, weak_key):
    leaf = mint.between.leaf([mint.host], weak_key(), sent=[mint.between])
    async with serving(leaf.server_context(weak=True)) as port:
        seen = await asked(mint, port)
    assert (seen.trust, seen.chain.value[0].key_bits) == ("weak", 1024)


async def test_a_host_of_tls_1_3_alone(mint):
    context = chain_of(mint).server_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    async with serving(context) as port:
        seen = await asked(mint, port)
    assert seen.trust == "trusted"
    assert seen.handshake("tls13").version == "TLSv1.3"
    for offer in ("java8_tls12", "any_tls12"):
        one = seen.handshake(offer)
        assert (one.version, one.answered) == (None, True)
        assert one.failure


async def test_a_host_of_modern_suites_alone(mint):
    context = chain_of(mint).server_context()
    context.set_ciphers("ECDHE-RSA-CHACHA20-POLY1305")
    async with serving(context) as port:
        seen = await asked(mint, port)
    assert seen.handshake("java8_tls12").failure
    assert seen.handshake("any_tls12").cipher == "ECDHE-RSA-CHACHA20-POLY1305"


async def test_a_host_without_tls_1_3(mint):
    context = chain_of(mint).server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with serving(context) as port:
        seen = await asked(mint, port)
    assert seen.handshake("java8_tls12").version == "TLSv1.2"
    assert seen.handshake("tls13").failure
    assert seen.handshake("any_tls12") is None


async def test_a_host_with_an_ecdsa_certificate_is_asked_for_rsa(mint):
    leaf = mint.between.leaf([mint.host], ec.generate_private_key(ec.SECP256R1()), sent=[mint.between])
    async with serving(leaf.server_context()) as port:
        seen = await asked(mint, port)
    assert seen.trust == "trusted"
    assert "ECDSA" in seen.handshake("java8_tls12").cipher
    assert seen.handshake("rsa_tls12").failure


async def answer_in_plain_text(reader, writer):
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    writer.close()


async def send_an_alert(reader, writer):
    await reader.read(1)
    writer.write(b"\x15\x03\x03\x00\x02\x02\x28")
    await writer.drain()
    writer.close()


async def reset(reader, writer):
    await reader.read(1)
    writer.transport.abort()


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (answer_in_plain_text, "does not speak TLS"),
        (send_an_alert, "alert “handshake failure”"),
        (hang_up, "closed|broke"),
        (reset, "closed|broke"),
    ],
)
async def test_refusals_become_words(mint, handler, words):
    async with serving(None, handler) as port:
        seen = await asked(mint, port)
    assert isinstance(seen.chain, Failed)
    assert any(word in seen.chain.error for word in words.split("|")), seen.chain.error
    assert (seen.trust, seen.answered) == (None, True)


async def test_silence_ends_at_the_cap(mint):
    async def silent(reader, writer):
        await reader.read()

    loop = asyncio.get_running_loop()
    async with serving(None, silent) as port:
        began = loop.time()
        seen = await asked(mint, port, cap_s=0.3)
        assert loop.time() - began < 2
    assert isinstance(seen.chain, Failed)
    assert seen.chain.error == "no answer within 0.3 s"
    assert not seen.answered


async def test_a_drip_of_bytes_ends_at_the_cap(mint):
    async def dripping(reader, writer):
        writer.write(b"\x16\x03\x03\x40\x00")
        while True:
            writer.write(b"\x00")
            await writer.drain()
            await asyncio.sleep(0)

    async with serving(None, dripping) as port:
        seen = await asked(mint, port, cap_s=0.5)
    assert seen.trust is None
    assert seen.handshakes[0].failure


async def test_a_host_that_cannot_be_reached(mint):
    async def connect():
        raise OSError("token.example.com: connection refused")

    seen = await examine(TlsTarget(mint.host, 443, ("token",)), connect, mint.roots)
    assert seen.chain == Failed(error="token.example.com: connection refused")
    assert not seen.answered
    assert [one.offer for one in seen.handshakes] == ["java8_tls12", "tls13"]


async def test_cancelling_lets_go_at_once(mint):
    async def silent(reader, writer):
        await reader.read()

    async with serving(None, silent) as port:
        asking = asyncio.create_task(asked(mint, port))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_the_name_is_asked_for_so_that_the_host_can_choose(mint):
    names: list[str | None] = []
    context = chain_of(mint).server_context()
    context.sni_callback = lambda connection, name, own: names.append(name)
    async with serving(context) as port:
        await asked(mint, port)
        await asked(mint, port, host="127.0.0.1")
    assert set(names[:2]) == {mint.host}
    assert set(names[2:]) == {None}
