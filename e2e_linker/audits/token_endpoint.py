"""The access token URL is answered by a token endpoint."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.audits.base import Audit, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import address_of, call_ref, unredeemed
from e2e_linker.derive.endpoints import look_swapped
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import Ending, SkillFacts
from e2e_linker.model import Fault

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, skill: SkillFacts, exchange: Exchange | None, ending: Ending) -> Outcome:
    """Whether a login page answered the token request, or something that misses a ``response_type``."""
    skipped = unredeemed(authorization.grant, exchange, ending, "unreachable", "unanswered", "late", "challenged")
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    if look_swapped(skill.authorization_url, skill.access_token_url or ""):
        return NotApplicable(reason="the configured URLs already look interchanged")
    if exchange.trouble != "misdirected":
        return verdict(())
    said = f", {exchange.words}" if exchange.words else ""
    return verdict(
        [
            finding(
                "token-endpoint-not-swapped",
                f"{address_of(exchange)} answers a token request like a login page: "
                f"status {exchange.call.status}{said}.",
                subject="accessTokenUrl",
                at=call_ref(exchange),
                fix="Configure the address of the token endpoint; the server's metadata calls it token_endpoint.",
                where="accountLinkingRequest.accessTokenUrl",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="token-endpoint",
    rules=("token-endpoint-not-swapped",),
    title="The access token URL is answered by a token endpoint",
    failed_title="The access token URL is answered by a login page",
    judge=judge,
)
