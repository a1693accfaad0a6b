"""Reading header lines, as they were sent or received."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["header", "media_type"]


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The first value of the header ``name`` (in lower case), whatever the letter case it was sent in."""
    return next((value for key, value in headers if key.lower() == name), None)


def media_type(content_type: str | None) -> str:
    """The media type in lower case, without parameters; empty where none was sent."""
    return (content_type or "").partition(";")[0].strip().lower()
