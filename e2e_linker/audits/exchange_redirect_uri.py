"""A code is redeemed only for the redirect URI it was issued for."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import nothing_works, trial, unprobed, untold
from e2e_linker.derive.probed import Probed
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

RULE = "token-redirect-uri-match"


def judge(skill: SkillFacts, probed: Probed, cases: CaseTable) -> Outcome:
    """The exchange with another redirect URI.

    Advice only. That the right one is taken is shown by every exchange; taking others, as Home Assistant does, unlinks
    nobody and keeps nobody from linking. With PKCE in force the comparison protects nobody any more.
    """
    if (why := unprobed(probed) or nothing_works(probed, cases)) is not None:
        return why
    reply = trial(probed, "wrong_redirect_uri")
    if reply is None or not reply.worked:
        gap = untold(probed, "wrong_redirect_uri")
        return Inconclusive(missing=(gap,)) if gap else verdict(())
    return verdict(
        [
            finding(
                RULE,
                "The token endpoint redeems a code for another redirect_uri than the one it was issued for.",
                subject="another redirect_uri",
                at=probe_ref(probed, reply.call),
                # RFC 6749 section 4.1.3 demands the comparison, OAuth 2.1 relies on PKCE instead.
                severity=Severity.RECOMMENDED,
                confidence=Confidence.POSSIBLE if skill.pkce else Confidence.CERTAIN,
            )
        ]
    )


AUDIT = Audit(
    id="exchange-redirect-uri",
    rules=(RULE,),
    title="A code is redeemed for its own redirect URI only",
    failed_title="A code is redeemed for any redirect URI",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
