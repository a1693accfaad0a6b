"""What a host served when TLS was spoken to it: its chain as sent, and which handshakes it took."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from e2e_linker.evidence.parts import Part
from e2e_linker.model import Record

__all__ = ["HostRole", "ServedCertificate", "ServedTls", "TlsHandshake", "TlsOffer", "TrustVerdict"]

HostRole = Literal["authorization", "token", "page", "resource"]
TlsOffer = Literal["java8_tls12", "tls13", "rsa_tls12", "any_tls12"]
"""The last two are made only where they tell something: whether a host that chose ECDSA also has an RSA certificate,
and whether one that refused the suites of Java 8 speaks TLS 1.2 at all."""

TrustVerdict = Literal[
    "trusted",
    "private_root",
    "self_signed",
    "missing_intermediate",
    "unknown_issuer",
    "expired",
    "not_yet_valid",
    "wrong_host",
    "weak",
    "broken",
]
"""Against Mozilla's roots alone; ``private_root`` is a chain that ends in a root of ``linker.trust``."""


class ServedCertificate(Record):
    """One certificate of the chain, in the order it was sent; the first is the host's own."""

    subject: str
    issuer: str
    issuer_organisation: str | None = None
    serial: str
    """Hexadecimal."""
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...] = ()
    """The subject's alternative names."""
    key: str
    """``RSA``, ``EC``, ``Ed25519``…"""
    key_bits: int | None = None
    signature_hash: str | None = None
    self_signed: bool = False
    sha256: str
    """Fingerprint, hexadecimal."""


class TlsHandshake(Record):
    """One handshake that was offered, and what became of it."""

    offer: TlsOffer
    version: str | None = None
    """The version agreed on; None where there was no agreement."""
    cipher: str | None = None
    failure: str | None = None
    """Why there was no agreement, in words."""
    answered: bool = True
    """False where no connection could be made, or nothing was said over it: that tells nothing about the offer."""
    asks_certificate: bool = False
    """Whether the server asked for a certificate of the client, which has none."""


class ServedTls(Record):
    """A host of the flow as Amazon's servers see it: no AIA fetching, no store of this machine."""

    host: str
    port: int
    roles: tuple[HostRole, ...]
    """Empty for a host that pages only load from."""
    at: datetime
    """The moment for which validity was judged."""
    chain: Part[tuple[ServedCertificate, ...]]
    """Failed where the host could not be asked, or agreed to no handshake."""
    trust: TrustVerdict | None
    """The first thing that keeps the chain from being trusted; None where no chain was served."""
    trust_detail: str | None = None
    """What exactly is wrong, in words: the name that did not match, the certificate that was not sent."""
    also: tuple[str, ...] = ()
    """What else is wrong with the chain, in words of the same kind."""
    path: tuple[int, ...] = ()
    """Places in the chain of those certificates that lead from the host's own to its root, as far as they do."""
    handshakes: tuple[TlsHandshake, ...] = ()
    through_proxy: bool = False
    """True where it was asked through this machine's proxy, which may show a certificate of its own."""

    @property
    def answered(self) -> bool:
        """Whether the host answered at least one of the handshakes, were it with a refusal."""
        return any(one.answered for one in self.handshakes)

    @property
    def demands_certificate(self) -> bool:
        """Whether it refuses a client without a certificate of its own: it asked for one and then broke off.

        Where it asked and went on, or agreed elsewhere without asking, the certificate is not needed.
        """
        asked = [one for one in self.handshakes if one.asks_certificate]
        refused = any(one.failure is not None for one in asked)
        return refused and not any(one.version and not one.asks_certificate for one in self.handshakes)

    def handshake(self, offer: TlsOffer) -> TlsHandshake | None:
        """What became of ``offer``, None where it was not made."""
        return next((one for one in self.handshakes if one.offer == offer), None)
