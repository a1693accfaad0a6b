"""What the two spellings of id and secret in HTTP Basic were answered with: form-urlencoded, and as they stand."""

from __future__ import annotations

from e2e_linker.derive.exchange import error_of
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.models import TokenCall

__all__ = ["AFTER_CLIENT", "ENCODED", "UNENCODED", "proves_client", "refuses_client"]

ENCODED = "form-urlencoded exchange"
"""The purpose of an exchange with the encoded pair, where the other one was taken."""
UNENCODED = "unencoded exchange"
"""The purpose of an exchange with the pair as it stands, which brought nothing either."""
AFTER_CLIENT = frozenset({"invalid_grant", "invalid_scope", "unsupported_grant_type"})
"""Refusals of what is only looked at once the client has proven itself."""


def refuses_client(call: TokenCall) -> bool:
    """Whether the answer of ``call`` is that the client is not known, or its secret is wrong."""
    error = error_of(read_token_answer(call))
    return error == "invalid_client" or (call.status == 401 and error not in AFTER_CLIENT)


def proves_client(call: TokenCall) -> bool:
    """Whether ``call`` was answered by tokens, or refused for something that is looked at after the client."""
    answer = read_token_answer(call)
    return answer.succeeded or (not refuses_client(call) and error_of(answer) in AFTER_CLIENT)
