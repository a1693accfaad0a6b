"""Certificates made for one test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography import x509

from e2e_linker.demo.pki import Authority, Leaf, new_authority, new_rsa_key
from e2e_linker.service.certificates import Roots

KEY = new_rsa_key()
HOST = "token.example.com"


class Mint:
    """A public root, an intermediate below it, and a private root, each with leaves for ``token.example.com``."""

    host = HOST
    key = KEY

    def __init__(self) -> None:
        self.public = new_authority("Public Trust Ltd", "Public Root")
        self.between = self.public.authority("Public Trust Ltd", "Public Authority 1")
        self.private = new_authority("Example Corp", "Example Root")
        self.roots = Roots((self.public.certificate,), (self.private.certificate,))

    def leaf(self, issuer: Authority | None = None, **more: object) -> x509.Certificate:
        return read((issuer or self.between).leaf([HOST], KEY, **more))[0]  # type: ignore[arg-type]

    def read(self, leaf: Leaf) -> list[x509.Certificate]:
        return read(leaf)


def read(leaf: Leaf) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(leaf.chain_pem)


@pytest.fixture(scope="session")
def mint() -> Mint:
    """Makes certificates."""
    return Mint()


@pytest.fixture(scope="session")
def weak_key() -> Callable[[], object]:
    """Makes an RSA key of 1,024 bits."""
    return lambda: new_rsa_key(1024)
