"""An authorization code is still good half a minute after it was issued."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import nothing_works, trial, unprobed, untold
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import read_reply
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

RULE = "redir-code-lifetime"
_DISTURBED = (
    "while the code grew old, a refresh token that came a second time was refused, which may have ended all that the "
    "browser's session had brought"
)
_SUPERSEDED = "a new code ends the one before it, however young that is, and others were issued while the code grew old"


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """One exchange, half a minute late, while others at once bring tokens."""
    if (why := unprobed(probed) or nothing_works(probed, cases)) is not None:
        return why
    reply = trial(probed, "code_later")
    gap = untold(probed, "code_later")
    if reply is None or gap:
        return Inconclusive(missing=(gap or "the late exchange was not tried",))
    if reply.worked:
        return verdict(())
    if any(_harms(call) for call in (probed.battery.calls if probed.battery else ()) if call.n < reply.call.n):
        return Inconclusive(missing=(_DISTURBED,))
    sure = reply.error == "invalid_grant"
    young = trial(probed, "code_later", 2)
    if sure and young is not None and young.error == "invalid_grant":
        return Inconclusive(missing=(_SUPERSEDED,))
    # Only invalid_grant speaks of the code; any other refusal may have other reasons.
    return verdict(
        [
            finding(
                RULE,
                f"A code that is redeemed 30 seconds after it was issued is refused with {reply.words}.",
                subject="30 seconds",
                at=probe_ref(probed, reply.call),
                confidence=Confidence.CERTAIN if sure else Confidence.LIKELY,
            )
        ]
    )


def _harms(call: TokenCall) -> bool:
    return call.probe in {"reuse_5s", "reuse_29s"} and call.purpose == "replay" and read_reply(call).final


AUDIT = Audit(
    id="code-lifetime",
    rules=(RULE,),
    title="A code is still good after 30 seconds",
    failed_title="A code dies within 30 seconds",
    judge=judge,
    scope="run",
    depth=Depth.THOROUGH,
)
