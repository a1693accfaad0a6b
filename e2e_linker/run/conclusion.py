"""The end of a run: its evidence judged, and the reports written.

Everything that judges and shows is reached from here, so that it can be loaded while the browser is busy.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from e2e_linker.audits.base import Options
from e2e_linker.config.models import ReportFormat
from e2e_linker.derive.base import case_facts
from e2e_linker.errors import StoreError
from e2e_linker.evidence.hindsight import recorded
from e2e_linker.evidence.models import CaseEvidence, Present, RunEvidence
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.store import RunStore
from e2e_linker.report.build import build_report
from e2e_linker.report.model import RunReport
from e2e_linker.run.saved import write_reports

__all__ = ["concluded", "judged", "links", "unwritten"]


def concluded(
    run: RunEvidence, cases: Sequence[CaseEvidence], store: RunStore, shapes: Sequence[ReportFormat]
) -> tuple[RunReport, Path]:
    """Write the last of the evidence of ``run`` and its reports in ``shapes``; the report and the run folder."""
    with store.listed_together():
        run = store.write_run(run)
        report = build_report(run, [store.settled(case) for case in cases])
        write_reports(store, report, shapes)
    store.finish(interrupted=run.interrupted)
    return report, store.path


def unwritten(run: RunEvidence, cases: Sequence[CaseEvidence], store: RunStore, registry: SecretRegistry) -> RunReport:
    """The report of a run whose folder takes no more; the folder is marked as interrupted, where that still goes."""
    with suppress(StoreError):
        store.finish(interrupted=True)
    return build_report(recorded(registry, run), [recorded(registry, case) for case in cases])


def judged(run: RunEvidence) -> RunReport:
    """The report of a run that opened no browser."""
    return build_report(run, ())


def links(evidence: CaseEvidence, thresholds: dict[str, float]) -> bool:
    """Whether the case that left ``evidence`` links, by ``linker.thresholds``."""
    part = case_facts(evidence, token_limit_ms=Options(thresholds=thresholds).token_limit_ms).get("linked")
    return isinstance(part, Present) and bool(part.value)
