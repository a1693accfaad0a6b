"""The login does not end on an error page, nor on a page that has forgotten Alexa."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.evidence.models import Ending, Walk

__all__ = ["AUDIT"]

_QUOTED = 160


def judge(walk: Walk, dead_end: DeadEnd | None, ending: Ending) -> Outcome:
    """Says what the customer sees at the end; other audits say why."""
    if ending.kind == "arrived":
        return verdict(())
    return verdict([_finding(walk, dead_end)]) if dead_end else no_arrival(ending)


def _finding(walk: Walk, end: DeadEnd) -> Finding:
    page = end.page
    screens = [EvidenceRef(kind="screen", ref=f"{walk.id}#{view.screen}") for view in page.views[-1:]]
    if end.kind == "lost":
        message = f"After the login the customer is left on a page of {page.host} instead of in the Alexa app"
        fix = "Keep the authorization request through the login, and go on with it once the customer is signed in."
    else:
        message = f"The login ends on an error page of {page.host}"
        fix = None
    return finding(
        "screen-error-page",
        f"{message}: {_quoted(end)}.",
        subject=f"{page.host} {'lost' if end.kind == 'lost' else page.status}",
        at=request_ref(walk, page.request),
        related=screens,
        confidence=end.confidence,
        fix=fix,
        symptom=True,
    )


def _quoted(end: DeadEnd) -> str:
    page = end.page
    said = [f"status {page.status}"]
    if page.title:
        said.append(f"title “{page.title[:_QUOTED]}”")
    text = " ".join(page.text.split())
    if text and text != page.title:
        said.append(f"“{text[:_QUOTED]}{'…' if len(text) > _QUOTED else ''}”")
    if page.empty and not text:
        said.append("an empty page")
    return ", ".join(said)


AUDIT = Audit(
    id="error-page",
    rules=("screen-error-page",),
    title="The login does not end on an error page",
    failed_title="The login ends on a page that does not lead to Alexa",
    judge=judge,
)
