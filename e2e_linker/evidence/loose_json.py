"""Reading JSON that promises a shape and may not keep it: whatever has another type counts as not said."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

__all__ = ["a_moment", "a_number", "a_pair_list", "a_size", "a_text", "an_object", "objects", "structure_in"]

_FIRST_YEAR, _LAST_YEAR = 1970, 2999
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\)\]\}'?,?|for\s*\(;;\);|while\s*\((?:1|true)\);)?\s*")
"""What servers put before JSON: a mark of its encoding, and a guard so that no other site's page can run it."""


def structure_in(data: bytes | None) -> dict[str, Any] | list[Any] | None:
    """The object or list that ``data`` is in JSON, whatever a server put before it; None where it is anything else."""
    text = _BEFORE.sub(b"", data or b"", count=1)
    try:
        told = json.loads(text) if text[:1] in {b"{", b"["} else None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict | list) else None


def objects(told: Any) -> Iterable[Mapping[str, Any]]:
    """The objects of a list."""
    return (one for one in told if isinstance(one, dict)) if isinstance(told, list) else ()


def an_object(told: Any) -> Mapping[str, Any]:
    """``told``, or an empty object."""
    return told if isinstance(told, dict) else {}


def a_text(told: Any) -> str:
    """``told`` as text, or an empty one; half surrogate pairs, which no file may hold, are replaced."""
    if isinstance(told, str):
        return told if told.isascii() else told.encode("utf-8", "replace").decode()
    return str(told) if isinstance(told, (int, float)) and not isinstance(told, bool) else ""


def a_number(told: Any) -> float | None:
    """``told`` as a finite number, also where it is written as text."""
    if told is None or isinstance(told, bool) or not isinstance(told, (float, int, str)):
        return None
    try:
        value = float(told)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def a_size(told: Any) -> int | None:
    """``told`` as a number of bytes; HAR writes -1 for what is unknown."""
    value = a_number(told)
    return int(value) if value is not None and 0 <= value < 2**53 else None


def a_moment(told: Any) -> datetime | None:
    """``told`` as a moment in UTC; one without a zone is taken for UTC.

    What no clock shows counts as not said: near the ends of the calendar nothing can be reckoned with.
    """
    try:
        moment = datetime.fromisoformat(a_text(told))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def a_pair_list(told: Any) -> tuple[tuple[str, str], ...]:
    """The names and values of a list of objects that have both, such as headers; a nameless one is left out."""
    pairs = []
    for one in objects(told):
        name, value = one.get("name"), one.get("value")
        if not (type(name) is str and type(value) is str and name.isascii() and value.isascii()):
            name, value = a_text(name), a_text(value)
        if name:
            pairs.append((name, value))
    return tuple(pairs)
