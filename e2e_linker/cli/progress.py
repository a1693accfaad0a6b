"""Progress on stderr: a live line per case on a terminal, one line per finished case elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from e2e_linker.cli.terminal import SIGNS, plain
from e2e_linker.report.words import ENDINGS, standing_of
from e2e_linker.run.events import CaseFinished, CaseProgress, CaseStarted, Event, Listener, Notice, RunStarted

__all__ = ["progress"]

_SIGNS: dict[str, tuple[str, str]] = {"waiting": ("·", "dim"), **SIGNS}
_WORDS = {"measured": "linking", "warm": "linking again", "special state": "linking with an odd state"}
"""Walks by what they do; the others are named plainly enough."""


@contextmanager
def progress() -> Iterator[Listener]:
    """A listener that shows how a run goes on."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _heard
        return
    board = _Board()
    live = Live(board.shown(), console=console, refresh_per_second=12, transient=True)

    def listen(event: Event) -> None:
        board.take(event)
        if isinstance(event, Notice) and event.kind == "lasting":
            # Above the board, which the end of the run takes away.
            with suppress(OSError):
                console.print(Text(plain(event.text)), soft_wrap=True)
        live.update(board.shown())

    live.start(refresh=True)
    try:
        yield listen
    finally:
        # A terminal that went away meanwhile takes nothing, and the run has its report all the same.
        with suppress(OSError):
            live.stop()


def _heard(event: Event) -> None:
    with suppress(OSError):  # that nobody listens any more takes no run its report
        _tell(event)


def _tell(event: Event) -> None:
    match event:
        case CaseFinished():
            print(f"{event.case}: {_ended(event)} ({event.duration_s:.1f} s)", file=sys.stderr, flush=True)
        case Notice(text=text):
            print(plain(text), file=sys.stderr, flush=True)
        case _:
            pass


def _ended(event: CaseFinished) -> str:
    if event.linked:
        return "linked"
    if event.ending.kind == "arrived":
        return "came back to Alexa, but is not linked"
    return f"{ENDINGS[event.ending.kind]}: {plain(event.ending.message)}"


class _Board:
    """What stands on the terminal: a row a case."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, str]] = {}
        self._spinners: dict[str, Spinner] = {}
        self._notice = "starting"

    def take(self, event: Event) -> None:
        """Note what ``event`` says."""
        match event:
            case RunStarted(cases=cases):
                self._rows = dict.fromkeys(cases, ("waiting", ""))
                self._notice = ""
            case CaseStarted(case=case, attempt=attempt):
                self._rows[case] = ("running", "" if attempt == 1 else f"attempt {attempt}")
                self._spinners[case] = Spinner("dots")
            case CaseProgress(case=case, doing=doing):
                self._rows[case] = ("running", _WORDS.get(doing, plain(doing)))
            case CaseFinished():
                state = standing_of(event.linked, event.ending.kind)
                self._rows[event.case] = (state, f"{_ended(event)} ({event.duration_s:.1f} s)")
                if all(state not in {"waiting", "running"} for state, _ in self._rows.values()):
                    self._notice = "judging the evidence and writing the report"
            case Notice(text=text, kind="doing"):
                self._notice = plain(text)
            case _:
                pass

    def shown(self) -> Group:
        """The rows as they stand."""
        table = Table.grid(padding=(0, 1))
        table.add_column()
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for case, (state, words) in self._rows.items():
            sign = Text(*_SIGNS[state]) if state in _SIGNS else self._spinners.get(case, Text(" "))
            table.add_row(sign, Text(case), Text(words, style="dim", overflow="ellipsis", no_wrap=True))
        if not self._notice:
            return Group(table)
        return Group(table, Text(self._notice, style="italic", overflow="ellipsis", no_wrap=True))
