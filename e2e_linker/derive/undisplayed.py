"""A page of the login that no browser lays out, because its headers make a download or a text of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import STOPPED, Page, last_page
from e2e_linker.derive.urls import same_endpoint
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, Request, Walk, records

__all__ = ["Undisplayed", "undisplayed"]

_MARKUP = ("<!doctype html", "<html", "<head", "<body", "<form")
"""How a document of HTML begins."""
_LONGEST = 120
"""Characters of a header that are quoted."""


@dataclass(frozen=True, slots=True)
class Undisplayed:
    """The page at which a login ended. ``source``: the customer sees its source as text."""

    kind: Literal["download", "source"]
    page: Page
    because: str
    """The header that is why, as it stands, or that there is none: a noun phrase."""
    attached: bool
    """Whether that is ``Content-Disposition``."""


@fact
def undisplayed(
    pages: tuple[Page, ...], requests: tuple[Request, ...], ending: Ending, walk: Walk
) -> Undisplayed | None:
    """What became of the last page of a walk that ended there; None where browsers lay it out, or nobody knows."""
    last = last_page(pages)
    if last is None or ending.kind not in STOPPED or last.status >= 400:
        return None
    request = next(r for r in requests if r.n == last.request)
    disposition = (header(request.response_headers, "content-disposition") or "").strip()
    if disposition.lower().startswith("attachment"):
        return Undisplayed("download", last, f"`Content-Disposition: {disposition[:_LONGEST]}`", attached=True)
    if any(same_endpoint(one.url, last.url) for one in records(walk.downloads)):
        return Undisplayed("download", last, _type_of(request), attached=False)
    if not _is_source(last, request):
        return None
    return Undisplayed("source", last, _type_of(request), attached=False)


def _is_source(page: Page, request: Request) -> bool:
    """Whether a person sees the markup of ``page`` itself; what holds controls was laid out, whatever it is called."""
    guessed = header(request.response_headers, "x-content-type-options") is None
    if page.digest is None or page.controls or (page.is_html and (page.content_type or guessed)):
        return False
    return page.digest.text.lstrip("\ufeff \t\r\n")[:_LONGEST].lower().startswith(_MARKUP)


def _type_of(request: Request) -> str:
    sent = header(request.response_headers, "content-type")
    if sent:
        return f"`Content-Type: {sent.strip()[:_LONGEST]}`"
    options = header(request.response_headers, "x-content-type-options")
    return "that it has no `Content-Type`" + (f" beside `X-Content-Type-Options: {options}`" if options else "")
