"""What the two spellings of id and secret in HTTP Basic were answered with: form-urlencoded, and as they stand."""

from __future__ import annotations

from collections.abc import Iterable

from e2e_linker.derive.exchange import error_of
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.derive.trials import is_refusal
from e2e_linker.evidence.models import TokenCall

__all__ = [
    "AFTER_CLIENT",
    "ENCODED",
    "UNENCODED",
    "breaks_down",
    "may_be_taken",
    "proves_client",
    "refuses_client",
    "turns_away",
]

ENCODED = "form-urlencoded exchange"
"""The purpose of an exchange with the encoded pair, where the other one was taken."""
UNENCODED = "unencoded exchange"
"""The purpose of an exchange with the pair as it stands, which brought nothing either."""
AFTER_CLIENT = frozenset({"invalid_grant", "invalid_scope", "unsupported_grant_type"})
"""Refusals of what is only looked at once the client has proven itself."""
_SERVER_ERROR = 500
_BROKEN_OFF = frozenset({"timeout", "closed", "protocol"})


def refuses_client(call: TokenCall) -> bool:
    """Whether the answer of ``call`` is that the client is not known, or its secret is wrong."""
    error = error_of(read_token_answer(call))
    return error == "invalid_client" or (call.status == 401 and error not in AFTER_CLIENT)


def proves_client(call: TokenCall) -> bool:
    """Whether ``call`` was answered by tokens, or refused for something that is looked at after the client."""
    answer = read_token_answer(call)
    return answer.succeeded or (not refuses_client(call) and error_of(answer) in AFTER_CLIENT)


def breaks_down(call: TokenCall) -> bool:
    """Whether the server failed on ``call``, by a 5xx or without an answer, and said nothing of the client."""
    if call.status is None:
        return call.failure_kind in _BROKEN_OFF
    return call.status >= _SERVER_ERROR and not refuses_client(call) and not proves_client(call)


def turns_away(reply: Reply) -> bool:
    """Whether ``reply`` refuses the client, or does not say what else it refuses."""
    return is_refusal(reply) and error_of(reply.answer) not in AFTER_CLIENT


def may_be_taken(fresh: Iterable[Reply], spent: Iterable[Reply]) -> bool:
    """Whether HTTP Basic has a spelling of which no reply shows that the client is turned away with it.

    ``fresh`` are the replies to codes of their own, none of which worked, ``spent`` those to a code that was tried
    form-urlencoded before: a server that ends a code before it looks at the client says nothing by them of the client.
    """
    replies = list(fresh)
    if all(reply.call.urlencoded is None for reply in replies):
        return False
    encoded = [reply for reply in replies if reply.call.urlencoded]
    raw = [reply for reply in replies if reply.call.urlencoded is False and is_refusal(reply)]
    raw = raw or [reply for reply in spent if is_refusal(reply)]
    return not (any(map(turns_away, encoded)) and raw and all(map(turns_away, raw)))
