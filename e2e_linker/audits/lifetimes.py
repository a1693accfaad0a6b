"""What the audits of lifetimes share: how lifetimes are told."""

from __future__ import annotations

from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["falls_short", "span"]

_UNITS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"))


def falls_short(lifetime: float, advised: float, call: TokenCall | None) -> bool:
    """Whether a token that ``call`` brought, or a redirect where that is None, is certain to live fewer seconds than
    ``advised``, where ``lifetime`` are declared.

    Google, Microsoft and FusionAuth say 3599 of a token that lives an hour: what is left of it when the answer is
    written, in whole seconds. So it may have been made as long before as the call took, and a second's fraction more.
    """
    took = call.timing.total_ms / 1000 if call and call.timing else 0.0
    return lifetime + took + 1 < advised


def span(seconds: float) -> str:
    """``seconds`` as people say them, never more than there are: “90 days”, “1 hour”, “5 minutes”."""
    for size, unit in _UNITS:
        count = int(seconds // size)
        if count >= (2 if unit == "minute" else 1) and (seconds % size == 0 or count >= 10):
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds:g} seconds"
