"""Servers that hang up now and then: when that is a habit, and what to look for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from e2e_linker.audits.base import EvidenceRef

__all__ = ["Asked", "habit", "look_for_closers"]

_FEWEST = 2
"""Of how many links pages or calls must be left without an answer: a network may lose one of many."""
_APART = timedelta(seconds=5)
"""Longer than one incident lasts, such as a restart, which cuts off all that is under way."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page or a call that a server was asked for."""

    ref: EvidenceRef
    at: datetime
    link: object
    """What tells the link that it belongs to from all others."""
    answered: bool
    hung_up: str | None
    """What is said of a connection that ended before any answer; None where it did not."""


def habit(asked: Sequence[Asked], share: float) -> list[Asked]:
    """Those of ``asked`` on which the server hung up, in order, where it does so now and then; else none.

    ``share`` is the part of all of them that it must at least have hung up on.
    """
    answered = [each.at for each in asked if each.answered]
    # From some moment on nothing may be answered any more: then a guard stepped in, or the server went away.
    dropped = [each for each in asked if each.hung_up and answered and each.at < max(answered)]
    dropped.sort(key=lambda each: each.at)
    if len(dropped) < max(_FEWEST, share * len(asked)) or len({each.link for each in dropped}) < _FEWEST:
        return []
    first, last = dropped[0].at, dropped[-1].at
    between = any(first < moment < last for moment in answered)
    return dropped if between and last - first >= _APART else []


def look_for_closers(host: str) -> str:
    """What to look for where ``host`` hangs up now and then, as a sentence."""
    return (
        f"Look for what closes connections in front of {host} or in it: a worker that dies or is started anew in the "
        "middle of a request, a load balancer that still knows a server that is gone, a limit of connections (if of "
        "one address, it harms nobody but this test)."
    )
