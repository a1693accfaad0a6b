"""Host names as Amazon's Domain List wants them: bare, exact, nothing around them."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["host_problem"]

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def host_problem(text: str) -> str | None:
    """What is wrong with ``text`` as a Domain List entry, or None where it is a bare host name.

    The syntax is that of the published examples (``www.example.com``): no scheme, port, path or wildcard.
    """
    for test, words in _SHAPES:
        if test(text):
            return words
    if not text.isascii():
        return _international(text)
    labels = text.lower().split(".")
    if all(label.isdigit() for label in labels):
        return "is an address, not a host name"
    if len(labels) < 2:
        return "has no dot, so it is no host name on the Internet"
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "is not a valid host name"
    return None


def _international(text: str) -> str:
    try:
        ascii_form = text.encode("idna").decode("ascii")
    except UnicodeError:
        return "is not a valid host name"
    return f"must be written in ASCII, as {ascii_form}"


_SHAPES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: not text, "is empty"),
    (lambda text: any(letter.isspace() for letter in text), "holds a blank; only the host name belongs here"),
    (lambda text: "://" in text, "has a scheme; only the host name belongs here"),
    (lambda text: "/" in text or "?" in text or "#" in text, "has a path; only the host name belongs here"),
    (lambda text: "@" in text, "holds an @; only the host name belongs here"),
    (lambda text: "*" in text, "has a wildcard; each host must be listed by its full name"),
    (lambda text: text.count(":") > 1 and "[" not in text, "is an address, not a host name"),
    (lambda text: ":" in text, "has a port; only the host name belongs here"),
    (lambda text: text.endswith("."), "ends in a dot"),
    (lambda text: text.startswith("."), "starts with a dot; subdomains are not covered, each must be listed"),
)
