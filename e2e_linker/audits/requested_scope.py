"""The server grants the scopes of the skill configuration."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.refused_values import scopes_to_correct
from e2e_linker.audits.return_remedies import cut_short
from e2e_linker.audits.walks import request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.blamed_parts import blamed_part
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.ladder import Ladder
from e2e_linker.derive.pages import Page
from e2e_linker.evidence.models import Ending, Request, Walk
from e2e_linker.model import Confidence, Fault

__all__ = ["AUDIT"]

RULE = "auth-scope-exact"
_QUOTED = 160


def judge(
    walk: Walk,
    answer: Answer | None,
    ladder: Ladder,
    requests: tuple[Request, ...],
    dead_end: DeadEnd | None,
    ending: Ending,
) -> Outcome:
    """``invalid_scope`` in the redirect, or on the page the login ends at, which may say so in words of its own."""
    scopes = " ".join(walk.authorization.scopes) or "(none)"
    if answer is not None and answer.error is not None and "invalid_scope" in answer.error_words:
        cut = cut_short(walk, answer)
        if cut is not None and "scope" in cut.lost:
            return Inconclusive(missing=("the login brought the request back without its scopes",))
        part = _refused(walk, answer)
        of = f"`{part}` of " if part else ""
        text = f"The server refuses {of}the scopes `{scopes}`: {answer.error_words}."
        return _failed(text, request_ref(walk, answer.arrival.request), scopes, Confidence.CERTAIN)
    if answer is not None:
        return verdict(())
    last = ladder.last
    page = next((request for request in requests if last is not None and request.n == last.request), None)
    if page is not None and "invalid_scope" in (page.excerpt or "").lower():
        text = f"The login ends on a page that says invalid_scope; the scopes asked for are `{scopes}`."
        return _failed(text, request_ref(walk, page.n), scopes, Confidence.LIKELY)
    if dead_end is not None and dead_end.kind == "error" and (said := _refused_in_words(walk, dead_end.page)):
        text = f"The login ends on a page that refuses the scopes asked for, `{scopes}`: “{said}”."
        at = request_ref(walk, dead_end.page.request)
        return _failed(text, at, scopes, Confidence.LIKELY, fix=scopes_to_correct(walk))
    return Inconclusive(missing=(f"no answer reached Alexa: {ending.message}",))


def _refused(walk: Walk, answer: Answer) -> str | None:
    """The scopes that the answer names, as some servers do beside ``invalid_scope``; None where that tells no more."""
    named = {scope for param in answer.named("scope") for scope in param.value.split()}
    asked = walk.authorization.scopes
    return " ".join(scope for scope in asked if scope in named) if named and named < set(asked) else None


def _refused_in_words(walk: Walk, page: Page) -> str | None:
    blamed = blamed_part(walk, page)
    return blamed.line[:_QUOTED] if blamed is not None and blamed.what == "scope" else None


def _failed(text: str, at: EvidenceRef, scopes: str, confidence: Confidence, *, fix: str | None = None) -> Outcome:
    return verdict(
        [
            finding(
                RULE,
                text,
                subject=scopes,
                at=at,
                related=[EvidenceRef(kind="configuration", ref="scopes")],
                confidence=confidence,
                fix=fix,
                blame=Fault.SKILL_CONFIGURATION,
            )
        ]
    )


AUDIT = Audit(
    id="requested-scope",
    rules=(RULE,),
    title="The server grants the configured scopes",
    failed_title="The server refuses the configured scopes",
    judge=judge,
)
