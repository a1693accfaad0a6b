"""What the pages of a login said before its password was typed, and what they say since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import split
from e2e_linker.derive.wordings import CREDENTIALS
from e2e_linker.evidence.models import DomDigest, Present, Walk, records

__all__ = ["before_password", "consented", "password_times", "shown_instead", "told_since", "typed_into"]

_TELLS = re.compile(
    r"\A\W*(?:error|fehler|erreur|errore|erro|fout|エラー)(?: \w+)?\s*[:,!.–—：、。]\s*(?!0+\b)\w",
    re.IGNORECASE,
)
"""How a line begins that says what went wrong, and not how often; the name alone may be the entry of a menu."""

_PRESSES = frozenset({"click", "submit"})

_LONG = 300
"""Characters of a line up to which it is a message, and not a text that stands on the page."""
_FULL = 1200
"""Characters of a page from which an error in it may be one of many things that it tells, such as one of a lamp."""


def password_times(walk: Walk) -> Iterator[float]:
    """When a password was typed, in seconds since the walk began, in order."""
    return (s.at for s in records(walk.login) if s.outcome == "done" and (s.what == "password" or s.action == "python"))


def typed_into(page: Page, walk: Walk) -> bool:
    """Whether a password was typed while ``page`` stood there, before it was seen for the last time."""
    return bool(page.views) and any(page.at <= at < page.views[-1].at for at in password_times(walk))


def shown_instead(page: Page, walk: Walk) -> DomDigest | None:
    """The form of ``page`` into which a password was typed, where a script has led on from it since; else None.

    What it shows then has no password field, and an address of its own: another path, or another fragment.
    """
    typed = next((at for at in password_times(walk) if page.at <= at), None)
    before = [view.digest for view in page.views if typed is not None and view.at <= typed]
    if not before or page.asks_for_password or not typed_into(page, walk):
        return None
    form, now = split(before[-1].url), split(page.views[-1].digest.url)
    return before[-1] if (form.path, form.fragment) != (now.path, now.fragment) else None


def before_password(pages: Iterable[Page], walk: Walk) -> list[DomDigest]:
    """What was seen of ``pages`` before the first password was typed; nothing where none was typed."""
    typed = next(password_times(walk), None)
    if typed is None:
        return []
    return [view.digest for page in pages if page.main_frame for view in page.views if view.at <= typed]


def consented(pages: Iterable[Page], last: Page, walk: Walk) -> bool:
    """Whether consent was given after the password, on a page that asks for none, and ``last`` came after that."""
    typed = next(password_times(walk), None)
    if typed is None or not isinstance(walk.login, Present):
        return False
    agreed = (s for s in walk.login.value if s.what == "allow" and s.action in _PRESSES and s.outcome == "done")
    before = [page for page in pages if page.main_frame and page.request < last.request]
    shown = (
        next((page for page in reversed(before) if page.at <= step.at), None)
        for step in agreed
        if typed < step.at <= last.at
    )
    return any(page is not None and page.at >= typed and not page.asks_for_password for page in shown)


def told_since(pages: Iterable[Page], last: Page, walk: Walk) -> str | None:
    """The line by which ``last`` tells of an error since the password; None of what was typed, or on a full page."""
    before = before_password(pages, walk) if len(last.text) < _FULL else []
    known = {line.strip() for seen in before for line in seen.text.splitlines()}
    lines = (line.strip() for line in last.text.splitlines() if before and len(line) <= _LONG)
    new = (line for line in lines if line not in known)
    return next((line for line in new if _TELLS.search(line) and not CREDENTIALS.search(line)), None)
