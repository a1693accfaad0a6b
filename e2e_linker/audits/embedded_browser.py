"""Identity providers accept the browser inside the app."""

from __future__ import annotations

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Audit, Finding, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.walks import last_screen, no_arrival, request_ref
from e2e_linker.derive.refusals import Refusal
from e2e_linker.evidence.models import CaseFacts, Ending, Walk
from e2e_linker.model import Severity, Surface, host_of

__all__ = ["AUDIT"]


def judge(case: CaseFacts, walk: Walk, refusals: tuple[Refusal, ...], ending: Ending) -> Outcome:
    """Pages that refuse an embedded browser, seen as one."""
    if case.surface is Surface.BROWSER:
        return NotApplicable(reason="seen only from a web view or a custom tab; this project is a plain browser")
    found = [_finding(walk, refusal) for refusal in refusals]
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _finding(walk: Walk, refusal: Refusal) -> Finding:
    page = refusal.page
    own = page.host == host_of(walk.authorization.url)
    return finding(
        "auth-embedded-browser-tolerated",
        f"{page.host} turns the app's browser away: status {page.status}, “{refusal.words}”."
        + " Automated browsers are told the same: try it on a phone." * refusal.ambiguous,
        subject=page.host,
        at=request_ref(walk, page.request),
        related=last_screen(walk, page),
        severity=Severity.RECOMMENDED if refusal.ambiguous else None,
        confidence=refusal.confidence,
        fix=rule("screen-unsupported-browser").fix if own else None,
    )


AUDIT = Audit(
    id="embedded-browser",
    rules=("auth-embedded-browser-tolerated",),
    title="Identity providers accept the in-app browser",
    failed_title="An identity provider refuses the in-app browser",
    judge=judge,
)
