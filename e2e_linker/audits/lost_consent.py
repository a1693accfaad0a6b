"""What to do where a customer who has logged in and agreed is asked to log in once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from e2e_linker.audits.forgotten_session import SHARE
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.forgotten_session import kept_cookies
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.models import Request, Walk

__all__ = ["asked_once_more"]

_SEE: Final = (
    "See whether the cookie of the session comes back with the consent (`Path`, `Domain`, `SameSite`, `Secure`), and "
    "how long it and the session live. "
)


def asked_once_more(walk: Walk, end: DeadEnd) -> tuple[str, str] | None:
    """(what the customer sees, what to do) where the session was lost after consent; None where ``end`` is another."""
    if not end.consented:
        return None
    requests: Sequence[Request] = of_walk(walk, "requests") or ()
    pages: Sequence[Page] = of_walk(walk, "pages") or ()
    first = next((came_from(one, requests)[0] for one in requests if one.n == end.page.request), None)
    names = kept_cookies(walk, requests, pages, {first.n}) if first else ()
    cookies = ", ".join(f"`{name}`" for name in names)
    kept = (
        f"The consent brought back what the login had set, {cookies}, and the server asked for the login all the same: "
        "see in its log why. Where it does not know the session: "
    )
    message = f"After the login and the consent the customer is asked to log in once more by {end.page.host}"
    return message, f"{kept if names else _SEE}{SHARE}"
