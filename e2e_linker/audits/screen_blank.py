"""Every step shows something a customer can read and use."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, Outcome, finding, verdict
from e2e_linker.audits.screens import proven, shows
from e2e_linker.audits.walks import ends_untold, no_arrival, walk_ref
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import CaseFacts, Ending, Trial, Walk
from e2e_linker.model import Fault

__all__ = ["AUDIT"]

_MOST_NAMED = 3


def judge(
    case: CaseFacts,
    walk: Walk,
    screen_verdicts: tuple[ScreenVerdict, ...],
    suspects: tuple[Suspect, ...],
    healing_trial: Trial | None,
    beyond_proof: str | None,
    ending: Ending,
) -> Outcome:
    """The screen the customer is left with. One that was empty on the way and filled later is a matter of time."""
    if ending.kind == "arrived":
        return verdict(())
    if not screen_verdicts:
        return no_arrival(ending) if ends_untold(walk) else Inconclusive(missing=("no screen could be looked at",))
    last = screen_verdicts[-1]
    if ends_untold(walk) or not last.empty:
        return no_arrival(ending)
    ordered = _proven_first(suspects, healing_trial)
    cause = _cause(ordered[:_MOST_NAMED], healing_trial, beyond_proof)
    return verdict([_finding(case, walk, last, ordered[:_MOST_NAMED], cause, healed=healing_trial is not None)])


def _proven_first(suspects: tuple[Suspect, ...], healed: Trial | None) -> Sequence[Suspect]:
    """The suspects, that which the trial ``healed`` proved before all others."""
    address = healed.address if healed else None
    if address is None:
        return suspects
    return sorted(suspects, key=lambda one: one.request is None or without_parameters(one.request.url) != address)


def _cause(named: Sequence[Suspect], healed: Trial | None, beyond_proof: str | None) -> str:
    """What is known of the cause, in sentences."""
    says = "; ".join(suspect.says for suspect in named)
    if healed is not None:
        return proven(healed, "page") + (f" Seen there: {says}." if named else "")
    if not named:
        return "Nothing in the evidence says why: no failed request, no script error, no violated policy."
    limit = f" It cannot be proven from a device: {beyond_proof}." if beyond_proof else ""
    return f"Suspected, not proven: {says}.{limit}"


def _finding(
    case: CaseFacts, walk: Walk, last: ScreenVerdict, named: Sequence[Suspect], cause: str, *, healed: bool
) -> Finding:
    first = named[0] if named else None
    return finding(
        "screen-blank",
        f"On {case.project} the login stops at a screen of {last.host} that {shows(last)}. {cause}",
        subject=last.host,
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{last.screen}"),
        related=[EvidenceRef(kind=one.ref[0], ref=f"{walk.id}#{one.ref[1]}") for one in named] or [walk_ref(walk)],
        confidence=last.confidence,
        fix=_FIXES.get(first.kind) if first else None,
        blame=Fault.CONTENT_HOST if first and first.host and first.host != last.host else Fault.IDENTITY_PROVIDER,
        symptom=True,
        cause="proven" if healed else "suspected" if first else None,
    )


_FIXES = {
    "status": "Answer with a page that says what went wrong, and repair what makes the server answer so.",
    "policy": "Allow in the page's Content-Security-Policy what the page needs to be shown.",
    "request": "Make what did not load available, and let the page show its form without it.",
    "page_error": "Repair the script error, and let the page show its form when a script fails.",
    "framing": "Lead the browser to the framed page and back instead of showing it in a frame.",
    "waiting": "Do not wait without end for what may never come: show the page after a second at the latest.",
}

AUDIT = Audit(
    id="screen-blank",
    rules=("screen-blank",),
    title="Every step shows something to read and to use",
    failed_title="The login stops at a blank screen",
    rendering=True,
    judge=judge,
)
