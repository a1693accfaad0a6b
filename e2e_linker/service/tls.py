"""One host's TLS, asked the way Amazon's servers would: as a Java 8 client, and with TLS 1.3."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from e2e_linker.evidence.parts import Failed, Present
from e2e_linker.evidence.served_tls import HostRole, ServedTls, TlsHandshake, TlsOffer
from e2e_linker.service.certificates import Roots, loaded, served
from e2e_linker.service.handshakes import Shaken, shake_hands
from e2e_linker.service.trust import judge_chain

__all__ = ["TIME_CAP_S", "Connect", "TlsTarget", "examine"]

TIME_CAP_S = 5.0
"""Seconds that everything asked of one host may take together."""

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
"""Opens a new connection to the host, through whatever leads there; raises OSError in words where nothing does."""


@dataclass(frozen=True, slots=True)
class TlsTarget:
    """A host to ask, in canonical form, and what it is to the linking."""

    host: str
    port: int
    roles: tuple[HostRole, ...]
    through_proxy: bool = False


async def examine(target: TlsTarget, connect: Connect, roots: Roots, *, time_cap_s: float = TIME_CAP_S) -> ServedTls:
    """What ``target`` serves. Whatever it does is in the evidence; nothing is raised but cancellation."""
    at, deadline = datetime.now(UTC), asyncio.get_running_loop().time() + time_cap_s

    async def offer(kind: TlsOffer) -> Shaken:
        return await _tried(target.host, kind, connect, deadline, time_cap_s)

    tried = list(await asyncio.gather(offer("java8_tls12"), offer("tls13")))
    first = tried[0].handshake
    if first.failure is not None and first.answered:
        tried.append(await offer("any_tls12"))
    elif "ECDSA" in (first.cipher or ""):
        tried.append(await offer("rsa_tls12"))
    return await asyncio.to_thread(_evidence, target, tuple(tried), at, roots)


async def _tried(host: str, kind: TlsOffer, connect: Connect, deadline: float, cap_s: float) -> Shaken:
    writer: asyncio.StreamWriter | None = None
    answered = False
    try:
        async with asyncio.timeout_at(deadline):
            reader, writer = await connect()
            return await shake_hands(reader, writer, host, kind)
    except TimeoutError:
        failure = f"no answer within {cap_s:g} s"
    except OSError as error:
        answered = writer is not None
        failure = f"the connection broke: {error.strerror or error}" if answered else str(error)
    finally:
        if writer is not None:
            writer.transport.abort()
    return Shaken(TlsHandshake(offer=kind, failure=failure, answered=answered), ())


def _evidence(target: TlsTarget, tried: Sequence[Shaken], at: datetime, roots: Roots) -> ServedTls:
    sent = next((one.chain for one in tried if one.chain), ())
    handshakes = tuple(one.handshake for one in tried)
    given = {
        "host": target.host,
        "port": target.port,
        "roles": target.roles,
        "at": at,
        "handshakes": handshakes,
        "through_proxy": target.through_proxy,
    }
    if not sent:
        why = "; ".join(dict.fromkeys(one.failure for one in handshakes if one.failure))
        return ServedTls(**given, chain=Failed(error=why), trust=None)
    try:
        chain: tuple[x509.Certificate, ...] = tuple(loaded(der) for der in sent)
        trust = judge_chain(chain, target.host, at, roots)
    except ValueError as error:
        said = f"a certificate of the chain cannot be read: {error}"
        return ServedTls(**given, chain=Failed(error=said), trust="broken", trust_detail=said)
    except x509.UnsupportedGeneralNameType as error:
        # A name of a kind that is rare, but allowed: this tool cannot read it, others can.
        return ServedTls(**given, chain=Failed(error=f"a certificate of the chain was not read: {error}"), trust=None)
    return ServedTls(
        **given,
        chain=Present(value=tuple(served(one) for one in chain)),
        trust=trust.verdict,
        trust_detail=trust.detail,
        also=trust.also,
        path=trust.path,
    )
