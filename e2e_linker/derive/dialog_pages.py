"""Which page each dialog came up on, and the scripts that were loaded there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Dialog, Request, Walk, records

__all__ = ["DialogPage", "dialog_pages"]


@dataclass(frozen=True, slots=True)
class DialogPage:
    """The page that stood in the window when a dialog came up there."""

    dialog: int
    """Number of the dialog within the walk, from 1."""
    address: str
    """Without query and fragment."""
    scripts: tuple[str, ...]
    """Addresses of the script files that were loaded by then, frames' included: no engine tells who opened it."""


@fact
def dialog_pages(dialogs: tuple[Dialog, ...], walk: Walk) -> tuple[DialogPage, ...]:
    """The page of each of ``dialogs``; those of a window whose page is not known are left out."""
    requests = records(walk.requests)
    found = []
    for n, dialog in enumerate(dialogs, 1):
        here = [request for request in requests if request.window == dialog.window and request.at <= dialog.at]
        page = _named(here, dialog.url) or _shown(here, dialog.at)
        if page is not None:
            scripts = (one.url for one in here if one.resource_type == "script" and one.at >= page.at)
            loaded = tuple(dict.fromkeys(without_parameters(url) for url in scripts if url.startswith("http")))
            found.append(DialogPage(n, without_parameters(page.url), loaded))
    return tuple(found)


def _named(requests: Sequence[Request], url: str | None) -> Request | None:
    """The last document of the address that the browser itself gave for the dialog."""
    wanted = without_parameters(url) if url else None
    return next((one for one in reversed(requests) if _is_page(one) and without_parameters(one.url) == wanted), None)


def _shown(requests: Sequence[Request], at: float) -> Request | None:
    """The last document that was there ``at`` that moment: one that was only asked for has not replaced its page."""
    return next((one for one in reversed(requests) if _is_page(one) and one.at + _head_s(one) <= at), None)


def _is_page(request: Request) -> bool:
    if not request.leads or request.status is None or request.status in {204, 205}:
        return False
    return not 300 <= request.status < 400 or request.status == 304


def _head_s(request: Request) -> float:
    """Seconds until the answer began, 0 where the engine does not tell."""
    timing = request.timing
    return ((timing.total_ms or 0) - (timing.receive_ms or 0)) / 1000 if timing else 0.0
