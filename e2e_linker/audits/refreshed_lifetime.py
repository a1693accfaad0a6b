"""Access tokens of a refresh live as long as the first one."""

from __future__ import annotations

from e2e_linker.alexa.facts import MIN_EXPIRES_IN, RECOMMENDED_EXPIRES_IN
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, verdict
from e2e_linker.audits.lifetimes import falls_short
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.audits.token_lifetime import lifetime_findings
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.model import Depth

__all__ = ["AUDIT"]


def judge(probed: Probed) -> Outcome:
    """The shortest lifetime that a refresh declares, where it is in another class than that of the exchange."""
    links = ready(probed, "refresh")
    if not isinstance(links, tuple):
        return links
    exchange = links[0].exchange
    first = exchange.declares("expires_in") if exchange else None
    declared = [
        (seconds, reply)
        for reply in links[0].refreshes
        if reply.worked and (seconds := reply.declares("expires_in")) is not None and seconds > 0
    ]
    if not declared:
        return NotApplicable(reason="no refresh declares a lifetime")
    seconds, reply = min(declared, key=lambda pair: pair[0])
    if exchange is not None and first is not None and _class(first, exchange) <= _class(seconds, reply):
        return verdict(())
    at = probe_ref(probed, reply.call)
    return verdict(lifetime_findings(seconds, "The access token of a refresh", reply.call, at))


def _class(lifetime: float, reply: Reply) -> int:
    return (lifetime >= MIN_EXPIRES_IN) + (not falls_short(lifetime, RECOMMENDED_EXPIRES_IN, reply.call))


AUDIT = Audit(
    id="refreshed-lifetime",
    rules=("token-expires-in-min-360", "token-ttl-recommended-1h"),
    title="Access tokens of a refresh live long enough",
    failed_title="Access tokens of a refresh live too short",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
