"""What a run tells while it goes on."""

from __future__ import annotations

import io
import sys

from rich.console import Console

from e2e_linker.cli import progress as shown
from e2e_linker.run.events import Notice


class Screen(io.StringIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_what_still_holds_after_the_run_stays_on_the_terminal(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(shown, "Console", lambda **more: Console(file=screen, force_terminal=True, width=60, **more))
    with shown.progress() as tell:
        tell(Notice("the fault hook could not mend what it broke: \x1b[2Jstatus 500", "lasting"))
        tell(Notice("waiting for the probes", "doing"))
    left = screen.getvalue()
    lasting = [line.removeprefix("\x1b[2K") for line in left.splitlines() if "could not mend" in line]
    assert lasting == ["the fault hook could not mend what it broke: \ufffd[2Jstatus 500"]
    assert "waiting for the probes" in left


def test_without_a_terminal_every_notice_is_a_line(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with shown.progress() as tell:
        tell(Notice("no video: ffmpeg is missing", "lasting"))
        tell(Notice("waiting for the probes", "doing"))
    assert sys.stderr.getvalue() == "no video: ffmpeg is missing\nwaiting for the probes\n"
