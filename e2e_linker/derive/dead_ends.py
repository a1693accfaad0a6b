"""Where a login stopped that did not get back to Alexa, and whether that page is one a customer cannot leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.foreign_cookies import ForeignCookie
from e2e_linker.derive.late_refusals import late_refusal
from e2e_linker.derive.login_requests import FailedLogin, failed_login, failed_opening
from e2e_linker.derive.pages import STOPPED, Page, last_page
from e2e_linker.derive.printed_warnings import printed, too_late
from e2e_linker.derive.refusals import refusal_of
from e2e_linker.derive.since_password import before_password, consented, password_times, shown_instead, told_since
from e2e_linker.derive.undisplayed import Undisplayed
from e2e_linker.derive.urls import split
from e2e_linker.derive.wordings import (
    CHOOSING,
    CONSENT,
    CREDENTIALS,
    ERROR,
    FAILURE,
    FOREIGN_ORIGIN,
    FORGED,
    HOME,
    LEAVING,
    LOST_SESSION,
    OUTDATED,
    REFUSED_LATE,
    REFUSED_REQUEST,
    START,
    UNKNOWN_CLIENT,
    VERIFYING,
    first_match,
)
from e2e_linker.evidence.models import DomDigest, Ending, Request, Trial, Walk
from e2e_linker.model import Confidence, Fault

__all__ = ["DeadEnd", "dead_end", "signed_in_at", "turned_away"]

_REJECTING = frozenset({400, 401, 403, 422, 429})
"""Statuses with which a login form comes back that was filled in wrongly."""

_PICKERS = frozenset({"combobox", "select-one"})
"""Types of fields that may choose the language of a page that asks for nothing else."""

_SHORT = 600
"""Characters of text up to which a page that offers nothing says one thing only."""

_ENTRA_REFUSES = re.compile(r"^(?:AADSTS|AADB2C)\d{4,8}:", re.MULTILINE)
_HOME_WORD = re.compile(r"\bhome\b|ホーム|홈", re.IGNORECASE)
_APART = re.compile(r" [|–—·:-] |\|")
"""What stands in titles between the name of a page and that of its site."""


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """The page on which the customer is left."""

    kind: Literal["error", "lost", "request"]
    """``lost``: not an error, but a page of the service that has forgotten the authorization request. ``request``: a
    page whose script tried to log in, and its request failed."""
    page: Page
    words: str | None
    """The words by which it was told, None where the status said it."""
    confidence: Confidence
    failed: FailedLogin | None = None
    consented: bool = False
    """Whether the login had gone on to consent, and that was given."""


@fact
def dead_end(
    pages: tuple[Page, ...],
    requests: tuple[Request, ...],
    foreign_cookies: tuple[ForeignCookie, ...],
    undisplayed: Undisplayed | None,
    ending: Ending,
    walk: Walk,
) -> DeadEnd | None:
    """The dead end of ``walk``; None where it arrived, or where the last page still asks for something.

    Of one that no browser lays out, what its source says in words is not what the customer is told.
    """
    last = last_page(pages)
    if last is None or undisplayed is not None:
        return None
    behind = _request_behind(last, requests, ending, walk)
    if behind is not None:
        return behind
    if ending.kind == "login_rejected":
        return _failed_behind_the_form(last, ending)
    if ending.kind not in STOPPED and not _turns_the_app_away(last, ending):
        return None
    unseen = _refused_unseen(pages, last, walk) if ending.kind == "dead_end" else None
    if unseen is not None and last.status < 500:
        return DeadEnd("error", last, unseen, Confidence.LIKELY)
    if last.status >= 400:
        rejected = last.status in _REJECTING and last.asks_for_password
        return None if rejected else DeadEnd("error", last, None, Confidence.CERTAIN)
    signed_in = signed_in_at(last, walk)
    later = {r.n for r in requests if signed_in is not None and r.at >= signed_in}
    dropped = any(cookie.way == "not kept" and cookie.set_by in later for cookie in foreign_cookies)
    if ending.kind == "dead_end" and last.asks_for_password and (dropped or consented(pages, last, walk)):
        return DeadEnd("lost", last, None, Confidence.LIKELY, consented=not dropped)
    if _asks(last, but=_PICKERS if ending.kind == "login_not_found" else frozenset()):
        return None
    if ending.kind != "dead_end":
        return _stopped_at_once(last, requests, walk) if ending.kind == "login_not_found" else None
    if words := _error_words(last) or told_since(pages, last, walk):
        return DeadEnd("error", last, words, Confidence.LIKELY)
    return _lost(last, shown_instead(last, walk)) if signed_in is not None else None


def turned_away(pages: tuple[Page, ...], ending: Ending, healed: Trial | None) -> DeadEnd | None:
    """The error page that blocked a login for its user agent, as the trial ``healed`` proves; None for all others.

    Without such a trial it may be that an automated browser was told, which says nothing of customers.
    """
    last = last_page(pages)
    proven = ending.kind == "login_blocked" and healed is not None and healed.factor == "user_agent"
    return DeadEnd("error", last, None, Confidence.CERTAIN) if proven and last and last.status >= 400 else None


def _request_behind(page: Page, requests: tuple[Request, ...], ending: Ending, walk: Walk) -> DeadEnd | None:
    """The page's own login request, where it failed and the page stayed."""
    if ending.kind not in {"dead_end", "login_rejected", "timeout"} or page.status >= 400:
        return None
    failed = failed_login(walk, requests, page.url)
    if failed is None or failed.request.n < page.request or (failed.later and ending.fault is Fault.TESTER):
        return None
    sure = not failed.later and (failed.kept_back or failed.request.status is not None)
    return DeadEnd("request", page, None, Confidence.CERTAIN if sure else Confidence.LIKELY, failed)


def _failed_behind_the_form(page: Page, ending: Ending) -> DeadEnd | None:
    """An error page that only looks like a rejected login: it offers no form and does not speak of credentials."""
    if page.status >= 500:
        return DeadEnd("error", page, None, Confidence.CERTAIN)
    if ending.fault is Fault.TESTER or page.status >= 400 or _asks(page) or first_match(CREDENTIALS, *page.texts):
        return None
    words = _error_words(page)
    return DeadEnd("error", page, words, Confidence.LIKELY) if words else None


def _turns_the_app_away(page: Page, ending: Ending) -> bool:
    """Whether a login counts as blocked because of the emulated browser, and not because it is automated."""
    refusal = refusal_of(page) if ending.kind == "login_blocked" else None
    return refusal is not None and not refusal.ambiguous


def _asks(page: Page, *, but: frozenset[str] = frozenset()) -> bool:
    """Whether there is something left to fill in or to agree to, ``but`` for fields of these types."""
    if page.asks_for_password:
        return True
    # What cannot be reached or made out is no use to the customer, but the page asks for it.
    held = page.digest.controls if page.digest else ()
    asked = [c for c in held if c.visible or c.out_of_reach or c.faint]
    fields = [c for c in asked if c.kind in {"field", "checkbox"} and c.type not in {"search", *but} and c.name != "q"]
    buttons = [c for c in asked if c.kind == "button"]
    return bool(fields) or first_match(CONSENT, *(c.label or c.name or "" for c in buttons)) is not None


def _error_words(page: Page) -> str | None:
    if any(control.kind == "button" for control in page.controls) or len(page.text) > _SHORT:
        return first_match(FAILURE, page.title, *page.headings) or (printed(page.text) if too_late(page.text) else None)
    return first_match(ERROR, *page.texts) or printed(page.text)


def _stopped_at_once(page: Page, requests: tuple[Request, ...], walk: Walk) -> DeadEnd | None:
    """What a page in place of the login refuses in words, whatever its status, or the request that failed behind it.

    Beside a component that cannot be looked into, or a button, which a passkey may need alone, the login may well be
    there, and a word on the browser in passing.
    """
    sealed = bool(page.digest and page.digest.sealed)
    in_passing = sealed or any(control.kind == "button" for control in page.controls)
    texts = [page.title, *page.headings, page.text if len(page.text) <= 2 * _SHORT else ""]
    known = (REFUSED_REQUEST, REFUSED_LATE, UNKNOWN_CLIENT, *(() if in_passing else (OUTDATED,)))
    told = next(filter(None, (first_match(words, *texts) for words in known)), None)
    if words := told or first_match(_ENTRA_REFUSES, page.text):
        return DeadEnd("error", page, words, Confidence.LIKELY)
    failed = failed_opening(walk, requests, page) if not sealed and _error_words(page) else None
    return DeadEnd("request", page, None, Confidence.LIKELY, failed) if failed else None


def _refused_unseen(pages: Iterable[Page], last: Page, walk: Walk) -> str | None:
    """The words by which ``last`` refuses what was typed without a look at it, or later what Alexa asks for.

    None where they stood there before.
    """
    before = before_password(pages, walk)
    # Of an error page without a form the status says as much.
    forged = (FORGED,) if last.status < 400 or last.asks_for_password else ()
    for words in (FOREIGN_ORIGIN, LOST_SESSION, *forged) if before else ():
        told = first_match(words, *last.texts)
        if told and not any(first_match(words, *seen.texts) for seen in before):
            return told
    late = late_refusal(pages, last, walk)
    return late.words if late else None


def signed_in_at(page: Page, walk: Walk) -> float | None:
    """The seconds into ``walk`` at which a password was typed before ``page``, or what a script shows there, came."""
    came = page.views[-1].at if shown_instead(page, walk) else page.at
    return next((at for at in password_times(walk) if at <= came), None)


def _asks_to_choose(page: Page) -> bool:
    """Whether something is to be chosen: homes, profiles and sites are the customer's own, and no way that was lost."""
    return first_match(CHOOSING, page.title, *page.headings) is not None and bool(page.controls)


def _lost(page: Page, form: DomDigest | None) -> DeadEnd | None:
    """``form``: what stood on ``page`` before, the login's own: a path that was its own says nothing of this one."""
    path: str | None = split(page.digest.url if form and page.digest else page.url).path
    path = None if form and split(form.url).path == path else path
    named = _home(*_places(path)) if path is not None else None
    leaving = first_match(LEAVING, *(c.label or c.href or "" for c in page.controls if c.kind in {"link", "button"}))
    words = _home(page.title, *page.headings) or named or leaving
    if _asks_to_choose(page) or page.markup.most_submits > 1:
        # Of two buttons of one form one may be to be chosen, or they switch a lamp on and off.
        may_be = leaving or (None if _asks_to_choose(page) else named)
        return DeadEnd("lost", page, may_be, Confidence.POSSIBLE) if may_be else None
    if words is not None or path in {"", "/"}:
        wanting = first_match(VERIFYING, page.title, *page.headings)
        return DeadEnd("lost", page, words, Confidence.POSSIBLE if wanting else Confidence.LIKELY)
    bare = page.digest is not None and not any(control.kind != "link" for control in page.controls)
    return DeadEnd("lost", page, None, Confidence.POSSIBLE) if bare and page.text and path is not None else None


def _places(path: str) -> list[str]:
    """The parts of ``path`` that may name a page: within it, a realm or a tenant may be called as a start page is."""
    parts = [part for part in path.split("/") if part]
    return [part for n, part in enumerate(parts) if n in {0, len(parts) - 1} or not START.fullmatch(part)]


def _home(*texts: str) -> str | None:
    """The word that names a start page in ``texts``; "home" only where it is all that a text, or a part of it, says."""
    parts = (part.strip() for text in texts for part in _APART.split(text))
    return first_match(HOME, *(part if START.fullmatch(part) else _HOME_WORD.sub(" ", part) for part in parts))
