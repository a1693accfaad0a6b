"""No bot protection stands between Alexa's servers and the token endpoint."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.audits.gateway_remedies import gateway_did, let_through
from e2e_linker.derive.challenges import Challenge, challenge_of
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending
from e2e_linker.model import host_of

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """The answer to the exchange. That none was met from here does not prove that Amazon's networks meet none."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "unanswered", "late")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    met = challenge_of(exchange.call)
    if met is None:
        return verdict(())
    return verdict(
        [
            finding(
                "token-not-behind-bot-protection",
                f"The token endpoint {address_of(exchange)} is behind a bot protection: {met.guard} answered "
                f"with status {exchange.call.status}, {_said(met)}",
                subject=f"{host_of(exchange.call.url)} {met.guard}",
                at=call_ref(exchange),
                confidence=met.confidence,
                fix=let_through(met.refused) if met.refused else None,
            )
        ]
    )


def _said(met: Challenge) -> str:
    if met.refused is None:
        return f"{met.sign}. Alexa's servers solve no challenge."
    return f"{met.sign}: {gateway_did(met.refused)}."


AUDIT = Audit(
    id="bot-protection",
    rules=("token-not-behind-bot-protection",),
    title="No bot protection answers for the token endpoint",
    failed_title="A bot protection answers for the token endpoint",
    judge=judge,
)
