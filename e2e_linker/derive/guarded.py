"""Refusals that everybody gets from some moment on: a guard has stepped in, and nothing asked then was judged."""

from __future__ import annotations

import re
from collections.abc import Iterable

from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.evidence.token_calls import ProbeName, TokenCall

__all__ = ["STRANGE", "STRANGERS", "blanket_refusals", "is_blameless", "is_limit_page", "may_fail_to_prove"]

_ORDINARY: frozenset[ProbeName | None] = frozenset(
    {"refresh", "reuse_soon", "reuse_5s", "reuse_29s", "race", "relink", "relink_fresh", "code_twice", "burst"}
)
"""The probes that redeem their codes as Alexa would, at once and with the first account."""
STRANGERS: frozenset[ProbeName | None] = frozenset({"wrong_client", "wrong_secret"})
"""The probes that fail to prove the client, for which many a server turns this machine away for a while."""
STRANGE = STRANGERS | {"other_scheme"}
"""And the one that may."""
_RIGHT_SCHEME_STEP = 2
_UNAVAILABLE = 503
_LIMIT_PAGE = re.compile(r"503 Service Temporarily Unavailable.{0,99}(?:nginx|openresty|tengine)\b", re.DOTALL)
"""The page of nginx itself. A backend that is down it reports by 502 or 504; this is what ``limit_req`` answers by
default, or a maintenance that somebody wrote into its configuration."""


def is_blameless(call: TokenCall) -> bool:
    """Whether ``call`` redeems a fresh code as it should, so that no server has a reason to refuse it."""
    ordinary = call.probe in _ORDINARY or (call.probe == "other_scheme" and call.step == _RIGHT_SCHEME_STEP)
    return call.endpoint == "token" and call.purpose == "exchange" and ordinary


def may_fail_to_prove(call: TokenCall) -> bool:
    """Whether ``call`` was a try at which a server may take its client for a stranger."""
    return call.probe in STRANGE and not is_blameless(call)


def blanket_refusals(calls: Iterable[TokenCall]) -> frozenset[int]:
    """The numbers of those ``calls``, in order, whose bare 403, or nginx' own 503, says nothing about what was asked.

    It is a page of nginx' own, or blameless ones were given it in the same words, or, of what came since strangers
    called, a stranger where another one was refused by an OAuth error. None before the first blameless one that
    worked: what is refused from the start has other reasons.
    """
    replies = [read_reply(call) for call in calls if call.endpoint == "token"]
    first = next((n for n, reply in enumerate(replies) if reply.worked and is_blameless(reply.call)), len(replies))
    bare = [reply for reply in replies[first:] if _is_bare(reply)]
    words = {reply.words for reply in bare if is_blameless(reply.call) and reply.call.probe in _ORDINARY}
    since = next((reply.call.n for reply in replies if reply.call.probe in STRANGE), None)
    to_strangers = _words_to_strangers(replies)
    return frozenset(
        reply.call.n
        for reply in bare
        if is_limit_page(reply.call)
        or reply.words in words
        or (since is not None and reply.call.n >= since and reply.words in to_strangers)
    )


def is_limit_page(call: TokenCall) -> bool:
    """Whether nginx answered ``call`` itself, in the way in which it turns away who asks too often."""
    return call.status == _UNAVAILABLE and _LIMIT_PAGE.search(call.response_body or "") is not None


def _is_bare(reply: Reply) -> bool:
    return (reply.kind == "forbidden" and reply.error is None) or is_limit_page(reply.call)


def _words_to_strangers(replies: Iterable[Reply]) -> set[str]:
    """In which words who had failed to prove the client was turned away from some moment on, but not for that alone."""
    met = [reply for reply in replies if reply.call.probe in STRANGE]
    told = any(reply.error for reply in met if reply.call.probe in STRANGERS)
    blamed = {reply.words for reply in met if reply.call.probe == "other_scheme" and not is_blameless(reply.call)}
    return {
        reply.words
        for n, reply in enumerate(met)
        if (reply.words not in blamed if is_blameless(reply.call) else told and reply.call.probe in STRANGERS)
        and all(later.words == reply.words for later in met[n:])  # they are made one after the other
    }
