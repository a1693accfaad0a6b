"""An authorization code is redeemed once, and a repeated request harms nobody."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.audits.trials import trial, untold
from e2e_linker.derive.lapses import lapses, refused_alone
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.refresh_lifetimes import is_outlived
from e2e_linker.derive.replies import Reply, token_accepted
from e2e_linker.derive.trials import is_refusal
from e2e_linker.model import Confidence, Depth, Severity

__all__ = ["AUDIT"]

RULE = "redir-code-single-use"


def judge(probed: Probed) -> Outcome:
    """The same exchange twice, then the tokens of the first. The very same tokens again are a retry well served."""
    strands = ready(probed, "code_twice", refreshing=False)
    if not isinstance(strands, tuple):
        return strands
    replay, gap = trial(probed, "code_twice", 2), untold(probed, "code_twice", 2)
    if replay is None or gap:
        return Inconclusive(missing=(gap or "the code was not sent again",))
    return verdict(_faults(probed, strands[0], replay))


def _faults(probed: Probed, strand: Strand, replay: Reply) -> Iterator[Finding]:
    first = strand.exchange
    if replay.worked and first is not None and replay.token("access_token") != first.token("access_token"):
        yield finding(
            RULE,
            "The token endpoint redeems a code a second time and gives further tokens for it.",
            subject="second redemption",
            at=probe_ref(probed, replay.call),
            confidence=Confidence.LIKELY,
        )
    if is_refusal(replay) and (lost := _lost(probed, strand)):
        yield finding(
            RULE,
            f"When the exchange is repeated at once, the server revokes what the first one brought: {lost}. RFC 6749 "
            "permits that, but Alexa may repeat an exchange whose answer was lost, and the customer is unlinked.",
            subject="first tokens revoked",
            at=probe_ref(probed, replay.call),
            severity=Severity.RECOMMENDED,
            confidence=Confidence.POSSIBLE,
            fix="Answer an identical request within a few seconds with 400 invalid_grant, and revoke nothing for it.",
        )


def _lost(probed: Probed, strand: Strand) -> str | None:
    """Which token of the first exchange died, where such a token is known to be good elsewhere."""
    refresh = next(iter(strand.refreshes), None)
    known = probed.refreshes and not lapses(probed) and refused_alone(probed) is None
    if refresh is not None and is_refusal(refresh) and known and not is_outlived(strand, refresh):
        return f"its refresh token is refused with {refresh.words}"
    if probed.takes_tokens and any(token_accepted(call) is False for call in strand.uses("use")):
        return "its access token is no longer accepted"
    return None


AUDIT = Audit(
    id="code-reuse",
    rules=(RULE,),
    title="A code is redeemed once",
    failed_title="A code that is sent twice is not answered as it should be",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
