"""Cookies that do nothing but make requests larger."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from e2e_linker.evidence.traffic import PADDING

__all__ = ["padding_cookies"]

_PAD_BYTES = 3500
"""Bytes of one padding cookie, so that browsers keep it."""


def padding_cookies(hosts: Iterable[str], size: int) -> list[dict[str, str]]:
    """Cookies that lengthen the ``Cookie`` header of a request to each of ``hosts`` by ``size`` bytes."""
    return [
        {"name": f"{PADDING}{n}", "value": _random_text(take), "url": f"https://{host}/"}
        for host in sorted(hosts)
        for n, take in enumerate(_shares(size))
    ]


def _shares(size: int) -> list[int]:
    """The lengths of the values whose cookies lengthen a ``Cookie`` header by ``size`` bytes."""
    shares: list[int] = []
    while size > 0:
        around = len(f"; {PADDING}{len(shares)}=")
        shares.append(max(min(_PAD_BYTES, size - around), 1))
        size -= shares[-1] + around
    return shares


def _random_text(length: int) -> str:
    """``length`` characters that no header compression makes shorter."""
    return secrets.token_urlsafe(length)[:length]
