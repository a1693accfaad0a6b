"""One TLS handshake, offered as a client of a certain kind would offer it.

OpenSSL speaks through memory, asyncio carries the bytes: a handshake can be cancelled at any moment and goes through
whatever tunnel the connection goes through. Nothing is verified here; the chain is handed over as it was sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from OpenSSL import SSL, crypto

from e2e_linker.evidence.served_tls import TlsHandshake, TlsOffer

__all__ = ["JAVA8_SUITES", "Shaken", "shake_hands"]

JAVA8_SUITES = tuple(
    f"{exchange}{cipher}"
    for cipher in (
        "AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-SHA384",
        "AES256-SHA256",
        "AES128-SHA256",
        "AES256-SHA",
        "AES128-SHA",
    )
    for exchange in ("ECDHE-ECDSA-", "ECDHE-RSA-", "DHE-RSA-", "")
)
"""What a Java 8 client of late offers (8u392: no ChaCha20, 3DES and RC4 disabled), by OpenSSL's names.

Combinations that do not exist are passed over by OpenSSL.
"""

# The server's strength is judged from what it serves; our own client must not turn it away before.
_WEAKEST = "@SECLEVEL=0"
_RSA_SUITES = tuple(name for name in JAVA8_SUITES if "ECDSA" not in name)
_OFFERS: dict[TlsOffer, tuple[int, str]] = {
    "java8_tls12": (SSL.TLS1_2_VERSION, ":".join(JAVA8_SUITES)),
    "rsa_tls12": (SSL.TLS1_2_VERSION, ":".join(_RSA_SUITES)),
    "any_tls12": (SSL.TLS1_2_VERSION, "ALL"),
    "tls13": (SSL.TLS1_3_VERSION, "ALL"),
}
_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT: Java talks to servers without RFC 5746, too."""
_CHUNK = 64 * 1024
_ASKED_FOR_CERTIFICATE = b"read server certificate request"
"""What OpenSSL calls the state in which the server's request for a certificate has come."""
_LAST_WORD_S = 1.0
"""Seconds in which a server that asked for a certificate says after a handshake of TLS 1.3 that it misses one."""


@dataclass(frozen=True, slots=True)
class Shaken:
    """A handshake and the certificates sent in it, DER, in the order they came; also where it failed after them."""

    handshake: TlsHandshake
    chain: tuple[bytes, ...]


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, offer: TlsOffer) -> Shaken:
    """Offer ``offer`` for ``host`` over an open connection. A failure is in what is returned; OSError is raised."""
    states: list[bytes] = []
    connection = _client(host, offer, states)
    failure: str | None = None
    try:
        while not await _step(connection, reader, writer):
            continue
        if _is_asked(states) and connection.get_protocol_version() == SSL.TLS1_3_VERSION:
            await _hear_out(connection, reader)
    except SSL.Error as error:
        failure = _words(error)
    except _ClosedError:
        failure = "the server closed the connection instead of answering"
    chain = tuple(_der(one) for one in connection.get_peer_cert_chain() or ())
    if failure is not None:
        return Shaken(TlsHandshake(offer=offer, failure=failure, asks_certificate=_is_asked(states)), chain)
    agreed = TlsHandshake(
        offer=offer,
        version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name(),
        asks_certificate=_is_asked(states),
    )
    return Shaken(agreed, chain)


class _ClosedError(Exception):
    """The other end closed in the middle of the handshake."""


def _is_asked(states: Iterable[bytes]) -> bool:
    return any(_ASKED_FOR_CERTIFICATE in state for state in states)


async def _hear_out(connection: SSL.Connection, reader: asyncio.StreamReader) -> None:
    """Read what the server says first after the handshake: its tickets, or the alert with which it ends everything.

    In TLS 1.3 the client is done before the server has looked at what it sent. Silence is agreement.
    """
    try:
        async with asyncio.timeout(_LAST_WORD_S):
            data = await reader.read(_CHUNK)
    except TimeoutError:
        return
    if not data:
        raise _ClosedError
    connection.bio_write(data)
    with contextlib.suppress(SSL.WantReadError, SSL.ZeroReturnError):
        connection.recv(1)


def _client(host: str, offer: TlsOffer, states: list[bytes]) -> SSL.Connection:
    """A client that adds the states it goes through to ``states``."""
    version, suites = _OFFERS[offer]
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.set_cipher_list(f"{suites}:{_WEAKEST}".encode())
    context.set_options(_LEGACY_SERVER_CONNECT)
    context.set_info_callback(lambda seen, _where, _result: states.append(seen.get_state_string()))
    connection = SSL.Connection(context, None)
    connection.set_connect_state()
    if not _is_address(host):
        connection.set_tlsext_host_name(host.encode("ascii", "ignore"))
    return connection


async def _step(connection: SSL.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One round of the handshake; True where it is done."""
    done, failed = False, None
    try:
        connection.do_handshake()
        done = True
    except SSL.WantReadError:
        pass
    except SSL.Error as error:
        failed = error
    try:
        writer.write(connection.bio_read(_CHUNK))
        await writer.drain()
    except SSL.WantReadError:
        pass
    if failed is not None:
        raise failed
    if not done:
        data = await reader.read(_CHUNK)
        if not data:
            raise _ClosedError
        connection.bio_write(data)
    return done


def _words(error: SSL.Error) -> str:
    reasons = [str(entry[-1]) for entry in error.args[0]] if error.args and error.args[0] else []
    reason = next((text for text in reasons if text), "the handshake ended without a reason")
    if "wrong version number" in reason or "packet length too long" in reason:
        return "what answers there does not speak TLS"
    _, alert, said = reason.partition("alert ")
    return f"the server refused with the alert “{said}”" if alert else f"the handshake failed: {reason}"


def _der(certificate: crypto.X509) -> bytes:
    return crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
