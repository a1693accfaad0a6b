"""A page that turned into an error because its own request was refused: where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Present, Request, Walk
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["after_refusal"]

_REFUSED: Final = frozenset({400, 403, 405, 415, 419})
"""Statuses that seldom speak of an account; 419 is Laravel's for a form that it takes for a forged one."""


def after_refusal(walk: Walk, page: Page) -> str | None:
    """Where to look after the script of ``page`` sent what was typed last, and was refused; None for all others."""
    steps = walk.login.value if isinstance(walk.login, Present) else ()
    typed = [step.at for step in steps if step.outcome == "done" and step.action == "fill"]
    asked: Sequence[Request] = of_walk(walk, "requests") or ()
    sent = [
        one
        for one in asked
        if one.n > page.request and one.resource_type in SCRIPTED and one.method not in READING
        if typed and one.at >= typed[-1] and host_of(one.url) == page.host
    ]
    if page.status >= 400 or not sent or sent[-1].status not in _REFUSED:
        return None
    return (
        f"The page shows this after its request {sent[-1].method} {without_parameters(sent[-1].url)} was answered with "
        f"status {sent[-1].status}: look for it in the server's log. What one worker gave and another does not know is "
        "refused so, too: give all of them one secret key and one store of sessions."
    )
