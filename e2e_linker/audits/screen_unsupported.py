"""No page of the login turns the app's browser away as unsupported."""

from __future__ import annotations

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.screens import proven
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.refusals import refusal_of, refuses_by_policy
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import CaseFacts, Ending, Trial, Walk
from e2e_linker.model import Severity, Surface

__all__ = ["AUDIT"]

_SHOWN = 100


def judge(
    case: CaseFacts,
    walk: Walk,
    screen_verdicts: tuple[ScreenVerdict, ...],
    healing_trial: Trial | None,
    ending: Ending,
) -> Outcome:
    """Screens that refuse the browser, one for each host; a refusal by error status is an error page.

    Where the login was blocked and a trial with another user agent was not, no word of the page has to be known.
    """
    hosts = {one.host: one for one in screen_verdicts if one.kind == "unsupported browser"}
    if not hosts and ending.kind == "login_blocked" and healing_trial and healing_trial.factor == "user_agent":
        hosts = {one.host: one for one in screen_verdicts[-1:] if one.kind != "error page"}
    found = [_finding(case, walk, one, healing_trial) for one in hosts.values()]
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _finding(case: CaseFacts, walk: Walk, one: ScreenVerdict, healed: Trial | None) -> Finding:
    refusal = refusal_of(one.page) if one.page else None
    ambiguous = refusal is not None and refusal.ambiguous
    agent = (case.user_agent or "the engine's own user agent")[-_SHOWN:]
    suspected = f"Suspected, not proven: the user agent (…{agent})."
    cause = proven(healed, "login") if healed else suspected
    ambiguous = ambiguous and healed is None
    screen = EvidenceRef(kind="screen", ref=f"{walk.id}#{one.screen}")
    return finding(
        "screen-unsupported-browser",
        f"On {case.project} {one.host} says that this browser will not do: “{_said(one)}”. {cause}"
        + " Automated browsers are told the same: try it on a phone." * ambiguous,
        subject=one.host,
        at=screen,
        related=[request_ref(walk, one.page.request)] if one.page else (),
        severity=_severity(case, ambiguous=ambiguous),
        confidence=one.confidence,
        fix=rule("auth-embedded-browser-tolerated").fix if refuses_by_policy(one.host) else None,
        symptom=True,
        cause="proven" if healed else "suspected",
    )


def _said(one: ScreenVerdict) -> str:
    return (one.words or " ".join(one.digest.text.split()) or one.digest.title)[:_SHOWN]


def _severity(case: CaseFacts, *, ambiguous: bool) -> Severity | None:
    """The rule is about browsers inside apps; a plain one that is refused keeps fewer customers out."""
    if ambiguous:
        return Severity.RECOMMENDED
    return Severity.DEGRADES if case.surface is Surface.BROWSER else None


AUDIT = Audit(
    id="screen-unsupported-browser",
    rules=("screen-unsupported-browser",),
    title="No page turns the app's browser away",
    failed_title="A page says that the browser is not supported",
    judge=judge,
)
