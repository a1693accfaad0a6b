"""The fields into which a page asks for secrets, read from its markup without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

__all__ = ["fields_asked_for"]

_ASKED = re.compile(rb"password|one-time-code|username|type\s*=\W*email", re.IGNORECASE)
_TAG = re.compile(r"<(form|input)\b([^<>]{0,2000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?<![a-z-])([a-z-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_TEXTS = frozenset({"", "text", "email", "tel", "number"})
_NEVER = frozenset({"state", "code", "client_id", "redirect_uri", "scope", "response_type", "code_challenge"})
"""Parameters of the protocol, whose meaning no page changes."""
_BY_COMPLETION = {
    "current-password": "password",
    "new-password": "password",
    "one-time-code": "otp",
    "username": "username",
    "email": "username",
}


def fields_asked_for(page: bytes | None) -> Iterator[tuple[str, str]]:
    """The names of the fields of ``page`` into which secrets or the name of a user are typed, with their kinds.

    The field for the name of a user is the last one for a text before that for the password.
    """
    if not page or not _ASKED.search(page):
        return
    before = ""
    for tag, text in _TAG.findall(page.decode("utf-8", "replace").replace('\\"', '"').replace("\\/", "/")):
        given = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(text)}
        name, type_ = given.get("name") or given.get("id", ""), given.get("type", "").lower()
        if tag.lower() == "form":
            before = ""
        elif name and name not in _NEVER and type_ in {*_TEXTS, "password"}:
            kind = _kind(type_, given.get("autocomplete", ""))
            if kind is not None:
                yield name, kind
            if kind == "password" and before:
                yield before, "username"
            before = "" if kind or type_ == "number" else name


def _kind(type_: str, completion: str) -> str | None:
    told = next((kind for word in completion.lower().split() if (kind := _BY_COMPLETION.get(word))), None)
    if type_ == "password":
        return "otp" if told == "otp" else "password"
    return told or ("username" if type_ == "email" else None)
