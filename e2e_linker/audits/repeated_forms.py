"""What to do where a redirect made the browser send a form once more, to an address that takes none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.late_refusals import refused_what
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import same_endpoint, without_parameters
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.evidence.traffic import READING

__all__ = ["repeated_form"]

_REPEATING: Final = frozenset({307, 308})
"""Statuses that keep method and body (RFC 9110, sections 15.4.8 and 15.4.9)."""
_NO_FORM: Final = frozenset({405, 415})
"""Statuses of addresses that take no form."""
_ABSENT: Final = frozenset({404, 410})
_REFUSING: Final = frozenset({400, 401, 403, 419, 422})


def repeated_form(walk: Walk, page: Page) -> str | None:
    """What to do where ``page`` refuses a form that a redirect handed on to its address; None for all other pages."""
    asked: Sequence[Request] = of_walk(walk, "requests") or ()
    last = next((one for one in asked if one.n == page.request), None)
    if last is None or last.method in READING:
        return None
    before = next((one for one in reversed(came_from(last, asked)[:-1]) if one.status in _REPEATING), None)
    shown: Sequence[Page] = of_walk(walk, "pages") or ()
    asking = next(
        (one for one in reversed(shown) if one.main_frame and one.asks_for_password and one.request < last.n), None
    )
    if (
        before is None
        or (asking and same_endpoint(asking.url, last.url))
        or _path(before) == _path(last)
        or not _wanted_by_get(walk, page, last, asked)
    ):
        return None
    form, there = without_parameters(before.url), without_parameters(last.url)
    private = " The password goes there, too, where nobody asks for it." if _held_a_password(walk, before) else ""
    return (
        f"Answer {before.method} {form} with status 303 (or 302) instead of {before.status}: with {before.status} the "
        f"browser sends the form, with all that was typed, once more to {there}, which refuses it.{private}"
    )


def _wanted_by_get(walk: Walk, page: Page, last: Request, asked: Sequence[Request]) -> bool:
    """Whether ``page`` is how an address answers a form that is only to be asked for."""
    if page.status in _NO_FORM:
        return True
    if page.status in _REFUSING:
        lines = (page.title, *page.headings, *page.text.splitlines())
        named = any(refused_what(line) not in {None, "anything"} for line in lines)
        return same_endpoint(last.url, walk.authorization.url) and not named
    there = (one for one in asked if one.n < last.n and same_endpoint(one.url, last.url))
    answered = any(one.method in READING and one.status is not None and one.status < 400 for one in there)
    return page.status in _ABSENT and (answered or "Cannot POST" in page.text)


def _held_a_password(walk: Walk, sent: Request) -> bool:
    shown: Sequence[Page] = of_walk(walk, "pages") or ()
    form = next((one for one in reversed(shown) if one.main_frame and one.request < sent.n), None)
    return form is not None and form.asks_for_password


def _path(request: Request) -> str:
    """The path of its address, whichever way it ends: servers set right scheme, host and slash so, on purpose."""
    return urlsplit(request.url).path.rstrip("/")
