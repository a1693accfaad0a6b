"""How long a token lives from the answer that brought it, where only the moment of its end is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from e2e_linker.evidence.headers import header
from e2e_linker.evidence.token_calls import TokenCall

__all__ = ["lifetime_from"]

_FRESH_S = 300.0
"""Seconds before the answer within which a token was issued for it, whatever the two clocks show."""


def lifetime_from(end: float, issued: float | None, call: TokenCall) -> float:
    """Seconds that the token of ``call``, which ends at ``end``, lives: by the server's clock alone, where it is known.

    That is where the token was ``issued`` for this answer, or where the answer has a date. Of two that fit, the longer.
    """
    clocks = tuple(_clocks(call))
    if issued is not None and any(abs(issued - now) < _FRESH_S for now in clocks):
        return end - issued
    return end - min(clocks)


def _clocks(call: TokenCall) -> Iterator[float]:
    """Seconds since 1970 when ``call`` was made, by this tool's clock and, as far as it tells, by the server's."""
    yield call.at.timestamp()
    try:
        said = parsedate_to_datetime(header(call.response_headers, "date") or "")
        yield (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return
