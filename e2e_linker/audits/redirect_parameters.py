"""The redirect carries nothing that Alexa does not need."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Ending, Walk

__all__ = ["AUDIT"]

_NEEDED = frozenset({"code", "state", "error", "error_description", "error_uri", "source", "access_token"})
"""``source`` is what Amazon's own app-to-app sample adds; a token in the query is a worse fault of another rule."""


def judge(walk: Walk, answer: Answer | None, ending: Ending) -> Outcome:
    """List what counts towards Amazon's limit without need. The fragment never reaches a server, so it does not."""
    if answer is None:
        return no_arrival(ending)
    own = {param.name for param in parameters(walk.authorization.redirect_uri, nested=False)}
    extra = [p for p in answer.params if p.place in {"query", "path"} and p.name not in _NEEDED | own]
    if not extra:
        return verdict(())
    listed = ", ".join(f"`{param.name}` ({param.length:,} characters)" for param in extra[:8])
    total = sum(len(param.name) + param.length + 2 for param in extra)
    return verdict(
        [
            finding(
                "redir-only-needed-params",
                f"The redirect carries {listed} beside code and state: {total:,} of {answer.arrival.url_length:,} "
                "characters of its URL.",
                subject=", ".join(sorted({param.name for param in extra})),
                at=request_ref(walk, answer.arrival.request),
            )
        ]
    )


AUDIT = Audit(
    id="redirect-parameters",
    rules=("redir-only-needed-params",),
    title="The redirect carries only what Alexa needs",
    failed_title="The redirect carries parameters that Alexa does not need",
    judge=judge,
)
