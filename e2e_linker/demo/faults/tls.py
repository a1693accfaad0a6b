"""Faults of certificates and handshakes."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.names import LOGIN, OAUTH
from e2e_linker.demo.serving import Certificate, Serving
from e2e_linker.model import Depth

_ASKED = Needs(depth=Depth.STANDARD)
"""A browser that trusts the range's root shows nothing of it: the hosts have to be asked."""


def _serving(b: Behaviour, host: str, certificate: Certificate = "good", *, tls13_only: bool = False) -> Behaviour:
    return replace(b, tls={**b.tls, host: Serving(certificate, tls13_only)})


@fault("token-https-443")
def token_without_intermediate(b: Behaviour) -> Behaviour:
    """The token host sends its own certificate alone, without the intermediate that signed it."""
    return _serving(b, OAUTH, "without intermediate")


@fault("token-https-443")
def token_certificate_expired(b: Behaviour) -> Behaviour:
    """The certificate of the token host expired yesterday."""
    return _serving(b, OAUTH, "expired")


@fault("token-https-443")
def token_certificate_of_another_host(b: Behaviour) -> Behaviour:
    """The token host shows the certificate of another host."""
    return _serving(b, OAUTH, "of another host")


@fault("token-https-443")
def token_certificate_self_signed(b: Behaviour) -> Behaviour:
    """The certificate of the token host is signed by itself."""
    return _serving(b, OAUTH, "self-signed")


@fault("auth-cert-trusted-ca", needs=_ASKED)
def login_without_intermediate(b: Behaviour) -> Behaviour:
    """The login host sends its own certificate alone, which some browsers mend by themselves."""
    return _serving(b, LOGIN, "without intermediate")


@fault("auth-cert-trusted-ca", needs=_ASKED)
def login_certificate_ends_soon(b: Behaviour) -> Behaviour:
    """The certificate of the login host is good for ten more days."""
    return _serving(b, LOGIN, "ends in ten days")


@fault("auth-cert-trusted-ca", needs=_ASKED)
def login_certificate_weak(b: Behaviour) -> Behaviour:
    """The certificate of the login host has an RSA key of 1,024 bits."""
    return _serving(b, LOGIN, "weak key")


@fault("auth-tls-cipher-breadth", needs=_ASKED)
def login_tls13_only(b: Behaviour) -> Behaviour:
    """The login host speaks TLS 1.3 and nothing before it."""
    return _serving(b, LOGIN, tls13_only=True)
