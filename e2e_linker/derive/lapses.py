"""Refresh tokens that were refused as no good: those that were taken later all the same, and those of fresh links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.derive.exchange import words_of
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.refresh_lifetimes import is_outlived
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.trials import is_refusal, speaks_of_limits
from e2e_linker.evidence.token_calls import ProbeName

__all__ = ["Lapse", "is_met_by_all", "is_unknown_token", "lapses", "refused_alone"]

_TRIED: tuple[ProbeName, ...] = (
    "refresh", "reuse_soon", "reuse_5s", "reuse_29s", "race", "relink", "relink_fresh", "code_twice", "burst",
)  # fmt: skip
"""The probes that send refresh tokens as Alexa would, while nothing is broken on purpose."""
_LONE: tuple[ProbeName, ...] = ("refresh", "reuse_soon")
"""Those that begin with a refresh by itself, of a link to which nothing else was done."""
_OTHER_ERRORS = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})
_SPENT = r"(?:expired|revoked|used|invalid|unknown|not\s+(?:found|valid|known|recogni[sz]ed)|no\s+longer\s+valid)\b"
_OF_THE_TOKEN = re.compile(
    rf"\brefresh[\s_-]*token\b\W+(?:[^\W\d]\w*\W+){{0,3}}?{_SPENT}|\b{_SPENT}\W+refresh[\s_-]*token\b", re.IGNORECASE
)
_GRANT_TYPE = re.compile(r"grant[\s_-]?type", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lapse:
    """A refusal of a refresh token, and the later refresh with the same token that worked."""

    refused: Reply
    taken: Reply


def is_unknown_token(reply: Reply) -> bool:
    """Whether the server says that the refresh token is no good."""
    words = words_of(reply.answer)
    said = _OF_THE_TOKEN.search(words) is not None and _GRANT_TYPE.search(words) is None
    told = reply.error == "invalid_grant" or (said and reply.error not in _OTHER_ERRORS)
    return told and is_refusal(reply) and not speaks_of_limits([reply])


def lapses(probed: Probed) -> tuple[Lapse, ...]:
    """The first one of each link. Not what was refused beside a refresh that worked, nor a token that others have."""
    found = (next(_lapses(probed, strand), None) for strand in probed.strands(*_TRIED))
    return tuple(lapse for lapse in found if lapse is not None)


def refused_alone(probed: Probed) -> Reply | None:
    """A refresh that was refused as if its token were unknown, though it was the first thing done with its link."""
    for strand in probed.strands(*_LONE):
        first = next(iter(strand.refreshes), None)
        if first is not None and is_unknown_token(first) and not is_outlived(strand, first):
            return first
    return None


def is_met_by_all(probed: Probed, reply: Reply, other: Strand) -> bool:
    """Whether ``other``, and a link to which nothing else was done, met ``reply`` at their first refreshes, too."""
    alone, first = refused_alone(probed), next(iter(other.refreshes), None)
    return alone is not None and first is not None and alone.words == first.words == reply.words


def _lapses(probed: Probed, strand: Strand) -> Iterator[Lapse]:
    tries = sorted((*strand.refreshes, *strand.replays), key=lambda reply: reply.call.n)
    tries = [reply for reply in tries if reply.sent("refresh_token")]
    for refused in tries:
        token, step = refused.sent("refresh_token"), refused.call.step
        same = [reply for reply in tries if reply.sent("refresh_token") == token]
        if not is_unknown_token(refused) or any(reply.worked and reply.call.step == step for reply in same):
            continue
        taken = next((reply for reply in same if reply.worked and reply.call.step > step), None)
        if taken is not None and not _is_shared(probed, strand, token):
            yield Lapse(refused, taken)


def _is_shared(probed: Probed, strand: Strand, token: str | None) -> bool:
    return any(
        token in {reply.token("refresh_token"), reply.sent("refresh_token")} and reply.call.link != strand.id
        for reply in probed.replies
    )
