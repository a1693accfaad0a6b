"""What to compare where a page names the part of the authorization request that it refuses: what the skill sends."""

from __future__ import annotations

from e2e_linker.audits.refused_elsewhere import refused_elsewhere
from e2e_linker.derive.blamed_parts import blamed_part
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.models import Walk

__all__ = ["refused_value", "scopes_to_correct"]


def refused_value(walk: Walk, page: Page) -> str | None:
    """What to do where ``page`` refuses the client or the scopes of ``walk`` by name, or another client's request.

    None for all others.
    """
    if other := refused_elsewhere(walk, page):
        return other
    blamed = blamed_part(walk, page)
    if blamed is None:
        return None
    if blamed.what == "scope":
        return scopes_to_correct(walk)
    return (
        f"The page refuses the client id of the skill, `{walk.authorization.client_id}`: compare it, letter by letter, "
        "with the one that is registered at this server, and correct the wrong one of them. Where they are the same, "
        "see that the client is switched on and may use the authorization code grant."
    )


def scopes_to_correct(walk: Walk) -> str:
    """What to do about scopes of ``walk`` that the server refuses."""
    asked = walk.authorization
    if not asked.scopes:
        return "The skill asks for no scope, and the server wants one: name one that it knows in the skill's scopes."
    return (
        f"Compare the scopes of the skill, `{' '.join(asked.scopes)}`, with those that the server knows and lets the "
        f"client `{asked.client_id}` ask for: correct their spelling, or grant them to that client."
    )
