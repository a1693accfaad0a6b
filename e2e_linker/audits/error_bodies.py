"""Refusals of the token endpoint are JSON objects that say why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.trials import unprobed
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply, read_reply
from e2e_linker.derive.trials import is_refusal
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

RULE = "token-error-json"
_MOST = 8


def judge(probed: Probed) -> Outcome:
    """Every 4xx of the token endpoint; a refusal with status 200 is the business of its code's audit."""
    if (why := unprobed(probed)) is not None:
        return why
    calls = probed.battery.calls if probed.battery else ()
    replies = [read_reply(call) for call in calls if call.endpoint == "token"]
    refusals = [reply for reply in replies if is_refusal(reply) and reply.kind != "error with 200"]
    if not refusals:
        return Inconclusive(missing=("no probe was refused, so no error answer was seen",))
    return verdict(_faults(probed, refusals, replies))


def _faults(probed: Probed, refusals: Sequence[Reply], replies: Sequence[Reply]) -> Iterator[Finding]:
    if unread := [reply for reply in refusals if reply.answer.json_problem]:
        problem = unread[0].answer.json_problem
        text = f"Refusals come as {problem} ({_count(unread, refusals)}, {_statuses(unread)})."
        yield _found(probed, unread, f"{text} RFC 6749 section 5.2 asks for a JSON object.", "body", Confidence.CERTAIN)
    objects = [reply for reply in refusals if not reply.answer.json_problem]
    if nameless := [reply for reply in objects if reply.error is None]:
        fields = ", ".join(sorted(nameless[0].answer.json or {})[:_MOST]) or "no field at all"
        text = f"Refusals do not say why: the JSON object has {fields}, and no error ({_count(nameless, refusals)})."
        yield _found(probed, nameless, text, "error", Confidence.CERTAIN)
    if declared := [reply for reply in objects if reply.answer.content_type != "application/json"]:
        kind = declared[0].answer.content_type or "nothing at all"
        text = f"Refusals are JSON, but declared as {kind} ({_count(declared, refusals)})."
        yield _found(probed, declared, text, "content type", Confidence.LIKELY)
    # Where the tokens themselves may be stored, that is told by their own audit.
    kept = [reply for reply in replies if reply.worked and reply.may_be_stored]
    if not kept and (stored := [reply for reply in refusals if reply.may_be_stored]):
        text = f"Refusals carry no Cache-Control: no-store ({_count(stored, refusals)})."
        yield _found(probed, stored, text, "cache", Confidence.POSSIBLE)


def _count(some: Sequence[Reply], of: Sequence[Reply]) -> str:
    return f"{len(some)} of {len(of)}"


def _statuses(replies: Sequence[Reply]) -> str:
    """``status 400``, ``statuses 400 and 401``: each status of ``replies`` once."""
    statuses = sorted({reply.call.status for reply in replies if reply.call.status is not None})
    return f"status{'es' if len(statuses) > 1 else ''} {listed_in_words([str(status) for status in statuses])}"


def _found(probed: Probed, replies: Sequence[Reply], text: str, subject: str, confidence: Confidence) -> Finding:
    refs: list[EvidenceRef] = [probe_ref(probed, reply.call) for reply in replies[:_MOST]]
    return finding(RULE, text, subject=subject, at=refs[0], related=refs[1:], confidence=confidence)


AUDIT = Audit(
    id="error-bodies",
    rules=(RULE,),
    title="Refusals of the token endpoint are JSON that says why",
    failed_title="Refusals of the token endpoint do not say why",
    judge=judge,
    scope="run",
    depth=Depth.STANDARD,
)
