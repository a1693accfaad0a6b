"""With PKCE on, a code is redeemed only with the verifier it was asked for with."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import nothing_works, trial, unprobed, untold
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Depth, Severity

__all__ = ["AUDIT"]

RULE = "token-pkce-verify"
_TRIALS: dict[ProbeName, str] = {
    "wrong_verifier": "with a wrong code_verifier",
    "missing_verifier": "without a code_verifier",
    "plain_verifier": "with the code_challenge itself as code_verifier, as if its method were plain",
}


def judge(skill: SkillFacts, probed: Probed, cases: CaseTable) -> Outcome:
    """A wrong, a missing and a downgraded verifier; which error refuses them is left to the server."""
    if (why := unprobed(probed)) is not None:
        return why
    if not skill.pkce:
        return NotApplicable(reason="PKCE is off for this skill")
    if (why := nothing_works(probed, cases)) is not None:
        return why
    replies = {probe: reply for probe in _TRIALS if (reply := trial(probed, probe)) is not None}
    taken = {probe: reply for probe, reply in replies.items() if reply.worked}
    if taken:
        return verdict([_found(probed, taken)])
    gaps = tuple(gap for probe in _TRIALS if (gap := untold(probed, probe)))
    return Inconclusive(missing=gaps) if gaps else verdict(())


def _found(probed: Probed, taken: dict[ProbeName, Reply]) -> Finding:
    how = " and ".join(_TRIALS[probe] for probe in taken)
    whole = "PKCE is switched on, but not in force: " if len(taken) == len(_TRIALS) else ""
    refs = [probe_ref(probed, reply.call) for reply in taken.values()]
    return finding(
        RULE,
        f"{whole}The token endpoint redeems a code {how}.",
        subject=" ".join(taken),
        at=refs[0],
        related=refs[1:],
        # Linking works; what is missing is the protection of a code that was stolen on its way.
        severity=Severity.DEGRADES,
        fix="Keep the code_challenge with the code and compare it with the S256 hash of the code_verifier (RFC 7636).",
    )


AUDIT = Audit(
    id="code-verifier",
    rules=(RULE,),
    title="A code is redeemed with the right verifier only",
    failed_title="A code is redeemed without the right verifier",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
