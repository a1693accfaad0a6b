"""Every step shows something a customer can read and use."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.blank_remedies import LOOK, blank_remedy, colour_remedy, so_far, unexplained
from e2e_linker.audits.rate_limit import limited_walk
from e2e_linker.audits.screens import proven, remedy
from e2e_linker.audits.walks import ends_untold, no_arrival, of_walk, walk_ref
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.failed_scripts import FailedScript
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.urls import without_parameters
from e2e_linker.derive.wordings import ERROR, first_match
from e2e_linker.evidence.models import CaseFacts, Ending, Trial, Walk
from e2e_linker.model import Confidence, Fault

__all__ = ["AUDIT"]

_MOST_NAMED = 3
_TOLD_ELSEWHERE = ("unsent_answer", "unsent_redirect", "app_store", "undisplayed", "asked_too_often")


def judge(
    case: CaseFacts,
    walk: Walk,
    screen_verdicts: tuple[ScreenVerdict, ...],
    suspects: tuple[Suspect, ...],
    failed_scripts: tuple[FailedScript, ...],
    healing_trial: Trial | None,
    beyond_proof: str | None,
    dead_end: DeadEnd | None,
    ending: Ending,
) -> Outcome:
    """The screen the customer is left with. One that was empty on the way and filled later is a matter of time.

    One that can be read, such as the front page of a service that lost its way, is as its server wants it, unless a
    trial proved otherwise or, where there is not even a link, a script of its site failed.
    """
    if ending.kind == "arrived":
        return verdict(())
    if not screen_verdicts:
        return no_arrival(ending) if ends_untold(walk) else Inconclusive(missing=("no screen could be looked at",))
    last = screen_verdicts[-1]
    stuck = last.empty or _unfinished(last, failed_scripts, healing_trial, ending)
    meant = dead_end and dead_end.kind == "lost" and dead_end.page.text and not suspects and not healing_trial
    if meant or not stuck or ends_untold(walk) or any(of_walk(walk, one) for one in _TOLD_ELSEWHERE):
        return (limited_walk(walk) if stuck else None) or no_arrival(ending)
    named = _proven_first(suspects, healing_trial)[:_MOST_NAMED]
    return verdict([_finding(case, walk, last, named, _cause(last, named, healing_trial, beyond_proof), healing_trial)])


def _unfinished(last: ScreenVerdict, failed: Sequence[FailedScript], healed: Trial | None, ending: Ending) -> bool:
    """Whether a page that holds text lacks what a script was to draw."""
    usable = [control for control in last.digest.controls if control.visible]
    if ending.kind != "login_not_found" or last.kind != "other" or any(one.kind != "link" for one in usable):
        return False
    says_why = first_match(ERROR, last.digest.title, *last.digest.headings, last.digest.text)
    # Where a step of the tester's own found nothing, the page may be as it is meant to be.
    bare = not usable and not says_why and ending.fault is not Fault.TESTER
    return healed is not None or (bare and any(one.own for one in failed))


def _proven_first(suspects: tuple[Suspect, ...], healed: Trial | None) -> Sequence[Suspect]:
    """The suspects, that which the trial ``healed`` proved before all others."""
    address = healed.address if healed else None
    if address is None:
        return suspects
    return sorted(suspects, key=lambda one: one.request is None or without_parameters(one.request.url) != address)


def _cause(last: ScreenVerdict, named: Sequence[Suspect], healed: Trial | None, beyond_proof: str | None) -> str:
    """What is known of the cause, in sentences."""
    says = "; ".join(suspect.says for suspect in named)
    if healed is not None:
        return proven(healed, "page") + (f" Seen there: {says}." if named else "")
    if not named:
        return unexplained(last)
    limit = f" It cannot be proven from a device: {beyond_proof}." if beyond_proof else ""
    return f"Suspected, not proven: {says}.{limit}"


def _confidence(last: ScreenVerdict, first: Suspect | None, healed: Trial | None) -> Confidence:
    """How sure it is that customers see it: what was only not answered while this was watched may come later."""
    known = last.confidence if last.empty else Confidence.CERTAIN if healed else Confidence.LIKELY
    late = first is not None and first.kind == "waiting" and first.request is not None and first.request.status is None
    return Confidence.LIKELY if late and known is Confidence.CERTAIN else known


def _finding(
    case: CaseFacts, walk: Walk, last: ScreenVerdict, named: Sequence[Suspect], cause: str, healed: Trial | None
) -> Finding:
    first = named[0] if named else None
    links = " and links" * any(control.kind == "link" and control.visible for control in last.digest.controls)
    what = so_far(last, None if healed else first) if last.empty else f"holds text{links}, but no field and no button"
    return finding(
        "screen-blank",
        f"On {case.project} the login stops at a screen of {last.host} that {what}. {cause}",
        subject=last.host,
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{last.screen}"),
        related=[EvidenceRef(kind=one.ref[0], ref=f"{walk.id}#{one.ref[1]}") for one in named] or [walk_ref(walk)],
        confidence=_confidence(last, first, healed),
        fix=blank_remedy(first) if first else remedy(healed) or colour_remedy(last) or (None if healed else LOOK),
        blame=Fault.CONTENT_HOST if first and first.host and first.host != last.host else Fault.IDENTITY_PROVIDER,
        symptom=True,
        cause="proven" if healed else "suspected" if first else None,
    )


AUDIT = Audit(
    id="screen-blank",
    rules=("screen-blank",),
    title="Every step shows something to read and to use",
    failed_title="The login stops at a blank screen",
    rendering=True,
    judge=judge,
)
