"""Which requests fetch the icon of a tab: an app that shows the login has no tab, and no page misses it."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import Request, Walk, records

__all__ = ["tab_icons"]

_NAMED = re.compile(r"/favicon[^/]*\.(?:ico|gif|png|svg|webp)$", re.IGNORECASE)
_KINDS = frozenset({"image", "other"})


def tab_icons(walk: Walk) -> frozenset[int]:
    """The numbers of these requests of ``walk``: of what a page links as its icon, or what is called so.

    An image that a page itself shows is none, nor what an engine says the page has asked for.
    """
    requests = records(walk.requests)
    linked, shown = _links(requests)
    found: set[int] = set()
    for request in requests:
        named = request.url in linked or _NAMED.search(split(request.url).path) is not None
        if request.redirected_from in found or (_by_browser(request) and named and request.url not in shown):
            found.add(request.n)
    return frozenset(found)


def _by_browser(request: Request) -> bool:
    """Whether the browser may have asked of its own accord; Firefox tells of no request who made it."""
    made = request.initiator
    return request.resource_type in _KINDS and (made is None or made.type == "other")


def _links(requests: tuple[Request, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The addresses that pages link as their icons, and those of the images in them."""
    icons: set[str] = set()
    images: set[str] = set()
    for page in requests:
        if page.navigation and page.excerpt:
            source = read_markup(page.excerpt)
            icons.update(_joined(page.url, link) for link in source.icons)
            images.update(_joined(page.url, link) for link in source.images)
    return frozenset(icons), frozenset(images)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return link
