"""The token endpoint hangs up on no call that it would answer at another time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.exchanges import call_ref
from e2e_linker.audits.hang_ups import Asked, habit, look_for_closers
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.runner import CaseTable
from e2e_linker.audits.trials import unprobed
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.rotation import repeats_nothing
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Confidence, Depth, Severity, host_of

__all__ = ["AUDIT"]

_SHARE = 0.1
"""Which part of the calls must be left without an answer."""


def judge(skill: SkillFacts, probed: Probed, cases: CaseTable) -> Outcome:
    """Exchanges of fresh codes and refreshes that repeat nothing, one by one, of the cases and of the probes."""
    if (why := unprobed(probed)) is not None:
        return why
    good = [*_of_probes(probed), *_of_cases(cases)]
    if not any(each.answered for each in good):
        return NotApplicable(reason="no call of the token endpoint was answered")
    dropped = habit(good, _SHARE)
    return verdict([_finding(host_of(skill.access_token_url or ""), len(good), dropped)] if dropped else ())


def _finding(host: str, good: int, dropped: Sequence[Asked]) -> Finding:
    return finding(
        "token-responds-4500ms",
        f"{host} hung up on {len(dropped)} of {good} good calls of the token endpoint ({dropped[0].hung_up}), and "
        "answered others before and after. Alexa got no tokens by these: a link that is being made fails, and so does "
        "a command whose access token is due.",
        subject=f"{host} hangs up",
        at=dropped[0].ref,
        related=[each.ref for each in dropped[1:4]],
        severity=Severity.DEGRADES,
        confidence=Confidence.LIKELY,
        fix=f"{look_for_closers(host)} Who is too busy answers 503.",
    )


def _of_probes(probed: Probed) -> Iterator[Asked]:
    for reply in probed.replies:
        if repeats_nothing(reply.call):
            yield _asked(probe_ref(probed, reply.call), reply.call)


def _of_cases(cases: CaseTable) -> Iterator[Asked]:
    for case, found in cases.collect("exchange"):
        if found is not None:
            yield _asked(call_ref(found, case.id), found.call)


def _asked(ref: EvidenceRef, call: TokenCall) -> Asked:
    answered = call.status is not None
    hung_up = (call.failure or "closed") if not answered and call.failure_kind == "closed" else None
    return Asked(ref, call.at, (ref.case, call.link), answered, hung_up)


AUDIT = Audit(
    id="token-drops",
    rules=("token-responds-4500ms",),
    title="The token endpoint hangs up on no call",
    failed_title="The token endpoint hangs up on some calls",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
