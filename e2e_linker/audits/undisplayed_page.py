"""The pages of the login come as pages, and not as downloads or as text."""

from __future__ import annotations

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.screens import lone, proven, remedy
from e2e_linker.audits.walks import last_screen, no_arrival, request_ref
from e2e_linker.derive.undisplayed import Undisplayed
from e2e_linker.derive.unsent_answers import UnsentAnswer
from e2e_linker.evidence.models import Causes, Ending, Trial, Walk

__all__ = ["AUDIT"]


def judge(
    walk: Walk,
    undisplayed: Undisplayed | None,
    unsent_answer: UnsentAnswer | None,
    healing_trial: Trial | None,
    known_causes: Causes,
    ending: Ending,
) -> Outcome:
    """The page at which the login ended, unless that is the answer for Alexa, of which other audits tell."""
    if ending.kind == "arrived":
        return verdict(())
    if undisplayed is None or unsent_answer is not None:
        return no_arrival(ending)
    return verdict([_finding(walk, undisplayed, lone(healing_trial, known_causes))])


def _finding(walk: Walk, told: Undisplayed, healed: Trial | None) -> Finding:
    page = told.page
    if told.kind == "download":
        what = "comes as a download and not as a page, so that the customer sees nothing"
    else:
        what = "is a page of HTML, and the customer sees its source as text, without a field or a button"
    fix = (
        "Send this page without `Content-Disposition`."
        if told.attached
        else "Answer with a page of HTML, and send it with `Content-Type: text/html; charset=utf-8`."
    )
    return finding(
        "screen-blank",
        f"{page.address} {what}. The reason is {told.because} in its answer."
        + (f" {proven(healed, 'page')}" if healed else ""),
        subject=f"{page.host} {told.kind}",
        at=request_ref(walk, page.request),
        related=last_screen(walk, page),
        fix=" ".join(filter(None, (fix, remedy(healed)))),
        symptom=True,
        cause="proven" if healed else None,
    )


AUDIT = Audit(
    id="undisplayed-page",
    rules=("screen-blank",),
    title="The pages of the login are laid out by browsers",
    failed_title="A page of the login comes as a download or as text",
    judge=judge,
)
