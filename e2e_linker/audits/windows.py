"""The login stays in the window it was opened in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import CaseFacts, Ending, Walk, Window, records
from e2e_linker.model import host_of

__all__ = ["AUDIT"]


def judge(
    case: CaseFacts, walk: Walk, windows: tuple[Window, ...], second_window_needed: bool | None, ending: Ending
) -> Outcome:
    """Every window but the first, however briefly it was there; a trial may have proven that the login needs it.

    Times are not compared: a window is announced after its first request, which may be the arrival itself.
    """
    opened = [window for window in windows if window.n != 0]
    needed = _on_the_way(walk, opened) if second_window_needed else frozenset()
    found = tuple(_findings(case, walk, opened, needed))
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _on_the_way(walk: Walk, opened: Sequence[Window]) -> frozenset[int]:
    """The windows that the login may need: that of the answer to Alexa, and one beside which there is no other."""
    reached = (one.window for one in records(walk.arrivals) if one.window is not None)
    return frozenset((*reached, *(one.n for one in opened if len(opened) == 1)))


def _findings(case: CaseFacts, walk: Walk, opened: Sequence[Window], needed: frozenset[int]) -> Iterator[Finding]:
    seen: set[str] = set()
    # Where several have one address, the one that is needed speaks for them.
    for window in sorted(opened, key=lambda one: one.n not in needed):
        subject = without_parameters(window.url) if host_of(window.url) else "a window without an address"
        if subject not in seen:
            seen.add(subject)
            found = _finding(walk, window, subject)
            yield _proven(found, case) if window.n in needed else found


def _proven(one: Finding, case: CaseFacts) -> Finding:
    more = f" Proven: where no second window can open, the login on {case.project} breaks; otherwise it works."
    return one.model_copy(update={"message": one.message + more, "cause": "proven"})


def _finding(walk: Walk, window: Window, subject: str) -> Finding:
    asked = f" by {window.asked_by}" if window.asked_by else ""
    gone = "" if window.closed_at is None else f" It closed again after {max(window.closed_at - window.at, 0):.1f} s."
    fix = None
    if window.asked_by is None:
        fix = (
            "Find what opens it on the page before: a link or form with a `target`, or a script that calls "
            "`window.open`. Let it lead on in the same window; switch identity SDKs from popup to redirect mode."
        )
    elif "_blank" in window.asked_by:
        fix = "Remove the target of the link or form, so that it opens in the same window."
    return finding(
        "auth-no-popups",
        f"A second window opened{asked}: {subject}. In the Alexa app it does not open, or the customer does not return."
        + gone,
        subject=subject,
        at=EvidenceRef(kind="window", ref=f"{walk.id}#{window.n}"),
        fix=fix,
    )


AUDIT = Audit(
    id="windows",
    rules=("auth-no-popups",),
    title="The login stays in one window",
    failed_title="The login opens another window",
    judge=judge,
)
