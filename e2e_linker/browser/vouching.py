"""Whether a server's certificate holds, asked in the place of a browser that was told to take every one.

Browsers know nothing of private roots. Where there are some, the loopback proxy asks for them: one handshake of its
own with each server, before the browser is first led there.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import certifi

from e2e_linker.browser.addresses import Address
from e2e_linker.browser.dialing import Dialed, DialError

__all__ = ["TIME_CAP_S", "Vouching"]

TIME_CAP_S = 5.0
"""Seconds that connecting and the handshake may take together."""

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
    62: "it is made out for another host",
    64: "it is made out for another host",
}
"""OpenSSL's verdicts by their numbers (X509_V_ERR of ``x509_vfy.h``)."""


class Vouching:
    """Asks each server once for a chain that ends in one of Mozilla's roots or of the PEM files ``roots``."""

    def __init__(self, roots: Sequence[Path], *, time_cap_s: float = TIME_CAP_S) -> None:
        self._roots = roots
        self._time_cap_s = time_cap_s
        self._context: asyncio.Task[ssl.SSLContext] | None = None
        self._asked: dict[Address, asyncio.Task[str | None]] = {}

    async def require(self, target: Address, dial: Callable[[], Awaitable[Dialed]]) -> None:
        """Raise :class:`~e2e_linker.browser.dialing.DialError` where the certificate of ``target`` does not hold.

        ``dial`` connects to it. Who comes while it is asked waits for the same answer. Of a server that shows no
        certificate nothing is raised: what is wrong there meets the browser as well.
        """
        if target not in self._asked:
            self._asked[target] = asyncio.create_task(self._objection(target, dial))
        objection = await asyncio.shield(self._asked[target])
        if objection is not None:
            raise DialError(
                "tls_certificate_error", f"the certificate of {target.host} is not to be trusted: {objection}"
            )

    async def _objection(self, target: Address, dial: Callable[[], Awaitable[Dialed]]) -> str | None:
        if self._context is None:
            self._context = asyncio.create_task(asyncio.to_thread(_trusting, self._roots))
        context = await asyncio.shield(self._context)
        try:
            async with asyncio.timeout(self._time_cap_s):
                stream = (await dial()).stream
                try:
                    await stream.writer.start_tls(context, server_hostname=target.host)
                finally:
                    stream.abort()
        except ssl.SSLCertVerificationError as error:
            return _REASONS.get(error.verify_code, error.verify_message)
        except (DialError, OSError, ValueError):
            return None
        return None


def _trusting(roots: Sequence[Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    for root in roots:
        context.load_verify_locations(cafile=str(root))
    # A root made at home, or a server's own certificate, may be named that lacks what the web's rules ask for.
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST | ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.options |= _LEGACY_SERVER_CONNECT
    # Of short keys each browser has its own opinion; they are judged apart.
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    return context
