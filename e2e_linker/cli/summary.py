"""The outcome on a terminal: verdict first, then what to do."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from e2e_linker.report.model import CaseReport, FindingReport, RunReport

__all__ = ["print_summary"]

_STYLES = {"passed": "bold green", "failed": "bold red"}
_SEVERITY = {"breaks": "bold red", "degrades": "yellow", "recommended": "cyan"}


def print_summary(report: RunReport, folder: Path | None) -> None:
    """Print the summary of ``report`` on stdout, and where the rest of it is."""
    console = Console(highlight=False, soft_wrap=False)
    style = _STYLES.get(report.verdict, "bold yellow")
    console.print(Text.assemble((report.verdict.upper(), style), "  ", report.headline))
    if report.cases:
        console.print(_cases(report.cases))
    for found in report.findings:
        console.print(_finding(found))
    for missed in report.unmet_expectations:
        console.print(Text(f"expected, but did not happen: {missed.rule} on {missed.cases} ({missed.reason})"))
    for doubt in _doubts(report):
        console.print(Text(f"not determined: {doubt}", style="dim"))
    if folder is not None:
        console.print()
        console.print(Text(f"report: {folder / 'report.html'}"), soft_wrap=True)


def _cases(cases: tuple[CaseReport, ...]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for case in cases:
        sign = ("✓", "green") if case.linked else ("✗", "red")
        engine = f"{case.engine or 'no engine'}{f' for {case.asked_engines[0]}' if case.substitute else ''}"
        words = "linked" if case.linked else case.ending.message
        table.add_row(Text(*sign), Text(case.id), Text(engine, style="dim"), Text(words + (", flaky" * case.flaky)))
    return Padding(table, (1, 0))


def _finding(found: FindingReport) -> RenderableType:
    known = " (expected)" if found.expected else ""
    lines: list[RenderableType] = [
        Text.assemble((found.severity.upper(), _SEVERITY[found.severity]), f"{known}  ", (found.rule, "bold")),
        Padding(Text(found.message), (0, 0, 0, 2)),
    ]
    if found.cases:
        lines.append(Padding(Text("on " + ", ".join(found.cases), style="dim"), (0, 0, 0, 2)))
    lines.append(Padding(Text(f"fix: {found.fix.text}"), (0, 0, 0, 2)))
    if found.fix.paste:
        if found.fix.where:
            lines.append(Padding(Text(f"paste at {found.fix.where}:", style="dim"), (0, 0, 0, 2)))
        lines.append(Padding(Text(found.fix.paste), (0, 0, 0, 4)))
    return Padding(Group(*lines), (0, 0, 1, 0))


def _doubts(report: RunReport) -> list[str]:
    outcomes = [*report.outcomes, *(outcome for case in report.cases for outcome in case.outcomes)]
    doubts = [f"{one.audit}: {one.reason}" for one in outcomes if one.status in {"inconclusive", "errored"}]
    return list(dict.fromkeys(doubts))
