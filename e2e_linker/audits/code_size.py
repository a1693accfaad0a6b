"""The authorization code is short."""

from __future__ import annotations

from e2e_linker.alexa import facts
from e2e_linker.audits.base import Audit, NotApplicable, Options, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Grant, Severity

__all__ = ["AUDIT"]


def judge(walk: Walk, answer: Answer | None, ending: Ending, options: Options) -> Outcome:
    """A long code alone is worth a remark; it counts when it makes the whole URL too long."""
    if walk.authorization.grant is not Grant.AUTH_CODE:
        return NotApplicable(reason="the implicit grant has no code")
    if answer is None:
        return no_arrival(ending)
    length = max((param.length for param in answer.named("code")), default=0)
    if length <= options.threshold("code_characters", facts.CODE_LONG_CHARACTERS):
        return verdict(())
    url = answer.arrival.url_length
    severity, confidence = Severity.RECOMMENDED, Confidence.POSSIBLE
    if url > options.threshold("redirect_url_max_characters", facts.REDIRECT_URL_MAX_CHARACTERS):
        severity, confidence = Severity.BREAKS, Confidence.CERTAIN
    elif url > options.threshold("redirect_url_characters", facts.REDIRECT_URL_CHARACTERS):
        severity = Severity.DEGRADES
    share = round(100 * length / url) if url else 0
    return verdict(
        [
            finding(
                "redir-code-size",
                f"The code has {length:,} characters, {share} % of a redirect URL of {url:,}. "
                "Amazon names long codes as a common cause of HTTP 400 in the redirect.",
                subject="code",
                at=request_ref(walk, answer.arrival.request),
                severity=severity,
                confidence=confidence,
            )
        ]
    )


AUDIT = Audit(
    id="code-size",
    rules=("redir-code-size",),
    title="The authorization code is short",
    failed_title="The authorization code is long",
    judge=judge,
)
