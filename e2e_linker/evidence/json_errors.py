"""What a JSON answer says of an error."""

from __future__ import annotations

import json

from e2e_linker.evidence.cutting import cut

__all__ = ["error_words"]

_CODES = ("error", "code", "errorCode")
"""Members of a JSON answer that name an error, the likelier ones first: RFC 6749, Okta's last."""
_TEXTS = ("error_description", "message", "errorSummary", "errorMessage", "detail", "title")
"""Those that describe it: RFC 6749, gateways, Okta and others, RFC 9457."""
_QUOTED = 200
_MOST_FIELDS = 3


def error_words(answer: str | bytes, *, redacted: bool = True) -> tuple[str, ...]:
    """The name of the error and what is said of it, each where it is there; empty where the answer is no JSON.

    In one that is not ``redacted`` no word is cut, as it may be a secret.
    """
    try:
        held = json.loads(answer)
    except (ValueError, RecursionError):
        return ()
    inner = held.get("error") if isinstance(held, dict) else None
    within = inner if isinstance(inner, dict) else held if isinstance(held, dict) else {}
    code, text = (next((t for name in names if (t := _line(within.get(name)))), "") for names in (_CODES, _TEXTS))
    found = (code, *(_of_fields(within.get("errors")) or [text]))
    return tuple(dict.fromkeys(_short(text, redacted) for text in found if text))


def _of_fields(errors: object) -> list[str]:
    """What is said of single fields, which tells more than that the whole was invalid (Laravel, Rails, RFC 9457)."""
    held = list(errors.values()) if isinstance(errors, dict) else errors if isinstance(errors, list) else []
    each = [one for group in held for one in (group if isinstance(group, list) else [group])]
    texts = [next(filter(None, map(one.get, _TEXTS)), None) if isinstance(one, dict) else one for one in each]
    return list(filter(None, map(_line, texts)))[:_MOST_FIELDS]


def _line(value: object) -> str:
    # A JSON escape may spell half of a character, which no file can hold.
    return " ".join(value.encode(errors="replace").decode().split()) if isinstance(value, str) else ""


def _short(text: str, redacted: bool) -> str:
    kept = text[:_QUOTED] if redacted else cut(text, _QUOTED).rstrip()
    return text if len(text) <= _QUOTED else f"{kept}…"
