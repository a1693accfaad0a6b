"""Reading certificates: what they say, who signed whom, and for which names they speak."""

from __future__ import annotations

import ipaddress
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from e2e_linker.evidence.served_tls import ServedCertificate

__all__ = ["Roots", "covers", "issued", "key_of", "loaded", "names_of", "organisation", "served", "weakness"]

_LEAST_RSA, _LEAST_EC = 2048, 256
_BROKEN_HASHES = frozenset({"md5", "sha1"})


@dataclass(frozen=True, slots=True)
class Roots:
    """Mozilla's list, and the roots of ``linker.trust``."""

    public: tuple[x509.Certificate, ...]
    private: tuple[x509.Certificate, ...] = ()

    @classmethod
    def read(cls, trust: Iterable[Path] = ()) -> Roots:
        """Mozilla's roots as certifi brings them, and those of the PEM files ``trust``.

        Raises ``OSError`` or ``ValueError`` for a file that cannot be read.
        """
        return cls(
            _pem(Path(certifi.where()).read_bytes()),
            tuple(one for path in trust for one in _pem(path.read_bytes())),
        )


def _pem(data: bytes) -> tuple[x509.Certificate, ...]:
    with warnings.catch_warnings():
        # Some old roots have a serial number that is not positive. They are on the list all the same.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return tuple(x509.load_pem_x509_certificates(data))


def loaded(der: bytes) -> x509.Certificate:
    """The certificate of ``der``. Raises ``ValueError`` where it cannot be read, also in a part that is read later."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificate = x509.load_der_x509_certificate(der)
        try:
            served(certificate)
        except x509.DuplicateExtension as error:
            raise ValueError(f"it has the extension {error.oid.dotted_string} twice") from error
    return certificate


def served(certificate: x509.Certificate) -> ServedCertificate:
    """``certificate`` as evidence. Raises ``ValueError`` for one that contradicts itself."""
    key, bits = key_of(certificate)
    return ServedCertificate(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        issuer_organisation=organisation(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        names=names_of(certificate),
        key=key,
        key_bits=bits,
        signature_hash=_hash_of(certificate),
        self_signed=issued(certificate, certificate),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def organisation(name: x509.Name) -> str | None:
    """The organisation of a subject or issuer, None where it names none."""
    found = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else None


def key_of(certificate: x509.Certificate) -> tuple[str, int | None]:
    """(kind, bits) of the public key; a kind nobody knows is ``unknown``."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "unknown", None
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", None
        case ed448.Ed448PublicKey():
            return "Ed448", None
        case _:
            return "unknown", None


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The host names and addresses of the subjectAltName, empty where it has none."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = tuple(str(address) for address in names.get_values_for_type(x509.IPAddress))
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def covers(names: Iterable[str], host: str) -> bool:
    """Whether one of ``names`` speaks for ``host`` (RFC 6125: a wildcard stands for one whole left-most label)."""
    try:
        wanted = ipaddress.ip_address(host)
    except ValueError:
        known = {name.lower().removesuffix(".") for name in names}
        host = host.lower().removesuffix(".")
        return host in known or ("." in host and f"*.{host.partition('.')[2]}" in known)
    return any(name == str(wanted) for name in names)


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether ``issuer`` signed ``certificate``: the names fit and the signature is right."""
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def weakness(certificate: x509.Certificate) -> str | None:
    """Why a certificate of a served chain is too weak to be trusted by anybody, None where it is not."""
    key, bits = key_of(certificate)
    if key == "DSA" or (bits is not None and bits < (_LEAST_RSA if key == "RSA" else _LEAST_EC)):
        return f"its {key} key has {bits:,} bits"
    algorithm = _hash_of(certificate)
    return f"it is signed with {algorithm.upper()}" if algorithm in _BROKEN_HASHES else None


def _hash_of(certificate: x509.Certificate) -> str | None:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return algorithm.name if algorithm else None
