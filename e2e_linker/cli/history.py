"""``e2e-linker history``: what became of cases and findings over the saved runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from e2e_linker.run.history import FindingHistory, SkillHistory

__all__ = ["history"]

_NOTHING = ("·", "dim")
_SEEN = {"found": ("✗", "red"), "absent": ("✓", "green"), "unchecked": _NOTHING}


def history(
    folder: Annotated[Path, typer.Argument(help="The folder of the run folders.")] = Path("reports"),
    last: Annotated[int, typer.Option(min=1, help="How many runs of each skill are told.")] = 10,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Say what became of every case and every finding over the saved runs.

    It reads their report.json and judges nothing anew; the exit code tells nothing about the skill.
    """
    from rich.console import Console

    from e2e_linker.report.plain_json import json_of
    from e2e_linker.run.history import read_history

    told = read_history(folder, last=last)
    for problem in told.unread:
        typer.echo(f"left out: {problem}", err=True)
    if json_:
        typer.echo(json_of(told))
        return
    console = Console(highlight=False)
    for n, skill in enumerate(told.skills):
        if n:
            console.print()
        _print_skill(console, skill)


def _print_skill(console: Console, skill: SkillHistory) -> None:
    from rich.text import Text

    from e2e_linker.cli.terminal import SIGNS, plain, print_under
    from e2e_linker.report.texts import LINE, shown
    from e2e_linker.report.words import STANDINGS, VERDICTS

    console.print(Text.assemble((plain(skill.client_id), "bold"), "  ", (plain(skill.authorization_url), "dim")))
    print_under(console, f"{_counted(len(skill.runs), 'run')}, the latest on the right and last", style="dim")
    console.print()
    width = max((len(case.id) for case in skill.cases), default=0)
    for case in skill.cases:
        signs = _signs((SIGNS[one] if one else _NOTHING) for one in case.standings)
        fate = case.standings[-1]
        words = (STANDINGS[fate] if fate else "not run", "dim")
        console.print(Text.assemble("  ", signs, f"  {plain(case.id):<{width}}  ", words), soft_wrap=True)
    for found in skill.findings:
        console.print()
        signs = _signs(_SEEN[one] for one in found.seen)
        console.print(Text.assemble("  ", signs, f"  {found.severity.upper()}  ", (found.rule, "bold")))
        print_under(console, shown(found.message, LINE))
        print_under(console, _fate(found, [run.run_id for run in skill.runs]), style="dim")
    console.print()
    for run in skill.runs:
        print_under(console, f"{run.run_id}  {VERDICTS[run.verdict]}. {run.headline}")


def _signs(signs: Iterable[tuple[str, str]]) -> Text:
    from rich.text import Text

    return Text.assemble(*signs)


def _fate(found: FindingHistory, runs: Sequence[str]) -> str:
    """Where ``found`` stands today."""
    match found.seen[-1]:
        case "found":
            back = "absent" in found.seen[runs.index(found.first) :]
            return f"back; first in {found.first}" if back else f"since {found.first}"
        case "absent":
            return f"gone; last in {found.last}"
        case "unchecked":
            return f"not checked in the latest run; last in {found.last}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
