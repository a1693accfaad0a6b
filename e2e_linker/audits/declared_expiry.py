"""The configured default lifetime is no longer than tokens really live."""

from __future__ import annotations

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.alexa.facts import MIN_EXPIRES_IN
from e2e_linker.audits.base import Audit, EvidenceRef, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref, unredeemed
from e2e_linker.audits.lifetimes import falls_short
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.replies import read_reply
from e2e_linker.evidence.models import Ending, SkillFacts
from e2e_linker.model import Confidence, Fault, Severity

__all__ = ["AUDIT"]


def judge(authorization: AuthorizationRequest, skill: SkillFacts, exchange: Exchange | None, ending: Ending) -> Outcome:
    """The default against ``expires_in``, which wins where it is sent: so a difference is advice only."""
    default = skill.default_expiry_s
    if default is None or default < MIN_EXPIRES_IN:
        return NotApplicable(reason="the configuration has no default lifetime that could count")
    skipped = unredeemed(
        authorization.grant, exchange, ending, "unreachable", "unanswered", "misdirected", "late", "status", "body"
    )
    if skipped is not None or exchange is None:
        return skipped or verdict(())
    lifetime = read_reply(exchange.call).declares("expires_in")
    if lifetime is None or lifetime <= 0:
        return Inconclusive(missing=("the token answer declares no lifetime",))
    if not falls_short(lifetime, default, exchange.call):
        return verdict(())
    return verdict(
        [
            finding(
                "token-default-expiry-consistent",
                f"The configured default lifetime is {default} seconds, but the server's tokens live {lifetime:.15g}. "
                "Where an answer lacks expires_in, Alexa will use dead tokens.",
                subject="defaultTokenExpirationInSeconds",
                at=call_ref(exchange),
                related=[EvidenceRef(kind="configuration", ref="defaultTokenExpirationInSeconds")],
                severity=Severity.RECOMMENDED,
                confidence=Confidence.LIKELY,
                fix="Let tokens live as long as the default says, or set the default to the real lifetime, but not "
                f"below {MIN_EXPIRES_IN} seconds; and send expires_in with every answer.",
                where="accountLinkingRequest.defaultTokenExpirationInSeconds",
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="declared-expiry",
    rules=("token-default-expiry-consistent",),
    title="The default token lifetime is not longer than the real one",
    failed_title="The default token lifetime is longer than the real one",
    judge=judge,
)
