"""The token endpoint reads a form whose content type names a charset."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence, host_of

__all__ = ["AUDIT"]

_READ = frozenset({"invalid_grant", "invalid_scope"})
"""Refusals that only a server can give that has read the code in the form."""


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """Tokens, or a refusal of what stood in the form, prove that it was read. Other refusals leave it open."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "late", "unanswered", "challenged", "misdirected"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    call = exchange.call
    if exchange.trouble == "unread":
        said = f", {exchange.words}" if exchange.words else ""
        sure = call.status == 415
        return verdict(
            [
                finding(
                    "token-post-form",
                    f"The token endpoint {address_of(exchange)} does not read the form it was sent as "
                    f"application/x-www-form-urlencoded;charset=UTF-8: status {call.status}{said}.",
                    subject=host_of(call.url),
                    at=call_ref(exchange),
                    confidence=Confidence.CERTAIN if sure else Confidence.LIKELY,
                )
            ]
        )
    if (call.status is not None and 200 <= call.status < 300) or exchange.error in _READ:
        return verdict(())
    return Inconclusive(missing=(f"whether the form was read cannot be told from status {call.status}",))


AUDIT = Audit(
    id="token-form",
    rules=("token-post-form",),
    title="The token endpoint reads a form with a charset",
    failed_title="The token endpoint does not read the form",
    judge=judge,
)
