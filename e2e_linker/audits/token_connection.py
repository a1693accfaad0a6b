"""The token endpoint can be reached over TLS."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.derive.endpoints import address_problem
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence, host_of

__all__ = ["AUDIT"]

_FAILED = {
    "dns": "its name cannot be resolved",
    "connect": "no connection can be made",
    "tls": "the TLS handshake fails, as it would for Alexa",
}


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """Name resolution, connection and TLS of the exchange. A slow or broken answer is the business of others."""
    skipped = unredeemed(authorization.grant, exchange, ending)
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    if exchange.trouble != "unreachable":
        return verdict(())
    if address_problem(exchange.call.url) is not None:
        return NotApplicable(reason="the configured access token URL is already wrong")
    kind = exchange.call.failure_kind or "connect"
    return verdict(
        [
            finding(
                "token-https-443",
                f"The token endpoint {address_of(exchange)} cannot be reached: {_FAILED[kind]} "
                f"({exchange.call.failure}).",
                subject=f"{host_of(exchange.call.url)} {kind}",
                at=call_ref(exchange),
                confidence=Confidence.CERTAIN if kind == "tls" else Confidence.LIKELY,
            )
        ]
    )


AUDIT = Audit(
    id="token-connection",
    rules=("token-https-443",),
    title="The token endpoint can be reached over TLS",
    failed_title="The token endpoint cannot be reached over TLS",
    judge=judge,
)
