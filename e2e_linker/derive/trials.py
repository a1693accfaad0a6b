"""What an answer to a misuse of the token endpoint amounts to: tokens, a refusal, or nothing that can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterable

from e2e_linker.derive.challenges import challenge_of
from e2e_linker.derive.exchange import words_of
from e2e_linker.derive.replies import Reply, ReplyKind

__all__ = ["is_refusal", "speaks_of_limits", "why_untold"]

_REFUSALS: frozenset[ReplyKind] = frozenset({"refused", "forbidden", "error with 200"})
_UNTOLD: dict[ReplyKind, str] = {
    "throttled": "the server asked to come back later",
    "broken": "the server failed",
    "silent": "the server gave no whole answer",
    "guarded": "a guard answered instead of the server",
    "unreachable": "the server could not be reached",
    "empty": "the answer has neither a token nor an error",
    "odd": "the answer has neither a token nor an error",
}
_LIMITS = re.compile(
    r"too[\s_-]*many[\s_-]*(?:requests|attempts|calls)|rate[\s_-]*limit|throttl|slow[\s_]*down", re.IGNORECASE
)


def is_refusal(reply: Reply) -> bool:
    """Whether the server itself said no: by a 4xx, or by an error with status 200."""
    return reply.kind in _REFUSALS and challenge_of(reply.call) is None


def why_untold(reply: Reply) -> str | None:
    """Why ``reply`` says nothing about what was tried; None where it is tokens or a refusal."""
    guard = challenge_of(reply.call)
    why = f"{guard.guard} answered instead of the server" if guard else _UNTOLD.get(reply.kind)
    return f"{why} ({reply.words})" if why else None


def speaks_of_limits(replies: Iterable[Reply]) -> tuple[Reply, ...]:
    """The refusals that speak of too many requests without having the status for it."""
    return tuple(
        reply
        for reply in replies
        if is_refusal(reply) and _LIMITS.search(f"{reply.error or ''} {words_of(reply.answer)}")
    )
