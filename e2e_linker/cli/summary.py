"""The outcome on a terminal: verdict first, then what to do."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from e2e_linker.cli.terminal import SIGNS, plain, print_under, print_whole
from e2e_linker.report.effects import Effect, Effects
from e2e_linker.report.fate import became, fate
from e2e_linker.report.fixes import Doubt, Obstacle, doubts, leads, obstacles
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.report.words import ENDINGS, RECALLED, known_by

__all__ = ["print_summary", "told_in"]

_STYLES = {"passed": "bold green", "failed": "bold red"}
_SEVERITY = {"breaks": "bold red", "degrades": "yellow", "recommended": "cyan"}
_MOST_DOUBTS = 5
_MOST_CASES = 4
_MOST_LINES = 2
"""How long an ending may be that is told beside each of the cases that have it in common."""
_LEAST_OUTCOME = 20
"""Columns that tell what became of a case, before its id is folded to make room for them."""


def print_summary(report: RunReport, folder: Path | None) -> None:
    """Print the summary of ``report`` on stdout, and where the rest of it is."""
    console = Console(highlight=False)
    style = _STYLES.get(report.verdict, "bold yellow")
    console.print(Text.assemble((report.verdict.upper(), style), "  ", report.headline))
    shared = _shared_endings(report, console.width)
    if report.cases:
        console.print()
        console.print(_cases(report, console.width, shared))
    _print_endings(console, report, shared)
    in_the_way = obstacles(report)
    for obstacle in in_the_way:
        console.print()
        _print_obstacle(console, obstacle, len(report.cases))
    effects = Effects(report.cases, report.findings)
    for found in report.findings:
        console.print()
        _print_finding(console, found, effects.of(found), len(report.cases))
    if report.unmet_expectations:
        console.print()
    for missed in report.unmet_expectations:
        print_under(console, f"expected, but did not happen: {missed.rule} on {missed.cases} ({missed.reason})")
    _print_doubts(console, doubts(report), [*(one.message for one in in_the_way), *shared], folder is not None)
    if folder is not None:
        console.print()
        print_whole(console, f"report: {told_in(folder)}")


def told_in(folder: Path) -> Path:
    """The file in ``folder`` that is best to read, of those that were written; the folder where none was."""
    from e2e_linker.run.saved import FILES

    files = (folder / FILES[shape] for shape in ("html", "markdown", "json"))
    return next((file for file in files if file.is_file()), folder)


def _shared_endings(report: RunReport, width: int) -> dict[str, tuple[str, ...]]:
    """The long endings that several cases have in common, and the cases of each."""
    groups: dict[str, list[str]] = {}
    for case in report.cases:
        if became(case, report.findings) == case.ending.message:
            groups.setdefault(case.ending.message, []).append(case.id)
    long = _MOST_LINES * max(_room(report.cases, width), _LEAST_OUTCOME)
    return {text: tuple(ids) for text, ids in groups.items() if len(ids) > 1 and cell_len(plain(text)) > long}


def _print_endings(console: Console, report: RunReport, shared: dict[str, tuple[str, ...]]) -> None:
    """What the table has no room for: the endings that cases have in common, and what to try."""
    hints = {lead.cases: lead.hint for lead in leads(report)}
    for message, ids in shared.items():
        console.print()
        _print_obstacle(console, Obstacle(message, hints.pop(ids, None), ids), len(report.cases))
    for ids, hint in hints.items():
        console.print()
        _print_place(console, ids, len(report.cases))
        print_under(console, f"try: {hint}")


def _room(cases: Sequence[CaseReport], width: int) -> int:
    """The columns that are left for what became of a case."""
    taken = [max((cell_len(text) for text in texts), default=0) for texts in zip(*map(_named, cases), strict=True)]
    return width - len("?  " + "  " + "  ") - sum(taken)


def _named(case: CaseReport) -> tuple[str, str]:
    return case.id, _engine(case)


def _cases(report: RunReport, width: int, shared: Container[str]) -> Table:
    told = [became(case, report.findings) for case in report.cases]
    rows = [
        (*_named(case), plain(ENDINGS[case.ending.kind] if text in shared else text))
        for case, text in zip(report.cases, told, strict=True)
    ]
    whole = _room(report.cases, width) >= _LEAST_OUTCOME
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for _ in range(2):
        table.add_column(no_wrap=whole, overflow="fold")
    table.add_column(overflow="fold")
    for case, (id_, engine, outcome) in zip(report.cases, rows, strict=True):
        sign = Text(*SIGNS[fate(case, report.findings)])
        table.add_row(sign, Text(id_), Text(engine, style="dim"), Text(outcome))
    return table


def _engine(case: CaseReport) -> str:
    substitute = f" for {case.asked_engines[0]}" if case.substitute else ""
    return f"{case.engine or ''}{substitute}"


def _print_obstacle(console: Console, obstacle: Obstacle, cases: int) -> None:
    """Why cases could not be judged: once for all of them, with what to try."""
    print_under(console, obstacle.message)
    _print_place(console, obstacle.cases, cases)
    if obstacle.hint:
        print_under(console, f"try: {obstacle.hint}")


def _print_place(console: Console, found: Sequence[str], cases: int) -> None:
    if found and cases > 1:
        every = f"{'both' if cases == 2 else f'all {cases}'} cases"
        print_under(console, f"on {every if len(found) == cases else _listed(found)}", style="dim")


def _print_finding(console: Console, found: FindingReport, does: Effect, cases: int) -> None:
    known = " (expected)" if found.expected else ""
    follows = (" (follows from a finding above)" if does.follows else "", "dim")
    word = (does.word.upper(), _SEVERITY[found.severity])
    console.print(Text.assemble(word, f"{known}  ", (found.rule, "bold"), follows), soft_wrap=True)
    print_under(console, found.message)
    _print_place(console, found.cases, cases)
    print_under(console, f"fix: {found.fix.text}")
    _print_paste(console, found.fix.paste, found.fix.where)
    hint = found.hint
    if hint:
        doubt = f" ({RECALLED})" if hint.recalled else ""
        print_under(console, f"{hint.provider}, {known_by(hint)}: {hint.text}{doubt}")
        _print_paste(console, hint.paste, hint.where)


def _print_paste(console: Console, text: str | None, where: str | None) -> None:
    if text is None:
        return
    if where:
        print_under(console, f"paste at {where}:", style="dim")
    for line in text.splitlines():
        print_whole(console, f"    {line}")


def _print_doubts(console: Console, found: Sequence[Doubt], told: Sequence[str], in_report: bool) -> None:
    """What nobody can say, shortly: each reason on a line of its own, without what was ``told`` above."""
    for status, heading in (("errored", "e2e-linker failed at"), ("inconclusive", "not determined")):
        chosen = [doubt for doubt in found if doubt.status == status]
        if not chosen:
            continue
        audits = list(dict.fromkeys(audit for doubt in chosen for audit in doubt.audits))
        console.print()
        console.print(Text(f"{heading}: {len(audits)} {'audit' if len(audits) == 1 else 'audits'}", style="dim"))
        reasons: dict[str, list[str]] = {}
        for doubt in chosen:
            reasons.setdefault(_untold(doubt.reason, told), []).extend(doubt.audits)
        for reason, names in list(reasons.items())[:_MOST_DOUBTS]:
            print_under(console, f"{_listed(list(dict.fromkeys(names)))}: {reason}", style="dim")
        if len(reasons) > _MOST_DOUBTS:
            where = "; the report tells all of them" if in_report else ""
            more = len(reasons) - _MOST_DOUBTS
            print_under(console, f"and {more} more {'reason' if more == 1 else 'reasons'}{where}", style="dim")


def _untold(reason: str, told: Sequence[str]) -> str:
    for message in told:
        reason = reason.removesuffix(f": {message}")
    return reason


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _MOST_CASES:
        return ", ".join(names)
    return f"{', '.join(names[: _MOST_CASES - 1])} and {len(names) - _MOST_CASES + 1} more"
