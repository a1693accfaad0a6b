"""No message box of JavaScript interrupts the login."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival
from e2e_linker.evidence.models import Dialog, Ending, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT"]

_MOST_TEXTS = 5


def judge(walk: Walk, dialogs: tuple[Dialog, ...], ending: Ending) -> Outcome:
    """Every dialog, each text once; what a page without end says is counted."""
    found = tuple(_findings(walk, dialogs))
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _findings(walk: Walk, dialogs: tuple[Dialog, ...]) -> Iterator[Finding]:
    texts: dict[str, tuple[int, Dialog]] = {}
    for n, dialog in enumerate(dialogs, 1):
        texts.setdefault(f"{dialog.type} {dialog.message[:80]}".strip(), (n, dialog))
    told = list(texts.items())
    for subject, (n, dialog) in told[:_MOST_TEXTS]:
        yield _finding(dialog, subject, EvidenceRef(kind="dialog", ref=f"{walk.id}#{n}"))
    if more := told[_MOST_TEXTS:]:
        yield finding(
            "auth-no-js-dialogs",
            f"The page opened {len(more)} more JavaScript dialogs, each with another text.",
            subject="more",
            at=EvidenceRef(kind="dialog", ref=f"{walk.id}#{more[0][1][0]}"),
        )


def _finding(dialog: Dialog, subject: str, at: EvidenceRef) -> Finding:
    if dialog.type == "beforeunload":
        # The engines show it only when a page is left that somebody typed into, and no web view hangs on it.
        return finding(
            "auth-no-js-dialogs",
            "The page asks, on leaving it, whether it may be left (beforeunload).",
            subject=subject,
            at=at,
            severity=Severity.RECOMMENDED,
            confidence=Confidence.LIKELY,
            fix="Remove the beforeunload handler from the pages of the login.",
        )
    said = f" saying “{dialog.message[:120]}”" if dialog.message.strip() else ""
    return finding(
        "auth-no-js-dialogs",
        f"The page opened a JavaScript {dialog.type}{said}. A web view may not draw it, and the page hangs behind it.",
        subject=subject,
        at=at,
    )


AUDIT = Audit(
    id="dialogs",
    rules=("auth-no-js-dialogs",),
    title="No message box interrupts the login",
    failed_title="The login shows JavaScript message boxes",
    judge=judge,
)
