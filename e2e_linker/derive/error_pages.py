"""What an answer that is no JSON object says of an error: in its own words, by OAuth's names, and by a stack trace."""

from __future__ import annotations

import json
import re
from http import HTTPStatus

from e2e_linker.derive.markup import read_markup

__all__ = ["failed_by_itself", "named_error", "only_a_status", "said_by"]

_READ = 4000
"""Characters in which a stack trace is looked for."""
_SHORT = 400
"""Characters up to which the text below a title that says nothing is quoted."""
_NO_WORDS = re.compile(r"\b(?:http|status|error|code|\d{3})\b|[\W_]+")
_CHANGING = re.compile(r"\d{5}|\b(?=[a-z]*\d)[0-9a-f]{8}|\d\d:\d\d", re.IGNORECASE)
"""Numbers of requests and times: what is quoted with them would be another refusal each time."""
_LABEL = re.compile(r"<(?=\w+#\d+>)")
"""Where the label of a hidden secret begins."""
_FRAME = re.compile(
    r"\bat (?:[^()]{1,200}\([^()]{0,300}|[^\s()]{1,300})(?:\.(?:[cm]?[jt]sx?|java|kt|scala|groovy|rb|php)"
    r"|\bnode:[\w/]{1,80}):\d+"
    r"|\bin [^\s()]{1,300}\.(?:cs|vb):line \d+|\bTraceback \(most recent call last\)|\bStack trace:"
)
_CLASS = r"\W*(?:\w{0,80}(?:Error|Exception): *)?"
_ERROR = re.compile(
    rf"{_CLASS}(?P<name>invalid_(?:client|grant|request|scope)|unauthorized_client|unsupported_grant_type"
    r"|server_error|temporarily_unavailable)\b"
    rf"|{_CLASS}(?P<spaced>invalid (?:client|grant))(?=\s*[:.]|\W*\Z)",
    re.IGNORECASE,
)
"""A name of RFC 6749, section 5.2, at the beginning; node-oauth2-server spells out two of them with a blank."""


def said_by(body: str) -> str:
    """What ``body`` says, on one line: its title, or the text of a page whose title says nothing; else all its text."""
    page = read_markup(_plain(body))
    if not page.title:
        return _without_trace(page.text)
    text = _below(body) if only_a_status(page.title) else ""
    quotable = (" " in text or _ERROR.match(text)) and len(text) <= _SHORT and not _CHANGING.search(text)
    return text if quotable else page.title


def named_error(body: str) -> str | None:
    """The OAuth error that ``body`` begins with, or its title or a heading; None where none does."""
    page = read_markup(_plain(body))
    found = next(filter(None, map(_ERROR.match, (page.title, *page.headings, _below(body)))), None)
    return (found["name"] or found["spaced"]).lower().replace(" ", "_") if found else None


def failed_by_itself(body: str) -> bool:
    """Whether ``body`` shows the stack trace of a program that failed."""
    return _FRAME.search(read_markup(_plain(body)).text, 0, _READ) is not None


def _below(body: str) -> str:
    """The text of ``body`` without headings that say nothing, and without a stack trace."""
    page = read_markup(_plain(body))
    text = page.text
    for heading in page.headings:
        if only_a_status(heading):
            text = text.removeprefix(heading).lstrip()
    return _without_trace(text)


def _plain(body: str) -> str:
    """The text that ``body`` is as a JSON string, else ``body``; what is hidden in it is no markup."""
    try:
        said = json.loads(body) if body.lstrip()[:1] == '"' else None
    except (ValueError, RecursionError):
        said = None
    # A JSON escape may spell half of a character, which no file can hold.
    text = said.encode(errors="replace").decode() if isinstance(said, str) else body
    return _LABEL.sub("&lt;", text)


def _without_trace(text: str) -> str:
    frame = _FRAME.search(text, 0, _READ)
    return text[: frame.start()].rstrip() or text if frame else text


def only_a_status(words: str) -> bool:
    """Whether ``words`` tell no more than a status does."""
    return _core(words) in _PHRASES


def _core(words: str) -> str:
    return " ".join(_NO_WORDS.sub(" ", words.casefold()).split())


_PHRASES = frozenset(
    {"", "server", "service temporarily unavailable", *(_core(status.phrase) for status in HTTPStatus)}
)
"""What is left of titles like “Error”, “Server Error (500)” and “HTTP Status 400 – Bad Request”."""
