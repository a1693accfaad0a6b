"""What the ends of walks tell of the region they were made for, and which of them tell nothing."""

from __future__ import annotations

from e2e_linker.audits.walks import of_walk, proves_nothing
from e2e_linker.derive.ladder import Ladder, header
from e2e_linker.derive.wordings import ERROR, MISMATCH, first_match
from e2e_linker.evidence.models import DomDigest, Present, Request, Screen, Walk

__all__ = ["asked_too_often", "last_text", "untold"]


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
