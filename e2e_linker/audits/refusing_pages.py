"""What a page that refuses a request says of why."""

from __future__ import annotations

import re
from typing import Final

from e2e_linker.derive.late_refusals import refused_what
from e2e_linker.derive.pages import Page

__all__ = ["blames_client", "is_empty", "says_nothing", "unknown_name"]

_STATUS_WORDS: Final = re.compile(
    r"\b(?:bad request|unauthori[sz]ed|authorization required|forbidden|unprocessable (?:entity|content)|https?|error"
    r"|status|nginx|openresty|apache|cloudfront|caddy)\b|[\d\W_]+",
    re.IGNORECASE,
)
"""What stands on a page that servers show where they have nothing to say but the status."""

_NAME: Final = r"(?:http_)?host(?: ?name)?(?: header)?"
_NAMELESS: Final = re.compile(
    rf"\A(?:(?:http error|40[03]|bad request|forbidden)\W*)*"
    rf"(?:(?:invalid|unknown|untrusted) {_NAME}|the request {_NAME} is invalid)\W*\Z",
    re.IGNORECASE,
)
"""A line that refuses the name of the host and does not tell which it was."""


def is_empty(page: Page) -> bool:
    """Whether ``page`` holds nothing."""
    return page.empty and not page.text.strip()


def blames_client(page: Page) -> bool:
    """Whether ``page`` says of the client or of a scope that it is not known or not allowed, and it is no firewall."""
    return any(refused_what(line) in {"client", "scope"} for line in _lines(page) if "firewall" not in line.lower())


def says_nothing(page: Page) -> bool:
    """Whether ``page`` holds words, and none beside its status and the name of the server."""
    said = " ".join(page.texts).strip()
    return bool(said) and not _STATUS_WORDS.sub("", said)


def unknown_name(page: Page) -> str | None:
    """What to do where ``page`` says that the application does not know the name of its host; None for all others.

    One that refuses another name, such as that of a redirect URI, says nothing of its own.
    """
    host = re.escape(page.host)
    named = re.compile(
        rf"\b(?:blocked hosts?|(?:invalid|disallowed|untrusted|unknown) {_NAME})\W{{1,4}}{host}(?![\w.-]*\w)"
        rf"|\bhost\W{{1,4}}{host}(?::\d+)?\W{{1,4}}is not (?:allowed|trusted|known)\b",
        re.IGNORECASE,
    )
    if not page.host or not any(named.search(line) or _NAMELESS.match(line.strip()) for line in _lines(page)):
        return None
    return (
        f"The application does not know the host name that it is called by, {page.host}, and refuses every request: "
        "add it to the names that it answers to (in Rails `config.hosts`, in Django `ALLOWED_HOSTS`, in Vite "
        "`server.allowedHosts`). Where it stands there, see which name the proxy or tunnel before it passes on in the "
        "header Host."
    )


def _lines(page: Page) -> tuple[str, ...]:
    return page.title, *page.headings, *page.text.splitlines()
