"""What several outcomes of one audit say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.audits.base import Errored, Failed, Finding, Inconclusive, NotApplicable, Outcome, Passed
from e2e_linker.model import Confidence

__all__ = ["each_counts", "one_suffices", "weight"]


def each_counts(outcomes: Sequence[Outcome]) -> Outcome:
    """What repeats say: any failure fails, and what is unknown in one is unknown."""
    return _failed(outcomes) or _first(outcomes, Errored, Inconclusive, Passed, NotApplicable)


def one_suffices(outcomes: Sequence[Outcome]) -> Outcome:
    """What several say that were asked for the same thing: any failure fails, and what one knows is known."""
    return _failed(outcomes) or _first(outcomes, Errored, Passed, Inconclusive, NotApplicable)


def weight(found: Finding) -> tuple[int, bool, int]:
    """Which of several findings of one thing speaks for them, least first: the worst, its cause proven, the surest."""
    return found.severity.rank, found.cause != "proven", tuple(Confidence).index(found.confidence)


def _failed(outcomes: Iterable[Outcome]) -> Failed | None:
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    if not failed:
        return None
    by_print: dict[str, list[Finding]] = {}
    for one in (one for outcome in failed for one in outcome.findings):
        by_print.setdefault(one.fingerprint, []).append(one)
    note = next((outcome.note for outcome in failed if outcome.note), None)
    return Failed(findings=tuple(map(_joined, by_print.values())), note=note)


def _joined(alike: Sequence[Finding]) -> Finding:
    """The weightiest of ``alike``, shown by the cases of all where they name any."""
    worst = min(alike, key=weight)
    shown_by = tuple(dict.fromkeys(case for one in (worst, *alike) for case in one.shown_by))
    return worst if shown_by == worst.shown_by else worst.model_copy(update={"shown_by": shown_by})


def _first(outcomes: Iterable[Outcome], *kinds: type[Outcome]) -> Outcome:
    known = list(outcomes)
    return next(outcome for kind in kinds for outcome in known if isinstance(outcome, kind))
