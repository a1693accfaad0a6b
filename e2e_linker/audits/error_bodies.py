"""Refusals of the token endpoint are JSON objects that say why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.trials import unprobed
from e2e_linker.derive.probed import Probed
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.trials import is_refusal
from e2e_linker.model import Confidence, Depth

__all__ = ["AUDIT"]

RULE = "token-error-json"
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Kind:
    """The refusals that are bad in one and the same way."""

    name: str
    replies: Sequence[Reply]
    of: int
    """How many refusals there are, good ones included."""

    def told(self, more: str = "") -> str:
        """``HTML (2 of 11)``, with ``more`` behind the figures."""
        return f"{self.name} ({len(self.replies)} of {self.of}{more})"

    @property
    def statuses(self) -> str:
        """Each status once: ``status 400``, ``statuses 400 and 401``."""
        known = sorted({reply.call.status for reply in self.replies if reply.call.status is not None})
        return f"status{'es' if len(known) > 1 else ''} {listed_in_words([str(status) for status in known])}"


def judge(probed: Probed) -> Outcome:
    """Every 4xx of the token endpoint; a refusal with status 200 is the business of its code's audit."""
    if (why := unprobed(probed)) is not None:
        return why
    replies = probed.replies
    refusals = [reply for reply in replies if is_refusal(reply) and reply.kind != "error with 200"]
    if not refusals:
        return Inconclusive(missing=("no probe was refused, so no error answer was seen",))
    return verdict(_faults(probed, refusals, replies))


def _faults(probed: Probed, refusals: Sequence[Reply], replies: Sequence[Reply]) -> Iterator[Finding]:
    def kinds(name: Callable[[Reply], str], some: Iterable[Reply]) -> list[_Kind]:
        """``some`` of the refusals by their name, the most frequent first."""
        known: dict[str, list[Reply]] = {}
        for reply in some:
            known.setdefault(name(reply), []).append(reply)
        return sorted((_Kind(each, mine, len(refusals)) for each, mine in known.items()), key=lambda k: -len(k.replies))

    if unread := kinds(_problem, (reply for reply in refusals if reply.answer.json_problem)):
        text = f"Refusals come as {listed_in_words([kind.told(f', {kind.statuses}') for kind in unread])}."
        yield _found(probed, unread, f"{text} RFC 6749 section 5.2 asks for a JSON object.", "body", Confidence.CERTAIN)
    objects = [reply for reply in refusals if not reply.answer.json_problem]
    if nameless := kinds(_fields, (reply for reply in objects if reply.error is None)):
        text = f"Refusals do not say why: the JSON object has {_either(nameless)}, and no error code."
        yield _found(probed, nameless, text, "error", Confidence.CERTAIN)
    if declared := kinds(_declared, (reply for reply in objects if reply.answer.content_type != "application/json")):
        text = f"Refusals are JSON, but declared as {_either(declared)}."
        yield _found(probed, declared, text, "content type", Confidence.LIKELY)
    # Where the tokens themselves may be stored, that is told by their own audit.
    kept = [reply for reply in replies if reply.worked and reply.may_be_stored]
    if not kept and (stored := [reply for reply in refusals if reply.may_be_stored]):
        lacking = _Kind("no Cache-Control: no-store", stored, len(refusals))
        yield _found(probed, [lacking], f"Refusals carry {lacking.told()}.", "cache", Confidence.POSSIBLE)


def _problem(reply: Reply) -> str:
    """Without the particulars of single answers, which follow in brackets."""
    return (reply.answer.json_problem or "").partition(" (")[0]


def _fields(reply: Reply) -> str:
    # Google and Facebook send an object under the name of the code.
    named = ("an error that is no text" if name == "error" else name for name in sorted(reply.answer.json or {}))
    return listed_in_words(list(named)[:_MOST]) or "no field at all"


def _declared(reply: Reply) -> str:
    return reply.answer.content_type or "nothing at all"


def _either(kinds: Sequence[_Kind]) -> str:
    """``a (2 of 4), b (1 of 4) or c (1 of 4)``."""
    return " or ".join(filter(None, (", ".join(kind.told() for kind in kinds[:-1]), kinds[-1].told())))


def _found(probed: Probed, kinds: Sequence[_Kind], text: str, subject: str, confidence: Confidence) -> Finding:
    """With one refusal of each kind among the evidence before there is a second of any."""
    replies = [*(kind.replies[0] for kind in kinds), *(reply for kind in kinds for reply in kind.replies[1:])]
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
