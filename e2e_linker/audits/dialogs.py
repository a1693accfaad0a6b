"""No message box of JavaScript interrupts the login."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.screens import listed_in_words
from e2e_linker.audits.walks import no_arrival, of_walk
from e2e_linker.derive.dialog_pages import DialogPage
from e2e_linker.evidence.models import Dialog, Ending, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT"]

_MOST_TEXTS, _MOST_PAGES, _MOST_SCRIPTS = 5, 3, 4
_MOST_SEEN = 20
"""Times one dialog is pointed at; a page without end opens it for ever."""


def judge(walk: Walk, dialogs: tuple[Dialog, ...], ending: Ending) -> Outcome:
    """Every dialog, each text once with all its places; what a page without end says is counted."""
    found = tuple(_findings(walk, dialogs, of_walk(walk, "dialog_pages") or ()))
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _findings(walk: Walk, dialogs: Sequence[Dialog], pages: Sequence[DialogPage]) -> Iterator[Finding]:
    texts: dict[str, list[int]] = {}
    for n, dialog in enumerate(dialogs, 1):
        texts.setdefault(f"{dialog.type} {dialog.message[:80]}".strip(), []).append(n)
    told = list(texts.items())
    for subject, numbers in told[:_MOST_TEXTS]:
        refs = [EvidenceRef(kind="dialog", ref=f"{walk.id}#{n}") for n in numbers[:_MOST_SEEN]]
        yield _finding(dialogs[numbers[0] - 1], subject, refs, [page for page in pages if page.dialog in numbers])
    if more := told[_MOST_TEXTS:]:
        yield finding(
            "auth-no-js-dialogs",
            f"The page opened {len(more)} more JavaScript dialogs, each with another text.",
            subject="more",
            at=EvidenceRef(kind="dialog", ref=f"{walk.id}#{more[0][1][0]}"),
            fix=_fix(" and ".join(dict.fromkeys(subject.partition(" ")[0] for subject, _ in more)), ()),
        )


def _finding(dialog: Dialog, subject: str, refs: Sequence[EvidenceRef], pages: Sequence[DialogPage]) -> Finding:
    known = list(dict.fromkeys(page.address for page in pages))
    on = f"On {_listed(known)} " if known else ""
    if dialog.type == "beforeunload":
        # The engines show it only when a page is left that somebody typed into, and no web view hangs on it.
        return finding(
            "auth-no-js-dialogs",
            f"{on}{'the' if on else 'The'} page asks, on leaving it, whether it may be left (beforeunload).",
            subject=subject,
            at=refs[0],
            related=refs[1:],
            severity=Severity.RECOMMENDED,
            confidence=Confidence.LIKELY,
            fix="Remove the beforeunload handler from the pages of the login.",
        )
    said = f" saying “{' '.join(dialog.message[:120].split())}”" if dialog.message.strip() else ""
    times = f", {len(refs)}{' or more' * (len(refs) == _MOST_SEEN)} times in all" if len(refs) > 1 else ""
    return finding(
        "auth-no-js-dialogs",
        f"{on}{'a' if on else 'A'} JavaScript {dialog.type}{said} came up{times}. A web view may not draw it, and the "
        "page hangs behind it.",
        subject=subject,
        at=refs[0],
        related=refs[1:],
        fix=_fix(dialog.type, pages),
    )


def _fix(kind: str, pages: Sequence[DialogPage]) -> str:
    """Where no engine tells which script opened a dialog, those that every page with it loads are to be searched."""
    text = f"Replace the {kind} by {'text' if kind == 'alert' else 'controls'} in the page"
    scripts = [one for one in pages[0].scripts if all(one in page.scripts for page in pages)] if pages else []
    places = f" and in its scripts {', '.join(scripts[:_MOST_SCRIPTS])}" if 0 < len(scripts) <= _MOST_SCRIPTS else ""
    return f"{text}: look for {kind}( in the page's source{places}." if pages else f"{text}."


def _listed(addresses: Sequence[str]) -> str:
    shown = [f"`{address}`" for address in addresses[:_MOST_PAGES]]
    if (more := len(addresses) - _MOST_PAGES) > 0:
        shown.append(f"{more} more")
    return listed_in_words(shown)


AUDIT = Audit(
    id="dialogs",
    rules=("auth-no-js-dialogs",),
    title="No message box interrupts the login",
    failed_title="The login shows JavaScript message boxes",
    judge=judge,
)
