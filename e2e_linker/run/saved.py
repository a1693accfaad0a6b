"""Runs on disk: judged again, and shown in any shape."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import assert_never

from e2e_linker.config.models import REPORT_FORMATS, ReportFormat
from e2e_linker.errors import StoreError
from e2e_linker.evidence.store import RunStore, SavedRun, open_run
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page
from e2e_linker.report.junit import junit_xml
from e2e_linker.report.markdown import markdown
from e2e_linker.report.model import RunReport
from e2e_linker.report.plain_json import json_of
from e2e_linker.run.late import Unwritten

__all__ = ["FILES", "judge_again", "render", "render_saved", "saved_report", "write_reports"]

FILES: dict[ReportFormat, str] = {
    "html": "report.html",
    "json": "report.json",
    "junit": "junit.xml",
    "markdown": "summary.md",
}
"""The file of each shape in the run folder."""


def render(report: RunReport, shape: ReportFormat, folder: Path) -> str:
    """``report`` in one shape. ``folder`` is where its screenshots are."""
    match shape:
        case "html":
            return html_page(report, folder)
        case "json":
            return json_of(report) + "\n"
        case "junit":
            return junit_xml(report)
        case "markdown":
            return markdown(report)
        case _:
            assert_never(shape)


def write_reports(store: RunStore, report: RunReport, shapes: Iterable[ReportFormat]) -> None:
    """Write ``report`` in ``shapes`` into its run folder, and ``report.json`` always: the others are views of it."""
    for shape in dict.fromkeys(("json", *shapes)):
        store.write_text(FILES[shape], render(report, shape, store.path))


def report_of(saved: SavedRun) -> RunReport:
    """The report of a saved run, judged from its evidence, with the cases in the order they were planned in."""
    planned = {name: n for n, name in enumerate(saved.run.options.get("cases", ()))}
    cases = sorted(saved.cases, key=lambda evidence: planned.get(evidence.case.id, len(planned)))
    return build_report(saved.run, cases)


def judge_again(path: Path) -> tuple[RunReport, Path]:
    """Judge the saved run at ``path`` again and rewrite the reports it has; the report and its folder.

    A run that was killed before it wrote any gets all of them.
    Raises :class:`~e2e_linker.errors.StoreError` where the run cannot be read, and
    :class:`~e2e_linker.run.late.Unwritten`, with the report, where its folder takes no other.
    """
    saved = open_run(path)
    report = report_of(saved)
    shapes = [shape for shape in REPORT_FORMATS if (saved.path / FILES[shape]).exists()]
    try:
        write_reports(RunStore.reopen(saved.path), report, shapes or REPORT_FORMATS)
    except StoreError as error:
        raise Unwritten(error, report) from error
    return report, saved.path


def saved_report(path: Path) -> tuple[RunReport, Path]:
    """The report of the saved run at ``path``, judged from its evidence, and its folder; nothing is written.

    Raises :class:`~e2e_linker.errors.StoreError` where the run cannot be read.
    """
    saved = open_run(path)
    return report_of(saved), saved.path


def render_saved(path: Path, shape: ReportFormat) -> str:
    """The saved run at ``path`` in one shape. Raises :class:`~e2e_linker.errors.StoreError`."""
    report, folder = saved_report(path)
    return render(report, shape, folder)
