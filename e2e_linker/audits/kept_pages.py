"""A page of the login that a service worker kept, and gave in place of the server's answer."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import Request, ServiceWorker, Walk
from e2e_linker.model import host_of

__all__ = ["LEAVE_TO_NETWORK", "is_outdated", "keeper_of_page"]

_GONE = frozenset({404, 410})

LEAVE_TO_NETWORK = (
    "Let the service worker leave every address of the login to the network, or unregister it: a page that it keeps "
    "names files that are gone with the next release, and is not the answer to the request that Alexa sends. Let the "
    "mended worker take over at once (`skipWaiting()`, `clients.claim()`): the old one stays in browsers that have it."
)


def keeper_of_page(stopped: Walk, before: Sequence[Walk]) -> str | None:
    """The address of the service worker that gave the page at which ``stopped`` ended; None where none is seen to.

    A cache alone has no answer to an address that was never asked for, and one of the walks ``before`` in the same
    browser registered a worker for the page's host.
    """
    pages: tuple[Page, ...] = of_walk(stopped, "pages") or ()
    page = last_page(pages)
    requests: tuple[Request, ...] = of_walk(stopped, "requests") or ()
    request = next((r for r in requests if page is not None and r.n == page.request), None)
    if page is None or request is None or not request.from_cache:
        return None
    earlier: list[Request] = [r for walk in before for r in of_walk(walk, "requests") or ()]
    if request.url in {r.url for r in earlier if r is not request}:
        return None
    workers: list[ServiceWorker] = [one for walk in before for one in of_walk(walk, "service_workers") or ()]
    return next((one.url for one in reversed(workers) if host_of(one.url) == page.host), None)


def is_outdated(stopped: Walk, before: Sequence[Walk]) -> bool:
    """Whether ``stopped`` ended at a page that was kept, or that shows nothing because a script of it is gone.

    Neither is a matter of cookies.
    """
    screens: tuple[ScreenVerdict, ...] = of_walk(stopped, "screen_verdicts") or ()
    named: tuple[Suspect, ...] = of_walk(stopped, "suspects") or ()
    asked = named[0].request if named and screens and screens[-1].empty else None
    gone = asked is not None and asked.resource_type == "script" and asked.status in _GONE
    return gone or keeper_of_page(stopped, before) is not None
