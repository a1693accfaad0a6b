"""Tokens are short enough for every request they travel in."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import TOKEN_BYTES
from e2e_linker.audits.base import Audit, Inconclusive, Options, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending, options: Options) -> Outcome:
    """The access and the refresh token of the exchange, in bytes. ``token-bytes`` tunes the limit."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "status", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    limit = options.threshold("token-bytes", TOKEN_BYTES)
    shapes = [shape for shape in exchange.call.shapes if shape.name != "code"]
    if not shapes:
        return Inconclusive(missing=("the tokens were not measured",))
    return verdict(
        finding(
            "token-size",
            f"The {shape.name.replace('_', ' ')} has {shape.length:,} bytes; {limit:,.0f} is a prudent limit.",
            subject=shape.name,
            at=call_ref(exchange),
            confidence=Confidence.LIKELY,
        )
        for shape in shapes
        if shape.length > limit
    )


AUDIT = Audit(
    id="token-size",
    rules=("token-size",),
    title="Tokens are short",
    failed_title="A token is long",
    judge=judge,
)
