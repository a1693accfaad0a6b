"""Redirect URIs that resemble a registered one, for servers that do not compare them as whole strings.

RFC 6749, section 3.1.2.3 and OAuth 2.0 Security Best Current Practice (RFC 9700, section 4.1) ask for exact comparison;
each look-alike passes another of the usual substitutes for it. Their foreign hosts end in ``.example``, which RFC 2606
keeps from ever existing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from e2e_linker.model import host_of

__all__ = ["LookAlike", "LookAlikeKind", "foreign_hosts", "look_alikes"]

LookAlikeKind = Literal[
    "longer host", "user information", "longer path", "upper-case path", "trailing slash", "plain http", "other vendor"
]

_FOREIGN = "evil.example"
_VENDOR = re.compile(r"M[0-9A-Z]{12,13}(?=$|[/?&#])")
_OTHER_VENDOR = "M0EXAMPLE00000"


@dataclass(frozen=True, slots=True)
class LookAlike:
    """One redirect URI that is not registered anywhere."""

    kind: LookAlikeKind
    uri: str


def look_alikes(redirect_uri: str) -> tuple[LookAlike, ...]:
    """The look-alikes of ``redirect_uri``; those that would be the same again are left out."""
    parts = urlsplit(redirect_uri)
    path, host = parts.path, parts.hostname or ""
    made: dict[LookAlikeKind, str] = {
        "longer host": urlunsplit(parts._replace(netloc=f"{host}.{_FOREIGN}")),
        "user information": urlunsplit(parts._replace(netloc=f"{host}@{_FOREIGN}")),
        "longer path": urlunsplit(parts._replace(path=f"{path.rstrip('/')}/more")),
        "upper-case path": urlunsplit(parts._replace(path=path.upper())),
        "trailing slash": urlunsplit(parts._replace(path=path.rstrip("/") if path.endswith("/") else f"{path}/")),
        "plain http": urlunsplit(parts._replace(scheme="http")),
        "other vendor": _VENDOR.sub(_OTHER_VENDOR, redirect_uri),
    }
    return tuple(LookAlike(kind, uri) for kind, uri in made.items() if uri != redirect_uri)


def foreign_hosts(redirect_uri: str) -> frozenset[str]:
    """The hosts of the look-alikes of ``redirect_uri`` that are not its own."""
    return frozenset(host_of(each.uri) for each in look_alikes(redirect_uri)) - {host_of(redirect_uri)}
