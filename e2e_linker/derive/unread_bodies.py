"""What a token answer is that is no JSON: in words, and most telling first."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import TokenCall

__all__ = ["AMID_OUTPUT", "BOM", "COMPRESSED", "FORM_ENCODED", "WIDE", "problem_of"]

BOM = "JSON behind a byte order mark"
WIDE = "UTF-16 or UTF-32"
COMPRESSED = "gzip data without the header Content-Encoding"
FORM_ENCODED = "a form-encoded body"
AMID_OUTPUT = "JSON with other output"
"""How the words begin for an object with warnings or debug output before or behind it."""
_ASKED_FOR = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_GZIP = ("\x1f\x8b", "\x1f\ufffd")
"""The first two bytes of gzip data (RFC 1952), as they are read for text."""
_OBJECT = re.compile(r'\{\s*"')
_PAGE = re.compile(r"<(?:!doctype|html)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_WORDS = re.compile(r"[^\W_]\s+[^\W_]|<")
"""What tells a text or markup from the few signs that some servers put around JSON."""
_QUOTED = 100


def problem_of(text: str, call: TokenCall) -> str:
    """What ``text``, the body of ``call`` in which a strict parser finds no JSON, is in words."""
    start = text.lstrip()
    encoding = (header(call.response_headers, "content-encoding") or "").strip()
    if encoding.lower() not in _ASKED_FOR:
        return f"a body in the encoding {encoding[:40]}, which was not asked for"
    if text.startswith("\ufeff"):
        return BOM
    if text.startswith(_GZIP):
        return COMPRESSED
    if "\0" in start[:8]:
        return WIDE
    if call.failure_kind == "too_large":
        return f"a body that is too large ({call.failure})"
    if not start:
        return f"a body that breaks off before it begins ({call.failure})" if call.failure else "an empty body"
    if (around := _around_json(start)) is not None:
        return around
    if start.startswith("<"):
        return "HTML" if "html" in start[:400].lower() else "XML"
    if any(name in {"access_token", "error"} for name, _ in parse_qsl(start)):
        return FORM_ENCODED
    if start[0] not in "{[" and "{" in start[:80]:
        return "JSON inside a wrapper"
    if call.failure:
        return f"a body that breaks off ({call.failure})"
    return "a body that is not JSON"


def _around_json(text: str) -> str | None:
    """The words for an object that has other output before or behind it; None where ``text`` is nothing of the kind.

    Only the first object is looked at, so that this takes no longer than reading the text once.
    """
    begin = _OBJECT.search(text)
    if begin is None:
        return None
    try:
        _, end = json.JSONDecoder().raw_decode(text, begin.start())
    except (ValueError, RecursionError):
        return None
    before, behind = text[: begin.start()].strip(), text[end:].strip()
    if (before and behind) or _PAGE.match(before):
        return None
    other = before or behind
    if not _WORDS.search(other):
        return None
    shown = " ".join(_TAG.sub("", other[: 4 * _QUOTED]).split())[:_QUOTED]
    return f"{AMID_OUTPUT} {'before' if before else 'behind'} it" + (f" (“{shown}”)" if shown else "")
