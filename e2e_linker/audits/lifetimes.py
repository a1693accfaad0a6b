"""What the audits of lifetimes share: how lifetimes are told, and which ones an answer declares."""

from __future__ import annotations

from e2e_linker.derive.replies import Reply

__all__ = ["declared_refresh_s", "falls_short", "span"]

_UNITS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"))
_REFRESH_FIELDS = ("refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in")
"""Where servers declare it: GitHub, Google and Azure AD B2C; Keycloak; Intuit. No standard has such a field."""


_ROUNDING = 0.99
"""Google, Microsoft and FusionAuth say 3599 of a token that lives an hour: they count from when it was made."""


def falls_short(lifetime: float, advised: float) -> bool:
    """Whether ``lifetime`` seconds are fewer than ``advised``, by more than the rounding of a server."""
    return lifetime < advised * _ROUNDING


def span(seconds: float) -> str:
    """``seconds`` as people say them: “90 days”, “1 hour”, “5 minutes”."""
    for size, unit in _UNITS:
        count = seconds / size
        if count >= (2 if unit == "minute" else 1) and (seconds % size == 0 or count >= 10):
            return f"{count:.0f} {unit}{'s' if round(count) != 1 else ''}"
    return f"{seconds:g} seconds"


def declared_refresh_s(reply: Reply) -> tuple[str, float] | None:
    """(field, seconds) that the refresh token is said to live; None where nothing is said, or that it has no end."""
    for name in _REFRESH_FIELDS:
        lifetime = reply.declares(name)
        # Keycloak says 0 of an offline token, which does not end.
        if lifetime is not None and lifetime > 0:
            return name, lifetime
    return None
