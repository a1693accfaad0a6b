"""A redirect of the authorization server that leaves out the query, and the authorization request with it."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.cookie_scopes import names_sent
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.urls import last_part, split, without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Request
from e2e_linker.model import host_of

__all__ = ["LostQuery", "lost_query"]


@dataclass(frozen=True, slots=True)
class LostQuery:
    """The redirect. ``source`` and ``target`` are addresses without parameters, ``request`` the one it led to."""

    source: str
    target: str
    request: int


@fact
def lost_query(requests: tuple[Request, ...]) -> LostQuery | None:
    """The first redirect to the same address of the same site that lost what came with it; None where none did.

    One that sets a cookie, or whose customer brought one, may have put the request aside in a session.
    """
    by_number = {request.n: request for request in requests}
    for led in requests:
        source = by_number.get(led.redirected_from) if led.redirected_from and led.navigation else None
        if source is not None and source.main_frame and "client_id=" in split(source.url).query and _loses(source, led):
            return LostQuery(without_parameters(source.url), without_parameters(led.url), led.n)
    return None


def _loses(source: Request, led: Request) -> bool:
    parts = split(led.url)
    bare = not parts.query and not parts.fragment
    cookies = source.set_cookies or names_sent(source) or header(source.response_headers, "set-cookie") is not None
    site = registrable_domain(host_of(source.url)) == registrable_domain(host_of(led.url))
    # A language, a version or a slash may be what is added to the path.
    same = last_part(source.url).casefold() == last_part(led.url).casefold()
    return bare and site and same and not cookies
