"""Pages by which another server refuses the request that the authorization server makes there, a client itself."""

from __future__ import annotations

import re
from typing import Final

from e2e_linker.audits.refusing_pages import blames_client
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.further_clients import further_client
from e2e_linker.derive.pages import Page
from e2e_linker.derive.refusals import refusal_of
from e2e_linker.derive.wordings import BLAMED_REDIRECT, REFUSED_REQUEST, UNKNOWN_CLIENT
from e2e_linker.evidence.models import Walk

__all__ = ["refused_elsewhere"]

_REFUSING: Final = frozenset({400, 401, 422})
"""Statuses that are about what was asked."""

_CLOSED: Final = re.compile(
    r"\b403\W{1,3}(?:access_denied|org_internal|admin_policy_enforced)\b|\bhas not completed the .{0,40}verification"
    r"|\bapp not active\b",
    re.IGNORECASE,
)
"""What an app is told that is open to nobody, or to some accounts only."""


def refused_elsewhere(walk: Walk, page: Page, *, late: bool = False) -> str | None:
    """What to correct where ``page`` refuses the request of another client than the skill; None for all others.

    ``late``: after a login, of which a page that names nothing may speak as well.
    """
    client = further_client(page.request, of_walk(walk, "requests") or (), walk.authorization)
    if client is None or refusal_of(page) is not None:
        return None
    said = " ".join(page.texts)
    if _CLOSED.search(said):
        return (
            f"{client.host} does not let this account use the client `{client.client_id}`, as which {client.asker} "
            "asks for a login there: open that app to all customers in its settings (out of testing or development, "
            "and not for one organization only), or name the test account among its testers until then."
        )
    if BLAMED_REDIRECT.search(said):
        todo = (
            f"register `{client.redirect_uri}` there, letter by letter, as a redirect URI of the client "
            f"`{client.client_id}`"
        )
    elif _blames(page, said) or (page.status in _REFUSING and not late):
        todo = (
            f"see at {client.host} that the client `{client.client_id}` exists, is switched on and may ask for what it "
            f"asks for, and that `{client.redirect_uri}` is registered for it"
        )
    else:
        return None
    return (
        f"{client.host} refuses the request that {client.asker} makes there as a client of its own, and not that of "
        f"Alexa: {todo}. Alexa's redirect URIs and the client id of the skill are not what is refused here."
    )


def _blames(page: Page, said: str) -> bool:
    return bool(blames_client(page) or REFUSED_REQUEST.search(said) or UNKNOWN_CLIENT.search(said))
