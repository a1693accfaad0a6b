"""The TLS each host of the range is served with, good or bad on purpose."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.demo.pki import Leaf, Pki, new_rsa_key, self_signed

__all__ = ["Certificate", "Serving", "Wardrobe"]

Certificate = Literal[
    "good",
    "without intermediate",
    "expired",
    "ends in ten days",
    "of another host",
    "self-signed",
    "weak key",
    "by Let's Encrypt",
]


@dataclass(frozen=True, slots=True)
class Serving:
    """The TLS of one host. The default is healthy."""

    certificate: Certificate = "good"
    tls13_only: bool = False
    wants_client_certificate: bool = False
    """Whether whoever shows no certificate is turned away by an alert."""


class Wardrobe:
    """Server contexts of one infrastructure, made when they are first asked for."""

    def __init__(self, pki: Pki, hosts: Sequence[str]) -> None:
        self._pki, self._hosts = pki, hosts
        self._made: dict[Serving, ssl.SSLContext] = {}

    def context(self, serving: Serving) -> ssl.SSLContext:
        """The context for a host served like ``serving``."""
        if serving not in self._made:
            weak = serving.certificate == "weak key"
            context = self._leaf(serving.certificate).server_context(weak=weak)
            if serving.tls13_only:
                context.minimum_version = ssl.TLSVersion.TLSv1_3
            if serving.wants_client_certificate:
                # With TLS 1.3 the alert would only come when the handshake is over.
                context.maximum_version, context.verify_mode = ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED
            self._made[serving] = context
        return self._made[serving]

    def _leaf(self, certificate: Certificate) -> Leaf:
        pki, between = self._pki, self._pki.intermediate
        match certificate:
            case "good":
                return pki
            case "without intermediate":
                return between.leaf(self._hosts, pki.key)
            case "expired":
                return between.leaf(self._hosts, pki.key, days=(-91, -1), sent=[between])
            case "ends in ten days":
                return between.leaf(self._hosts, pki.key, days=(-80, 10), sent=[between])
            case "of another host":
                return between.leaf(["www.brightbulb.test"], pki.key, sent=[between])
            case "self-signed":
                return self_signed(self._hosts, pki.key)
            case "weak key":
                return between.leaf(self._hosts, new_rsa_key(1024), sent=[between])
            case "by Let's Encrypt":
                other = pki.root.authority("Let's Encrypt", "R11")
                return other.leaf(self._hosts, pki.key, sent=[other])
