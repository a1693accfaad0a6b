"""The token endpoint is quick with refreshes too, and when many come at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from e2e_linker.alexa.facts import TOKEN_SLOW_SECONDS
from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Options, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, unmade
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.probed import Probed
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence, Depth, Severity, host_of

__all__ = ["AUDIT"]

RULE = "token-responds-4500ms"
_FEW = 10
"""Calls below which nothing is said of how the slowest of many fare."""


def judge(probed: Probed, cases: CaseTable, options: Options) -> Outcome:
    """Refreshes one after another, and twenty at once. ``token-responds-ms`` and ``token-slow-ms`` tune it.

    Several probes share this machine, and a busy one makes every server look slow: only what most refreshes show is
    a failure, anything less is worth a remark.
    """
    if (why := unmade(probed, "refresh", "burst")) is not None:
        return why
    limit = options.token_limit_ms
    slow = options.threshold("token-slow-ms", TOKEN_SLOW_SECONDS * 1000)
    exchanged = max((_ms(found.call) for _, found in cases.collect("exchange") if found is not None), default=0.0)
    if exchanged > limit:
        return NotApplicable(reason="the exchange takes too long already, which is told of it")
    battery = probed.battery
    refreshes = [call for call in battery.of("refresh") if call.purpose == "refresh"] if battery else []
    burst = [call for call in battery.of("burst") if call.step == 2] if battery else []
    if not (*refreshes, *burst):
        return NotApplicable(reason="no refresh was made: the code brings no refresh token")
    if not any(_is_timed(call) for call in (*refreshes, *burst)):
        return Inconclusive(missing=("no refresh was answered, or given up for taking too long",))
    # Where the exchange is slow, that is told of it, and is so of all: only what is worse is told besides.
    found = list(_refreshes(probed, refreshes, limit, slow if exchanged <= slow else math.inf))
    if not found and exchanged <= slow:
        found += _burst(probed, burst, limit, slow)
    return verdict(found)


def _is_timed(call: TokenCall) -> bool:
    return call.failure_kind == "timeout" or (call.timing is not None and call.status is not None)


def _ms(call: TokenCall) -> float:
    if call.failure_kind == "timeout":
        return math.inf
    return call.timing.total_ms if call.timing and call.status is not None else 0.0


def _refreshes(probed: Probed, calls: Sequence[TokenCall], limit: float, slow: float) -> Iterator[Finding]:
    late = [call for call in calls if _ms(call) > limit]
    if late and len(late) * 2 > len(calls):
        text = f"{len(late)} of {len(calls)} refreshes took longer than the {limit / 1000:g} s Alexa waits"
        yield _found(probed, late[-1], f"{text} (the last {_took(late[-1])}), while the exchange was in time.", None)
        return
    slower = sorted((call for call in calls if _ms(call) > slow), key=_ms)
    if slower and len(slower) * 2 > len(calls):
        text = f"{len(slower)} of {len(calls)} refreshes took longer than {slow / 1000:g} s"
        yield _found(probed, slower[-1], f"{text} (the slowest {_took(slower[-1])}).", Severity.RECOMMENDED)


def _burst(probed: Probed, calls: Sequence[TokenCall], limit: float, slow: float) -> Iterator[Finding]:
    ranked = sorted(calls, key=_ms)
    if len(ranked) < _FEW:
        return
    worst = ranked[math.ceil(0.95 * len(ranked)) - 1]
    if _ms(worst) <= slow:
        return
    beyond = f"; Alexa waits {limit / 1000:g} s" if _ms(worst) > limit else ""
    took = f"takes {_took(worst)} or longer" if math.isfinite(_ms(worst)) else _took(worst)
    text = f"With {len(ranked)} refreshes at once, one in twenty {took}{beyond}."
    yield _found(probed, worst, text, Severity.RECOMMENDED)


def _took(call: TokenCall) -> str:
    took = _ms(call)
    return f"{took / 1000:.1f} s" if math.isfinite(took) else "did not end in time"


def _found(probed: Probed, call: TokenCall, text: str, severity: Severity | None) -> Finding:
    return finding(
        RULE,
        f"On {host_of(call.url)}: {text}",
        subject=f"{host_of(call.url)} {call.probe}",
        at=probe_ref(probed, call),
        severity=severity,
        confidence=Confidence.POSSIBLE if severity else Confidence.LIKELY,
    )


AUDIT = Audit(
    id="token-pace",
    rules=(RULE,),
    title="Refreshes are answered in time, also many at once",
    failed_title="Refreshes are answered slowly",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
