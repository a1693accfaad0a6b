"""Whether an answer is an error page with which everything ends: in a browser, too, nothing would come of it.

A page is only needed to see what a script, a refresh or a login form makes of an answer. Where there is nothing of the
kind in it, and its status says that the request is wrong, a browser shows it, and that is all.
"""

from __future__ import annotations

import html
import re

from e2e_linker.evidence.traffic import Headers

__all__ = ["REFUSALS", "refuses"]

REFUSALS = frozenset({400, 404, 422})
"""Statuses that find fault with the request itself.

Others mean somebody who may not ask (401, 403, 407), one who asks too slowly or too often (408, 429), or trouble of the
server's own.
"""

_SHOWN = frozenset({"", "text/html", "text/plain", "application/json", "application/problem+json"})
"""Content types whose text can hold nothing that runs but what is looked for here."""
_UNPACKED = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})
_ASCII = frozenset({"", "utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252"})
"""Character sets in which markup is spelled in ASCII."""
_ODD_BYTES = (b"\0", b"\x1b")
"""Signs of a character set in which it is not, whatever the answer says: UTF-16, ISO-2022-JP."""
_RUNNING = re.compile(
    r"<\s*(?:script|iframe|frame|frameset|fencedframe|object|embed|applet)\b|[\s/\"']on[a-z]+\s*=", re.IGNORECASE
)
"""Elements that bring scripts or another document, and attributes that are scripts."""
_TOGETHER = (("http-equiv", "refresh"), ("<input", "password"))
"""Words that stand in a document with a refresh, or a field for a password. They may do so by chance as well."""


def refuses(status: int, headers: Headers, body: bytes | None) -> bool:
    """Whether an answer of ``status`` refuses the request, and nothing in it leads on or asks for a password.

    ``body`` is all of it, None where it was not read.
    """
    fields: dict[str, str] = {}
    for name, value in headers:
        # Two of a kind contradict each other, or say the same twice: joined, they are among the known in neither case.
        fields[name.lower()] = f"{fields[name.lower()]}, {value}" if name.lower() in fields else value
    if status not in REFUSALS or body is None or "refresh" in fields or not _is_shown(fields):
        return False
    if any(odd in body for odd in _ODD_BYTES):
        return False
    text = body.decode("latin-1")
    return not any(_leads_on(reading) for reading in (text, html.unescape(text)))


def _is_shown(fields: dict[str, str]) -> bool:
    """Whether a browser shows the body as the text that was read."""
    kind, _, parameters = fields.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([^\s\"';,]*)", parameters, re.IGNORECASE)
    return (
        kind.strip().lower() in _SHOWN
        and "," not in parameters
        and (charset is None or charset[1].lower() in _ASCII)
        and fields.get("content-encoding", "").strip().lower() in _UNPACKED
        and fields.get("content-disposition", "inline").strip().lower().startswith("inline")
    )


def _leads_on(text: str) -> bool:
    words = text.lower()
    return bool(_RUNNING.search(text)) or any(all(word in words for word in pair) for pair in _TOGETHER)
