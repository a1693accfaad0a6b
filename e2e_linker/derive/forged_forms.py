"""Whether a server took a form for a forged one: most say so, and ASP.NET Core answers nothing but a status."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.derive.cookie_scopes import FORGERY
from e2e_linker.derive.pages import Page
from e2e_linker.derive.stack_frames import without_frames
from e2e_linker.derive.wordings import FORGED, first_match
from e2e_linker.evidence.models import Request
from e2e_linker.evidence.traffic import READING

__all__ = ["forged_words", "silently_refused", "taken_for_forged"]

_BAD_REQUEST = 400


def taken_for_forged(page: Page, requests: Iterable[Request]) -> bool:
    """Whether ``page`` says that what was sent to it is forged, or refuses a form that has a token without a word."""
    told = forged_words(*page.texts)
    return told is not None or silently_refused(page, requests) is not None


def forged_words(*texts: str) -> str | None:
    """The words by which the first of ``texts`` that has any refuses a forged form.

    The check that a request went through before something else failed stands in many a stack trace: it refused nothing.
    """
    return first_match(FORGED, *map(without_frames, texts))


def silently_refused(page: Page, requests: Iterable[Request]) -> str | None:
    """The name of the token's field in a form to which ``page`` is an empty answer with status 400; None for others."""
    if page.status != _BAD_REQUEST or not page.empty or page.text.strip():
        return None
    sent = next((one for one in requests if one.n == page.request), None)
    if sent is None or sent.method in READING or sent.body is None:
        return None
    return next((field.name for field in sent.body.fields if FORGERY.search(field.name)), None)
