"""What engines, and this tool beside them, call a failure of TLS, and what each of these words means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = ["MAY_BE_A_PROXYS", "TlsTrouble", "is_of_tls", "tls_trouble"]

TlsTrouble = Literal[
    "client", "version", "handshake", "expired", "not_yet_valid", "date", "wrong_host", "self_signed", "unknown_issuer"
]
"""``client``: the server demands a certificate of the browser; ``date``: its own is not valid yet, or no more."""

MAY_BE_A_PROXYS: frozenset[TlsTrouble | None] = frozenset({"self_signed", "unknown_issuer"})
"""What is also said of a certificate that a proxy before this machine made itself."""
_TLS = (
    "ERR_CERT",
    "ERR_SSL",
    "ERR_BAD_SSL",
    "SEC_ERROR",
    "SSL_ERROR",
    "PKIX_ERROR",
    "INADEQUATE_SECURITY",
    "certificate",
)
_WORDS: Mapping[TlsTrouble, tuple[str, ...]] = {
    "client": ("BAD_SSL_CLIENT_AUTH", "SSL_CLIENT_AUTH", "CERTIFICATE_REQUIRED"),
    "version": (
        "VERSION_OR_CIPHER_MISMATCH",
        "UNSUPPORTED_VERSION",
        "NO_CYPHER_OVERLAP",
        "NO_CIPHERS_SUPPORTED",
        "PROTOCOL_VERSION_ALERT",
    ),
    "handshake": (
        "ERR_SSL_PROTOCOL_ERROR",
        "UNRECOGNIZED_NAME",
        "HANDSHAKE_FAILURE_ALERT",
        "INTERNAL_ERROR_ALERT",
        "RX_RECORD_TOO_LONG",
        "RX_MALFORMED",
    ),
    "expired": ("EXPIRED_CERTIFICATE", "EXPIRED_ISSUER_CERTIFICATE", "has expired"),
    "not_yet_valid": ("NOT_YET_VALID", "is not valid yet"),
    "date": ("CERT_DATE_INVALID",),
    "wrong_host": ("CERT_COMMON_NAME_INVALID", "BAD_CERT_DOMAIN", "made out for another host"),
    "self_signed": ("SELF_SIGNED", "signed by itself"),
    "unknown_issuer": ("AUTHORITY_INVALID", "UNKNOWN_ISSUER", "its issuer", "ends in a root"),
}


def is_of_tls(failure: str) -> bool:
    """Whether ``failure`` says that TLS is why nothing came."""
    return any(word in failure for word in _TLS)


def tls_trouble(failure: str) -> TlsTrouble | None:
    """What ``failure`` says is wrong with TLS; None where it says nothing of it, or nothing that is known here."""
    if not is_of_tls(failure):
        return None
    return next((kind for kind, words in _WORDS.items() if any(word in failure for word in words)), None)
