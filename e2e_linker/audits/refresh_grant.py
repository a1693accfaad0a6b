"""A client that may not refresh at all: how the server says so to refreshes that were to be refused anyway."""

from __future__ import annotations

import re

from e2e_linker.audits.trials import trial
from e2e_linker.derive.exchange import words_of
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.trials import is_refusal, speaks_of_limits
from e2e_linker.evidence.token_calls import ProbeName

__all__ = ["GRANT_FIX", "may_not_refresh", "refused_grant"]

GRANT_FIX = (
    "Allow the client the grant type refresh_token in its settings at the server, as the server's own words ask for; "
    "where no client has it, switch that grant on there. Where it may refresh by then and still gets no refresh token, "
    "see whether the server wants the scope offline_access."
)
_REFRESHES: tuple[ProbeName, ...] = ("bad_refresh_token", "missing_refresh_token")
_OF_THE_GRANT = frozenset({"unauthorized_client", "unsupported_grant_type"})
"""Errors of RFC 6749, section 5.2: the client may not use the grant type; the server does not know it."""
_GRANT_TYPE = re.compile(r"grant[\s_-]?type", re.IGNORECASE)


def refused_grant(probed: Probed) -> Reply | None:
    """The answer by which the server says that the client may not refresh; None where it does not say so.

    Nor where any refresh worked: then it was the refresh token that was refused.
    """
    made = (reply for probe in _REFRESHES if (reply := trial(probed, probe)) is not None)
    return next((reply for reply in made if not probed.refreshes and _names_grant(reply)), None)


def may_not_refresh(probed: Probed, probe: ProbeName, reply: Reply) -> bool:
    """Whether ``reply`` to ``probe`` may be a refusal of any refresh, so that the token in it was not looked at.

    ``invalid_client`` may be that, too: an exchange authenticated in the same way has worked.
    """
    if probe not in _REFRESHES or probed.refreshes:
        return False
    return _names_grant(reply) or (is_refusal(reply) and reply.error == "invalid_client")


def _names_grant(reply: Reply) -> bool:
    if not is_refusal(reply) or reply.kind == "error with 200" or speaks_of_limits([reply]):
        return False
    return reply.error in _OF_THE_GRANT or _GRANT_TYPE.search(words_of(reply.answer)) is not None
