"""What to do where a page takes the password and refuses what comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from e2e_linker.audits.refused_elsewhere import refused_elsewhere
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.late_refusals import Refused, late_refusal, left_behind
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.models import Walk

__all__ = ["led_off", "refused_late"]

_FIRST: Final[dict[Refused, str]] = {
    "redirect URI": "Check first that the redirect URIs are registered as Alexa sends them, one for each region. ",
    "client": "Check first that the client id is registered just as Alexa sends it. ",
    "scope": "Check first that the server knows every scope of the skill, and lets this client ask for it. ",
    "access": "Check first that the test account may use this client. ",
    "anything": "",
}
_THEN: Final = (
    "The server answers the password with this page, and without a word on that: what it refuses is the authorization "
    "request, or this customer. Compare client id, redirect URI, scopes and response type with what is registered, and "
    "see whether every customer may use this client. The server's log of that moment says which."
)
_QUOTED: Final = 160


def refused_late(walk: Walk, page: Page) -> str | None:
    """What to do where ``page`` came after the password of ``walk`` and refuses the request; None for all others."""
    if other := refused_elsewhere(walk, page, late=True):
        return other
    late = late_refusal(_pages(walk), page, walk)
    return f"{_FIRST[late.what]}{_THEN}" if late else None


def led_off(walk: Walk, end: Page) -> tuple[str, str | None] | None:
    """(what the customer sees, what to do) where a button of a page that refuses led ``walk`` to ``end``; else None.

    The first is a clause. What to do is None where the page of the button does not say what it refuses.
    """
    left = left_behind(walk, _pages(walk), end)
    if left is None:
        return None
    page, press = left
    text = " ".join(page.text.split()) or page.title
    said = f"“{text[:_QUOTED]}{'…' if len(text) > _QUOTED else ''}”"
    message = f"After the login {page.host} shows {said}, and {press.target} there leads to a page of {end.host}"
    return f"{message} instead of to the Alexa app", refused_late(walk, page)


def _pages(walk: Walk) -> Sequence[Page]:
    return of_walk(walk, "pages") or ()
