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

_REST = "rest of the answer"
_SHOWN_MS = 50.0
"""Milliseconds from which what follows the first byte is listed. Threshold."""
_MOST = 0.5
"""Share of the whole from which one part is what to look at. Threshold."""
_FIXES = {
    "DNS": "See which name server is slow, that of this host or of this machine: looking the name up takes the time.",
    "connect": "See why the host takes connections so slowly: the time is gone before it is asked for anything, as by "
    "an instance that has to wake up, a full queue at the balancer, or a first address that does not answer.",
    "TLS": "See why the handshake takes so long: the time is gone before it is asked for anything, as by an instance "
    "that has to wake up, a certificate that is fetched first, or a lookup of the client's name.",
}
"""For those parts that the endpoint's own code has no share in."""


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
                f"The token endpoint on {host} {said}{_listed(_phases(timing))}.",
                subject=host,
                at=call_ref(exchange),
                severity=severity,
                confidence=Confidence.POSSIBLE if severity else Confidence.CERTAIN,
                fix=_fix(timing),
            )
        ]
    )


def _phases(timing: TokenTiming | None) -> dict[str, float]:
    """Milliseconds of each known part of the call, one after the other."""
    if timing is None:
        return {}
    before = {"DNS": timing.dns_ms, "connect": timing.connect_ms, "TLS": timing.tls_ms}
    known = {name: value for name, value in before.items() if value is not None}
    if timing.first_byte_ms is not None:
        begun = sum(known.values())
        known["answer"] = max(0.0, timing.first_byte_ms - begun)
        known[_REST] = max(0.0, timing.total_ms - max(begun, timing.first_byte_ms))
    return known


def _listed(phases: dict[str, float]) -> str:
    parts = [f"{name} {value:.0f} ms" for name, value in phases.items() if value >= _SHOWN_MS or name != _REST]
    return f" ({', '.join(parts)})" if parts else ""


def _fix(timing: TokenTiming | None) -> str | None:
    """What to look at where one part before the answer takes most of the time; else None."""
    most = ((timing.total_ms if timing else 0.0) * _MOST, "")
    slowest = max([most, *((value, name) for name, value in _phases(timing).items())])
    return _FIXES.get(slowest[1])


AUDIT = Audit(
    id="token-time",
    rules=("token-responds-4500ms",),
    title="The token endpoint answers within 4.5 seconds",
    failed_title="The token endpoint answers too slowly",
    judge=judge,
)
