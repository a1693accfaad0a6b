"""Whether a server's certificate holds, asked in the place of a browser that was told to take every one.

Browsers know nothing of private roots. Where there are some, the loopback proxy asks for them: one handshake of its
own with each server, before the browser is first led there, or else before the browser tells it anything.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import certifi

from e2e_linker.browser.addresses import Address
from e2e_linker.browser.dialing import Dialed, DialError

__all__ = ["TIME_CAP_S", "Dial", "Vouching"]

TIME_CAP_S = 5.0
"""Seconds that connecting and the handshake may take together before the browser is led there."""
_LAST_CAP_S = 30.0
"""The same where the browser got through a handshake meanwhile; as long as Chromium gives to one."""

_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT: browsers talk to servers without RFC 5746, too."""
_NO_ISSUER = (
    "its issuer is neither sent along nor on Mozilla's list nor in linker.trust; an intermediate is missing, or a root"
)
_REASONS = {
    9: "it, or one above it, is not valid yet",
    10: "it, or one above it, has expired",
    18: "it is signed by itself, not by an authority",
    19: "it ends in a root that is neither on Mozilla's list nor in linker.trust",
    20: _NO_ISSUER,
    21: _NO_ISSUER,
}
"""OpenSSL's verdicts by their numbers (X509_V_ERR of ``x509_vfy.h``)."""
Dial = Callable[[], Awaitable[Dialed]]
"""Connects to a server."""


class _Verdict(NamedTuple):
    objection: str | None = None
    judged: bool = True
    """Whether the server showed a certificate at all."""


class Vouching:
    """Asks each server once for a chain that ends in one of Mozilla's roots or of the PEM files ``roots``.

    A host may have several addresses, and a server of its own at each. Those that are ``expected`` are asked while
    the browser still gets ready.
    """

    def __init__(
        self, roots: Sequence[Path], *, expected: Sequence[Address] = (), time_cap_s: float = TIME_CAP_S
    ) -> None:
        self._roots = roots
        self.expected = tuple(expected)
        self._time_cap_s = time_cap_s
        self._context: asyncio.Task[ssl.SSLContext] | None = None
        self._asked: dict[tuple[Address, Address | None], asyncio.Task[_Verdict]] = {}
        self._good: set[tuple[Address, Address]] = set()

    async def require(self, target: Address, dial: Dial) -> None:
        """Raise :class:`~e2e_linker.browser.dialing.DialError` where the certificate of ``target`` does not hold.

        ``dial`` connects to it. Who comes while it is asked waits for the same answer. Of a server that shows no
        certificate nothing is raised: what is wrong there meets the browser as well.
        """
        _pass(target, await asyncio.shield(self.ask(target, dial)))

    def ask(self, target: Address, dial: Dial) -> asyncio.Task[_Verdict]:
        """What asks ``target``, begun by whoever comes first."""
        if (target, None) not in self._asked:
            self._asked[target, None] = asyncio.create_task(self._verdict(target, dial, self._time_cap_s))
        return self._asked[target, None]

    def has_seen(self, target: Address, peer: Address) -> bool:
        """Whether the server of ``target`` at the address ``peer`` showed a certificate that holds."""
        return (target, peer) in self._good

    async def insist(self, target: Address, peer: Address, dial: Dial) -> None:
        """As ``require``, for one that shook hands with the browser at ``peer``: now it has to show its certificate."""
        asked = self._asked.get((target, peer))
        if self.has_seen(target, peer):
            return
        if asked is None or (asked.done() and not asked.result().judged):
            asked = self._asked[target, peer] = asyncio.create_task(self._verdict(target, dial, _LAST_CAP_S))
        verdict = await asyncio.shield(asked)
        _pass(target, verdict)
        if not verdict.judged:
            raise DialError(
                "tls_certificate_error", f"the certificate of {target.host} cannot be judged: only the browser saw one"
            )

    async def _verdict(self, target: Address, dial: Dial, time_cap_s: float) -> _Verdict:
        if self._context is None:
            self._context = asyncio.create_task(asyncio.to_thread(_trusting, self._roots))
        context = await asyncio.shield(self._context)
        try:
            async with asyncio.timeout(time_cap_s):
                stream = (await dial()).stream
                peer = stream.peer
                try:
                    await stream.writer.start_tls(context, server_hostname=target.host)
                    names = stream.writer.get_extra_info("ssl_object").getpeercert().get("subjectAltName", ())
                    good = _speak_for(target.host, names)
                finally:
                    stream.abort()
        except ssl.SSLCertVerificationError as error:
            return _Verdict(_REASONS.get(error.verify_code, error.verify_message))
        except (DialError, OSError, ValueError):
            return _Verdict(judged=False)
        if not good:
            return _Verdict("it is made out for another host")
        self._good.add((target, peer))
        return _Verdict()


def _pass(target: Address, verdict: _Verdict) -> None:
    if verdict.objection is not None:
        raise DialError(
            "tls_certificate_error", f"the certificate of {target.host} is not to be trusted: {verdict.objection}"
        )


def _speak_for(host: str, names: Iterable[tuple[str, str]]) -> bool:
    """Whether one of ``names`` is that of ``host``, as browsers compare them: OpenSSL lets no wildcard be a_b."""
    try:
        wanted = ipaddress.ip_address(host)
    except ValueError:
        known = {name.lower().removesuffix(".") for kind, name in names if kind == "DNS"}
        above = host.partition(".")[2]
        return host in known or ("." in above and f"*.{above}" in known)
    return any(kind == "IP Address" and ipaddress.ip_address(name) == wanted for kind, name in names)


def _trusting(roots: Sequence[Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    for root in roots:
        context.load_verify_locations(cafile=str(root))
    # A root made at home, or a server's own certificate, may be named that lacks what the web's rules ask for.
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST | ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.options |= _LEGACY_SERVER_CONNECT
    context.check_hostname = False  # the names are compared apart
    # There are servers that speak to nobody who does not offer what they speak.
    context.set_alpn_protocols(["h2", "http/1.1"])
    # Of short keys each browser has its own opinion; they are judged apart.
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    return context
