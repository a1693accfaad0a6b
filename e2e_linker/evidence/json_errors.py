"""What a JSON answer says of an error."""

from __future__ import annotations

import json

__all__ = ["error_words"]

_CODES, _TEXTS = ("error", "code"), ("error_description", "message", "detail", "title")
"""Members of a JSON answer that name an error, and those that describe it, the likelier ones first."""
_QUOTED = 160


def error_words(answer: str | bytes) -> tuple[str, ...]:
    """The name of the error and what is said of it, each where it is there; empty where the answer is no JSON."""
    try:
        held = json.loads(answer)
    except (ValueError, RecursionError):
        return ()
    inner = held.get("error") if isinstance(held, dict) else None
    within = inner if isinstance(inner, dict) else held if isinstance(held, dict) else {}
    found = (next((t for name in names if (t := _line(within.get(name)))), "") for names in (_CODES, _TEXTS))
    return tuple(text for text in dict.fromkeys(found) if text)


def _line(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
