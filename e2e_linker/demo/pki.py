"""A public key infrastructure of its own: a root, an intermediate authority, and leaves for every name of the range.

Extensions follow RFC 5280 closely enough for the strictest verifier at hand: authorities are critical CAs with key
identifiers, a leaf carries its names in a non-critical subjectAltName beside a subject, and is good for 90 days. The
leaf's key is RSA, which every client knows; the authorities' are elliptic, which costs no time to make.
"""

from __future__ import annotations

import datetime
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["Authority", "Leaf", "Pki", "new_authority", "new_pki", "new_rsa_key", "self_signed"]

_DAY = datetime.timedelta(days=1)
_PEM = serialization.Encoding.PEM
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a TLS server needs, as PEM."""

    chain_pem: bytes
    """Its own certificate first, then what it sends besides; never the root."""
    key_pem: bytes

    def server_context(self, *, weak: bool = False) -> ssl.SSLContext:
        """A TLS 1.2+ server context. The key touches the disk only inside a private folder that is gone on return.

        ``weak`` lets it serve keys that OpenSSL would refuse.
        """
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        if weak:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with tempfile.TemporaryDirectory() as folder:
            chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
            chain.write_bytes(self.chain_pem)
            key.touch(mode=0o600)
            key.write_bytes(self.key_pem)
            context.load_cert_chain(chain, key)
        return context


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that may sign others, and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(_PEM)

    def leaf(
        self, hosts: Sequence[str], key: Key, *, days: tuple[float, float] = (-1, 90), sent: Sequence[Authority] = ()
    ) -> Leaf:
        """A leaf for ``hosts``, valid from and to ``days`` from now, served with the certificates of ``sent``."""
        signed = _signed(_leaf_builder(hosts, key, days, self.certificate.subject, self._identifier()), self.key)
        return Leaf(signed.public_bytes(_PEM) + b"".join(one.pem for one in sent), _pem_of(key))

    def authority(self, organisation: str, name: str) -> Authority:
        """An intermediate below this one."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _authority_builder(_name(organisation, name), key, self.certificate.subject, self._identifier(), 0)
        return Authority(_signed(builder, self.key), key)

    def _identifier(self) -> x509.SubjectKeyIdentifier:
        return self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value


@dataclass(frozen=True, slots=True)
class Pki(Leaf):
    """The root to trust, the authority below it, and the leaf it issued."""

    root: Authority
    intermediate: Authority
    key: Key

    @property
    def root_pem(self) -> bytes:
        """The root to trust."""
        return self.root.pem


def new_pki(hosts: Sequence[str]) -> Pki:
    """A fresh root, an intermediate, and a leaf for ``hosts`` with an RSA-2048 key; all signatures are SHA-256."""
    root, key = new_authority("Brightbulb practice range", "Brightbulb practice root"), new_rsa_key()
    intermediate = root.authority("Brightbulb practice range", "Brightbulb practice authority")
    leaf = intermediate.leaf(hosts, key, sent=[intermediate])
    return Pki(leaf.chain_pem, leaf.key_pem, root, intermediate, key)


def new_rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of ``bits`` bits."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def new_authority(organisation: str, name: str) -> Authority:
    """A root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject, identifier = _name(organisation, name), x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return Authority(_signed(_authority_builder(subject, key, subject, identifier, 1), key), key)


def self_signed(hosts: Sequence[str], key: Key) -> Leaf:
    """A leaf that vouches for itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return Leaf(_signed(_leaf_builder(hosts, key, (-1, 90), subject, identifier), key).public_bytes(_PEM), _pem_of(key))


def _name(organisation: str, name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )


def _pem_of(key: Key) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _signed(builder: x509.CertificateBuilder, key: Key) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())


def _builder(
    subject: x509.Name, key: Key, issuer: x509.Name, identifier: x509.SubjectKeyIdentifier, days: tuple[float, float]
) -> x509.CertificateBuilder:
    """What leaves and authorities have in common. ``identifier`` is the issuer's."""
    now, own = datetime.datetime.now(datetime.UTC), key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * _DAY)
        .not_valid_after(now + days[1] * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )


def _authority_builder(
    subject: x509.Name, key: Key, issuer: x509.Name, identifier: x509.SubjectKeyIdentifier, below: int
) -> x509.CertificateBuilder:
    return (
        _builder(subject, key, issuer, identifier, (-1, 365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(_usage(ca=True), critical=True)
    )


def _leaf_builder(
    hosts: Sequence[str],
    key: Key,
    days: tuple[float, float],
    issuer: x509.Name,
    identifier: x509.SubjectKeyIdentifier,
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    return (
        _builder(subject, key, issuer, identifier, days)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=not ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
