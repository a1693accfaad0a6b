"""Cookies that a server misses: it sets them once more where they did not come back, or they had ended by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from e2e_linker.derive.cookie_scopes import FORGERY, SESSION, goes_to_path, is_removal, names_sent
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.left_behind import LeftBehind, is_left, others_came
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Request, SetCookie
from e2e_linker.model import host_of

__all__ = ["fleeting", "left_at_the_start", "set_anew"]

_SHORT = 10
"""Seconds in which nobody logs in. Threshold."""


def set_anew(name: str, request: Request) -> tuple[SetCookie, ...]:
    """The cookies ``name`` that the answer to ``request`` sets, where that came without it."""
    if request.sizes is None or name in names_sent(request):
        return ()
    return tuple(one for one in request.set_cookies if one.name == name and not is_removal(one))


def left_at_the_start(requests: Sequence[Request], pages: Sequence[Page]) -> Iterator[LeftBehind]:
    """The cookies that the redirects to the first page set for their own paths, and that a later document on the same
    host, which these paths leave out, set once more."""
    first = next((page for page in pages if page.main_frame), None)
    if first is None:
        return
    *ahead, _ = came_from(next(one for one in requests if one.n == first.request), requests)
    documents = [one for one in requests if one.leads and one.n >= first.request]
    for source in ahead:
        later = [one for one in documents if host_of(one.url) == host_of(source.url)]
        for cookie in source.set_cookies:
            missed = (
                one
                for one in later
                if is_left(cookie, source, one) and cookie.path in {new.path for new in set_anew(cookie.name, one)}
            )
            holds = goes_to_path(cookie, source.url, source.url) and not FORGERY.search(cookie.name)
            found = next(missed, None) if holds else None
            if found is not None:
                yield LeftBehind(cookie, source, found, doubtful=others_came(found, {cookie.name}))


def fleeting(cookie: SetCookie, answer: Request) -> tuple[str, str] | None:
    """Why a session's ``cookie``, set by ``answer``, had ended before anybody could log in, and what to do; else None.

    By the server's own clock, so that this one may go wrong.
    """
    life = None if is_removal(cookie) or not SESSION.search(cookie.name) else _life(cookie, answer)
    if life is None or not 0 <= life < _SHORT:
        return None
    lives = f"lives for {life:.15g} s only" if life else "ends the moment it is set"
    return lives, (
        "Let it live as long as a login may take, such as ten minutes, or as long as the browser is open. Some "
        "libraries count in milliseconds (`maxAge` of Express), others in seconds."
    )


def _life(cookie: SetCookie, answer: Request) -> float | None:
    if cookie.max_age is not None:
        return float(cookie.max_age) if cookie.max_age.isascii() and cookie.max_age.isdigit() else None
    ends, now = _moment(cookie.expires), _moment(header(answer.response_headers, "date"))
    return (ends - now).total_seconds() if ends and now else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
