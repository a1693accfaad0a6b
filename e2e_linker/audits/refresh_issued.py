"""The exchange brings a refresh token."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import REFRESH_TOKEN_SECONDS
from e2e_linker.audits.base import Audit, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.lifetimes import span
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.replies import read_reply
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Severity

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, exchange: Exchange | None, ending: Ending) -> Outcome:
    """A string in ``refresh_token``. Where access tokens live half a year, its absence is worth a remark only."""
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "status", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    reply = read_reply(exchange.call)
    if not reply.worked:
        return Inconclusive(missing=("the token answer has no access token",))
    if reply.token("refresh_token") is not None:
        return verdict(())
    lifetime = reply.declares("expires_in")
    lasting = lifetime is not None and lifetime >= REFRESH_TOKEN_SECONDS
    there = "refresh_token" in (exchange.answer.json or {})
    said = "a refresh_token that is empty or no string" if there else "no refresh_token"
    ends = f" The link ends {span(lifetime)} after it was made." if lifetime else ""
    return verdict(
        [
            finding(
                "token-refresh-issued",
                f"The token answer has {said}.{ends}",
                subject="refresh_token",
                at=call_ref(exchange),
                severity=Severity.RECOMMENDED if lasting else None,
            )
        ]
    )


AUDIT = Audit(
    id="refresh-issued",
    rules=("token-refresh-issued",),
    title="The code brings a refresh token",
    failed_title="The code brings no refresh token",
    judge=judge,
)
