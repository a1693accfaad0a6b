"""A whole HTTP answer as a value."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["JSON_HEADERS", "Parameters", "RawResponse"]

Parameters = tuple[tuple[str, str], ...]
"""Names and values in order, not encoded."""

JSON_HEADERS: Parameters = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
"""Of JSON that no cache may keep."""


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A whole HTTP answer, to the letter. Status 0 means: close the connection without one."""

    status: int
    body: str = ""
    headers: Parameters = ()
    reason: str = ""
