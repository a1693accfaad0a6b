"""Progress on stderr: a live line per case on a terminal, one line per finished case elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from e2e_linker.run.events import CaseFinished, CaseProgress, CaseStarted, Event, Listener, Notice, RunStarted

__all__ = ["progress"]


@contextmanager
def progress() -> Iterator[Listener]:
    """A listener that shows how a run goes on."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _tell
        return
    board = _Board()
    with Live(board.table(), console=console, refresh_per_second=12, transient=True) as live:

        def listen(event: Event) -> None:
            board.take(event)
            live.update(board.table())

        yield listen


def _tell(event: Event) -> None:
    match event:
        case CaseFinished(case=case, ending=ending, duration_s=duration, linked=linked):
            outcome = "linked" if linked else ending.kind.replace("_", " ")
            line = f"{case}: {outcome} ({duration:.1f} s)"
            print(line if linked else f"{line}: {ending.message}", file=sys.stderr, flush=True)
        case Notice(text=text):
            print(text, file=sys.stderr, flush=True)
        case _:
            pass


class _Board:
    """What stands on the terminal: a row a case."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, str]] = {}
        self._spinners: dict[str, Spinner] = {}
        self._notice = ""

    def take(self, event: Event) -> None:
        """Note what ``event`` says."""
        match event:
            case RunStarted(cases=cases):
                self._rows = dict.fromkeys(cases, ("waiting", ""))
            case CaseStarted(case=case, attempt=attempt):
                self._rows[case] = ("running", "" if attempt == 1 else f"attempt {attempt}")
                self._spinners[case] = Spinner("dots")
            case CaseProgress(case=case, doing=doing):
                self._rows[case] = ("running", doing)
            case CaseFinished(case=case, linked=linked, ending=ending, duration_s=duration):
                words = "linked" if linked else f"{ending.kind.replace('_', ' ')}: {ending.message}"
                self._rows[case] = ("linked" if linked else "ended", f"{words} ({duration:.1f} s)")
            case Notice(text=text):
                self._notice = text
            case _:
                pass

    def table(self) -> Table:
        """The rows as they stand."""
        table = Table.grid(padding=(0, 1))
        for case, (state, words) in self._rows.items():
            sign = {
                "waiting": Text("·", style="dim"),
                "linked": Text("✓", style="green"),
                "ended": Text("✗", style="red"),
            }.get(state, self._spinners.get(case, Text(" ")))
            table.add_row(sign, Text(case), Text(words, style="dim", overflow="ellipsis", no_wrap=True))
        if self._notice:
            table.add_row("", Text(self._notice, style="italic"), "")
        return table
