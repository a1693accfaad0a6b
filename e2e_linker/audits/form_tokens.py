"""What to do about a form that was refused for its token, where the form itself or the page's words tell why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from e2e_linker.derive.cookie_scopes import FORGERY
from e2e_linker.derive.pages import Page
from e2e_linker.derive.stack_frames import without_frames
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Request
from e2e_linker.evidence.traffic import READING
from e2e_linker.model import host_of

__all__ = ["token_first", "unfit_form"]

_OTHERS: Final = re.compile(
    r"\b(?:origin|refer+er) (?:checking|does not)\b|\bcookie\b|\bstate\b|mismatching_state|\bcorrelation\b",
    re.IGNORECASE,
)
"""Words about where a form came from, and about what no form holds: the state of another login."""
_NAMED: Final = re.compile(rf"{FORGERY.pattern}|token\b|nonce\b|form_?key|crumb|sesskey", re.IGNORECASE)
"""Names of fields that may hold a form's token; Laravel's is ``_token``."""
_MISSING: Final = re.compile(
    r"\btoken (?:is |was )?missing\b|\bmissing csrf\b(?! cookie)|\binvalid csrf token '(?:null)?'", re.IGNORECASE
)
_ALONE: Final = re.compile(r"\binvalid csrf token\b(?!\.)", re.IGNORECASE)
"""Words of servers that compare a token with a session or a cookie, and no addresses: Express, Spring."""


def unfit_form(page: Page, sent: Request, asked: Iterable[Request]) -> str | None:
    """What to do where the form ``sent``, which ``page`` refuses, could not but be refused; None for others."""
    if known := _without_token(page, sent, asked):
        return known
    said = _words(page)
    nowhere = any(name.lower() == "origin" and value == "null" for name, value in sent.headers)
    if not nowhere or not said.strip() or _ALONE.search(said):
        return None
    return (
        "The form was sent with `Origin: null`: let the form's page have a Referrer-Policy other than `no-referrer`, "
        "and no sandbox around it."
    )


def _without_token(page: Page, sent: Request, asked: Iterable[Request]) -> str | None:
    """What to do where ``sent`` held an empty token, or none; None for others.

    That one is wanted is known from the words of ``page``, or from another form of this walk that held one.
    """
    fields = sent.body.fields if sent.body else ()
    if not fields or _OTHERS.search(_words(page)):
        return None
    named = (*(one.name for one in fields), *(one.name for one in parameters(sent.url)))
    tokens = [name for name in named if _NAMED.search(name)]
    held = [field for field in fields if FORGERY.search(field.name)]
    if held and len(held) == len(tokens) and not any(field.length for field in held):
        return (
            f"The form came with an empty `{held[0].name}`: have the server write the token into the page of this form "
            "(in Express the template needs what `req.csrfToken()` returns), as into the other forms of the login."
        )
    other = _held_before(sent, asked) if FORGERY.search(_words(page)) else None
    if tokens or not (other or _MISSING.search(_words(page))):
        return None
    before = f", and an earlier form of the login had `{other}`" if other else ""
    return (
        f"The form came without a field for the token that protects it{before}: add the field to the page of this form "
        "(in Django `{% csrf_token %}`, in Laravel `@csrf`)."
    )


def token_first(page: Page, otherwise: str) -> str | None:
    """What to do where ``page`` blames a token that came with its cookies, in words of servers that look at it alone.

    ``otherwise``: what helps others, as a clause. None for other words.
    """
    if not _ALONE.search(_words(page)):
        return None
    return (
        "The cookies of the form's page came back, so look first at the form's token: how long it is good, whether the "
        "session that it was made in is still the same, and whether all workers have one secret key. Servers that also "
        f"compare where the form came from have to know their own address: {otherwise}."
    )


def _held_before(sent: Request, asked: Iterable[Request]) -> str | None:
    """The name of the token in an earlier form to the same host, where that one was taken."""
    taken = (
        one
        for one in asked
        if one.n < sent.n and one.navigation and one.method not in READING and host_of(one.url) == host_of(sent.url)
        if one.status is not None and one.status < 400
    )
    fields = (field for one in taken if one.body for field in one.body.fields)
    return next((field.name for field in fields if FORGERY.search(field.name) and field.length), None)


def _words(page: Page) -> str:
    return without_frames(" ".join(page.texts))
