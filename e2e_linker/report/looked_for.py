"""Whether a run looked for what it does not report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from e2e_linker.report.model import OutcomeReport, RunReport

__all__ = ["looked_for"]


def looked_for(audit: str, cases: Sequence[str], run: RunReport) -> bool:
    """Whether ``audit`` came to a verdict in all of ``cases``, or in ``run`` as a whole where it is one for the run."""
    at_large = _status(audit, run.outcomes)
    if at_large is not None or not cases:
        return _told(at_large)
    known = {case.id: case.outcomes for case in run.cases}
    return all(_told(_status(audit, known.get(case, ()))) for case in cases)


def _told(status: str | None) -> bool:
    return status in {"passed", "failed"}


def _status(audit: str, outcomes: Iterable[OutcomeReport]) -> str | None:
    return next((outcome.status for outcome in outcomes if outcome.audit == audit), None)
