"""What to do about a token answer that is no JSON object, given what it is."""

from __future__ import annotations

import re

from e2e_linker.derive.tokens import NOT_UTF8, TokenAnswer
from e2e_linker.derive.unread_bodies import AMID_OUTPUT, BOM, COMPRESSED, FORM_ENCODED, WIDE
from e2e_linker.evidence.headers import header
from e2e_linker.model import host_of

__all__ = ["body_remedy", "other_charset"]

_UTF8_FIX = "Encode the token answer in UTF-8 (RFC 8259, section 8.1), whatever else the server writes."
_LENGTH_FIX = (
    "Send a Content-Length that is the number of bytes of the body, or none, and close the connection only when all of "
    "it is sent."
)
_REMEDIES = (
    (BOM, "Write the answer without a byte order mark: save the server's files as UTF-8 without one (BOM), too."),
    (WIDE, _UTF8_FIX),
    (NOT_UTF8, _UTF8_FIX),
    (
        AMID_OUTPUT,
        "Let nothing but the JSON into the answer: keep warnings and debug output in the log (in PHP switch "
        "display_errors off), and mend what they report.",
    ),
    (
        COMPRESSED,
        "Send `Content-Encoding: gzip` with a compressed answer, or do not compress it: a proxy may take the header "
        "away, and a function behind an API gateway has to set it itself.",
    ),
    (FORM_ENCODED, "Answer with JSON; put a small proxy in front of providers that cannot."),
    ("a body in the encoding", "Compress the answer only as the request's Accept-Encoding allows, or not at all."),
    ("a body that is too large", "Send the fields of the token answer and nothing else."),
    ("a body that breaks off", _LENGTH_FIX),
    ("JSON whose transfer breaks off", _LENGTH_FIX),
    ("JSON inside a wrapper", "Send the object alone, without a callback or a prefix around it."),
    ("a JSON array", "Send the object by itself, without a list around it."),
    ("a JSON string", "Encode the object once: it was encoded to a text first, and that text once more."),
)
"""By how the words for the problem begin."""
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def body_remedy(answer: TokenAnswer) -> str | None:
    """What mends the body of ``answer``; None where nothing more is known than that it is no JSON object."""
    problem, call = answer.json_problem or "", answer.call
    if "Content-Encoding" in (call.failure or ""):
        return "Compress the body as its Content-Encoding says, or leave that header out."
    if problem == "an empty body":
        return f"See in the log of {host_of(call.url)} why this answer has no body."
    return next((fix for words, fix in _REMEDIES if problem.startswith(words)), None)


def other_charset(answer: TokenAnswer) -> str | None:
    """The character set that ``answer`` declares and is written in, where that is not UTF-8; None where it is."""
    if answer.json_problem not in {WIDE, NOT_UTF8}:
        return None
    found = _CHARSET.search(header(answer.call.response_headers, "content-type") or "")
    return None if found is None or re.sub(r"[^a-z0-9]", "", found[1].lower()) == "utf8" else found[1]
