"""Statuses that are about an address, before anybody logs in: the configured one, or one that a redirect leads to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import split, without_parameters
from e2e_linker.evidence.models import Request

__all__ = ["NOTHING_THERE", "nothing_there"]

NOTHING_THERE: Final = (
    "Compare authorizationUrl with the address of the server's authorization endpoint: nothing is found at the "
    "configured one. Where it is right, see in the server's log why it does not know that address."
)
"""For statuses that are about an address, where the very first request gets one."""

_ABSENT: Final = frozenset({404, 405, 410})
_GONE: Final = frozenset({404, 410})
_OF_ERRORS: Final = re.compile(r"/(?:404|(?:page[-_]?)?not[-_]?found|errors?)(?:\.\w{1,5})?(?:/|\Z)", re.IGNORECASE)
"""Paths of pages that only tell of an error, whatever it was."""
_PARAMETER: Final = re.compile(r"client_id(?:=|%(?:25)*3D)", re.IGNORECASE)
"""The client id in an address that a page shows, which blames no client."""


def nothing_there(page: Page, before: Sequence[Request]) -> str | None:
    """What to correct where ``page``, to which only the redirects ``before`` led, tells that nothing is at its address.

    None for other pages, and where the page speaks of a client: some servers answer with 404 to one they do not know.
    """
    if page.status not in _ABSENT or "client" in _PARAMETER.sub("", f"{page.title} {page.text}").lower():
        return None
    if not before or _place(page.url) == _place(before[0].url):
        return NOTHING_THERE
    if page.status not in _GONE or _OF_ERRORS.search(split(page.url).path):
        return None
    # Many a server leads every address below a language, or to another host, before it looks for it.
    if (asked := _place(before[0].url)[1].lower()) and _place(page.url)[1].lower().endswith(asked):
        return NOTHING_THERE
    return (
        f"The authorization request was taken: {without_parameters(before[-1].url)} answers it with a redirect to "
        f"{page.address}, where nothing is found. Correct the address of the login page in the server's settings (in "
        "Django `LOGIN_URL`), or add that page. Where it is there below another path, see which prefix the server puts "
        "before its paths (in Rails `config.relative_url_root`, elsewhere `SCRIPT_NAME`) and which one its proxy takes "
        "away."
    )


def _place(url: str) -> tuple[str, str]:
    """Host and path of ``url``, as far as a redirect to the usual spelling of an address leaves them."""
    parts = split(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
