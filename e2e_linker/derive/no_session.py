"""A server that cannot know anybody again: it took the login, and none of its answers set a cookie."""

from __future__ import annotations

from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.cookie_scopes import belongs_to, names_sent
from e2e_linker.derive.forgotten_session import asked_again, names_one
from e2e_linker.derive.left_behind import given
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import same_endpoint
from e2e_linker.evidence.models import Ending, Present, Request, Walk
from e2e_linker.model import host_of

__all__ = ["NoSession", "no_session"]


@dataclass(frozen=True, slots=True)
class NoSession:
    """The login, and what it was answered with, which asked for the same login again."""

    login: Request
    again: Request

    @property
    def goes_on(self) -> bool:
        """Whether the answer to the login went on with the request for Alexa; one to a wrong password hardly does."""
        return names_one(self.again, {"client_id"})


@fact
def no_session(requests: tuple[Request, ...], pages: tuple[Page, ...], ending: Ending, walk: Walk) -> NoSession | None:
    """The login that was asked for again by a host without a cookie; None where one was set or sent, or where the
    address that asked again may carry the session itself. In a capture, whose cookies may be left out, nothing is told.
    """
    found = asked_again(requests, pages, ending, walk)
    if found is None or not isinstance(walk.jar, Present):
        return None
    login, again = found
    host = host_of(login.url)
    if any(belongs_to(host, one.domain.lstrip(".")) for one in walk.jar.value):
        return None
    before = [one for one in requests if one.n < login.n]
    first = [one for one in before if one.leads and same_endpoint(one.url, again.url)]
    led = all(one.redirects for one in found)
    if not led or host_of(again.url) != host or not first or given(again) - given(first[-1]):
        return None
    if any(
        one.set_cookies or one.sizes is None or names_sent(one) for one in (*before, *found) if host_of(one.url) == host
    ):
        return None
    return NoSession(login, again)
