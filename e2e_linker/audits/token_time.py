"""The token endpoint answers in time."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import TOKEN_SLOW_SECONDS
from e2e_linker.audits.base import Audit, Inconclusive, Options, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending, TokenTiming
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending, options: Options) -> Outcome:
    """The whole call, from name resolution to the last byte. ``token-responds-ms`` and ``token-slow-ms`` tune it."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "unanswered")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    limit = options.token_limit_ms
    slow = options.threshold("token-slow-ms", TOKEN_SLOW_SECONDS * 1000)
    timing = exchange.call.timing
    if timing is None and exchange.trouble != "late":
        return Inconclusive(missing=("the token call was not timed",))
    took = timing.total_ms if timing else 0.0
    if exchange.trouble == "late":
        return _found(exchange, f"did not answer completely: {exchange.call.failure}", timing, None)
    if took > limit:
        return _found(exchange, f"took {took / 1000:.1f} s; Alexa waits {limit / 1000:g} s", timing, None)
    if took > slow:
        said = f"took {took / 1000:.1f} s; on a worse day that is more than the {limit / 1000:g} s Alexa waits"
        return _found(exchange, said, timing, Severity.RECOMMENDED)
    return verdict(())


def _found(exchange: Exchange, said: str, timing: TokenTiming | None, severity: Severity | None) -> Outcome:
    host = host_of(exchange.call.url)
    return verdict(
        [
            finding(
                "token-responds-4500ms",
                f"The token endpoint on {host} {said}{_phases(timing)}.",
                subject=host,
                at=call_ref(exchange),
                severity=severity,
                confidence=Confidence.POSSIBLE if severity else Confidence.CERTAIN,
            )
        ]
    )


def _phases(timing: TokenTiming | None) -> str:
    if timing is None:
        return ""
    known = {"DNS": timing.dns_ms, "connect": timing.connect_ms, "TLS": timing.tls_ms, "answer": timing.first_byte_ms}
    parts = [f"{name} {value:.0f} ms" for name, value in known.items() if value is not None]
    return f" ({', '.join(parts)})" if parts else ""


AUDIT = Audit(
    id="token-time",
    rules=("token-responds-4500ms",),
    title="The token endpoint answers within 4.5 seconds",
    failed_title="The token endpoint answers too slowly",
    judge=judge,
)
