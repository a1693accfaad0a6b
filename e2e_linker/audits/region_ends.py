"""What the ends of walks tell of the region they were made for, and which of them tell nothing."""

from __future__ import annotations

import re

from e2e_linker.audits.walks import of_walk, proves_nothing
from e2e_linker.derive.ladder import Ladder, header
from e2e_linker.derive.wordings import BLAMED_REDIRECT, ERROR, MISMATCH, first_match
from e2e_linker.evidence.models import DomDigest, Present, Request, Screen, Walk

__all__ = ["asked_too_often", "blamed", "last_text", "untold"]

_AROUND = 80
"""Characters of a line that are quoted before and after the words that tell."""
_FIELD = re.compile(r"<input\b[^>]*", re.IGNORECASE)
"""What a form carries on, such as the redirect URI itself: no words of a page."""
_PARTED = re.compile(r"[\n<>]")
"""What ends a line of a text, or of markup."""


def asked_too_often(walk: Walk) -> int | None:
    """The status by which the last page of ``walk`` says so: 429, or 503 with a Retry-After; None where it does not."""
    ladder: Ladder | None = of_walk(walk, "ladder")
    last = ladder.last if ladder else None
    if last is None or last.status not in {429, 503}:
        return None
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    answers = (each.response_headers for each in requests if each.n == last.request)
    later = any(header(headers, "retry-after") is not None for headers in answers)
    return last.status if last.status == 429 or later else None


def untold(walk: Walk) -> str:
    """Why the end of ``walk`` tells nothing of its region, in words."""
    status, region = asked_too_often(walk), walk.authorization.region
    if status is None:
        return f"{region}: {walk.ending.message}"
    return f"{region}: the server answered with status {status}, that it is asked too often"


def last_text(walk: Walk) -> str:
    """Title and text of the error page that ``walk`` ends on; empty where it ends on none, or that tells nothing."""
    screens: tuple[Screen, ...] = of_walk(walk, "screens") or ()
    digest = screens[-1].digest if screens and not proves_nothing(walk) else None
    shown: DomDigest | None = digest.value if isinstance(digest, Present) else None
    if shown is None or any(control.kind in {"field", "button"} and control.visible for control in shown.controls):
        return ""  # a page that lets the user do something is no error page, whatever its text says
    text = f"{shown.title} {shown.text}"
    return text if first_match(ERROR, text) or first_match(MISMATCH, text) else ""


def blamed(walk: Walk) -> str | None:
    """What the last page, or an error answer on the way, says of the redirect URI."""
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    if any(r.navigation and (r.status or 0) >= 500 for r in requests):
        return None  # its page may show all that was asked
    errors = (_FIELD.sub("<", r.excerpt or "") for r in requests if r.navigation and (r.status or 0) >= 400)
    return next(filter(None, map(_line, (last_text(walk), *errors))), None)


def _line(text: str) -> str | None:
    """The line of ``text`` that speaks of the redirect URI, or what stands around that where it is long."""
    found = BLAMED_REDIRECT.search(text)
    if found is None:
        return None
    before, after = _PARTED.split(text[: found.start()])[-1], _PARTED.split(text[found.end() :], maxsplit=1)[0]
    begins, ends = ("…" * (len(part) > _AROUND) for part in (before, after))
    return " ".join(f"{begins}{before[-_AROUND:]}{found[0]}{after[:_AROUND]}{ends}".split())
