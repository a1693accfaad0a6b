"""The command line. One module per verb, one table from outcomes to exit codes."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from e2e_linker.cli.signals import stopping

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        # Loading takes its time, too, and may be stopped like the rest.
        with suppress(ValueError):  # elsewhere than in the main thread signals are somebody else's
            for number in stopping():
                if number != signal.SIGINT:  # Python's own already
                    signal.signal(number, signal.default_int_handler)
        from e2e_linker.cli.ending import run_and_exit

        # A report may hold any character; a terminal that cannot show it must not end the run.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        run_and_exit(_program, debug=bool(os.environ.get("E2E_LINKER_DEBUG")))
    except KeyboardInterrupt:
        from e2e_linker.errors import ExitCode

        sys.exit(int(ExitCode.INTERRUPTED))


def _program() -> None:
    from e2e_linker.cli.app import app

    app(prog_name="e2e-linker")
