"""How long a refresh token is said to live, and whether it was tried too late."""

from __future__ import annotations

from e2e_linker.derive.probed import Strand
from e2e_linker.derive.replies import Reply

__all__ = ["declared_refresh_s", "is_outlived"]

_REFRESH_FIELDS = ("refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in")
"""Where servers declare it: GitHub, Google and Azure AD B2C; Keycloak; Intuit. No standard has such a field."""


def declared_refresh_s(reply: Reply) -> tuple[str, float] | None:
    """(field, seconds) that the refresh token is said to live; None where nothing is said, or that it has no end."""
    for name in _REFRESH_FIELDS:
        lifetime = reply.declares(name)
        # Keycloak says 0 of an offline token, which does not end.
        if lifetime is not None and lifetime > 0:
            return name, lifetime
    return None


def is_outlived(strand: Strand, reply: Reply) -> bool:
    """Whether the first refresh token of ``strand`` may have ended by itself before it was answered with ``reply``."""
    declared = declared_refresh_s(strand.exchange) if strand.exchange else None
    if strand.exchange is None or declared is None:
        return False
    took = reply.call.timing.total_ms / 1000 if reply.call.timing else 0.0
    return (reply.call.at - strand.exchange.call.at).total_seconds() + took >= declared[1]
