"""The lifetime that the server declares for its refresh tokens is long."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import MIN_EXPIRES_IN, REFRESH_LATE_SECONDS, REFRESH_TOKEN_SECONDS
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.lifetimes import falls_short, span
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.refresh_lifetimes import declared_refresh_s
from e2e_linker.derive.replies import read_reply
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_UNSAID = (
    "the token answer does not say how long refresh tokens live, and no run can wait for it: look for 180 days or "
    "more in the settings of the authorization server"
)


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """A day longer than the access token at the very least, 180 days by Amazon's advice."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "status", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    reply = read_reply(exchange.call)
    if reply.token("refresh_token") is None:
        return NotApplicable(reason="the code brings no refresh token")
    declared = declared_refresh_s(reply)
    if declared is None:
        return NotApplicable(reason=_UNSAID)
    (name, lifetime), at = declared, call_ref(exchange)
    access = reply.declares("expires_in") or MIN_EXPIRES_IN
    said = f"The token answer declares a refresh token of {span(lifetime)} ({name} {lifetime:.15g})"
    if lifetime < access + REFRESH_LATE_SECONDS:
        text = f"{said} beside an access token of {span(access)}. A customer who is away for a day is unlinked."
        return verdict([finding("token-refresh-late", text, subject=name, at=at, confidence=Confidence.LIKELY)])
    if falls_short(lifetime, REFRESH_TOKEN_SECONDS, reply.call):
        text = f"{said}; Amazon advises {span(REFRESH_TOKEN_SECONDS)} or no end."
        return verdict([finding("token-refresh-ttl-180d", text, subject=name, at=at)])
    return verdict(())


AUDIT = Audit(
    id="refresh-lifetime",
    rules=("token-refresh-late", "token-refresh-ttl-180d"),
    title="Refresh tokens are declared to live long",
    failed_title="Refresh tokens are declared to live too short",
    judge=judge,
)
