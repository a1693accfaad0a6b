"""No bot protection steps in between the calls of the token endpoint."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.rate_limit import LIMIT_FIX
from e2e_linker.audits.trials import unprobed
from e2e_linker.derive.challenges import challenge_of
from e2e_linker.derive.guarded import is_blameless, is_limit_page, may_fail_to_prove
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.model import Confidence, Depth, Severity, host_of

__all__ = ["AUDIT"]

RULE = "token-not-behind-bot-protection"
_NGINX = "nginx (by default `limit_req` answers so)"
_BANNED = (
    "After exchanges with a wrong client or a wrong secret, a good one was answered with {words}: who fails to prove "
    "the client is turned away for a while. That harms nobody but this machine, and may be why its next run fails."
)


def judge(probed: Probed) -> Outcome:
    """The first good request that a guard answered, after others had brought tokens."""
    if (why := unprobed(probed)) is not None:
        return why
    replies = probed.replies
    met = next((reply for reply in replies if reply.kind == "guarded" and _is_good(reply)), None)
    before = [reply for reply in replies if met is not None and reply.call.n < met.call.n]
    if met is None or not any(reply.worked for reply in before):
        return verdict(())
    if any(may_fail_to_prove(reply.call) and not reply.worked for reply in before):
        return verdict((), note=_BANNED.format(words=met.words))
    known, limited = challenge_of(met.call), is_limit_page(met.call)
    guard = known.guard if known else _NGINX if limited else "a guard"
    seconds = max(1, round((met.call.at - before[0].call.at).total_seconds()))
    return verdict(
        [
            finding(
                RULE,
                f"After {len(before)} calls of the token endpoint within {seconds} s {guard} stepped in: a good "
                f"request was answered with {met.words}. Alexa's servers call for all customers, and solve no "
                "challenge.",
                subject=f"{host_of(met.call.url)} midway",
                at=probe_ref(probed, met.call),
                severity=Severity.RECOMMENDED,
                confidence=Confidence.LIKELY,
                fix=LIMIT_FIX if limited else None,
            )
        ]
    )


def _is_good(reply: Reply) -> bool:
    """Whether it was asked for as Alexa would, of the server that is tested."""
    return is_blameless(reply.call) or (reply.call.purpose == "refresh" and reply.call.probe != "migration")


AUDIT = Audit(
    id="guard-midway",
    rules=(RULE,),
    title="No bot protection steps in between the calls of the token endpoint",
    failed_title="A bot protection steps in between the calls of the token endpoint",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
