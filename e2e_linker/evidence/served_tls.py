"""What a host served when TLS was spoken to it: its chain as sent, and which handshakes it took."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from e2e_linker.evidence.parts import Part
from e2e_linker.model import Record

__all__ = ["HostRole", "ServedCertificate", "ServedTls", "TlsHandshake", "TrustVerdict"]

HostRole = Literal["authorization", "token", "page", "resource"]
TlsOffer = Literal["java8_tls12", "tls13"]

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


class ServedTls(Record):
    """A host of the flow as Amazon's servers see it: no AIA fetching, no store of this machine."""

    host: str
    port: int
    roles: tuple[HostRole, ...]
    at: datetime
    chain: Part[tuple[ServedCertificate, ...]]
    trust: TrustVerdict | None
    """None where no chain was served."""
    trust_detail: str | None = None
    """The verifier's own words, or the name that did not match."""
    handshakes: tuple[TlsHandshake, ...] = ()
