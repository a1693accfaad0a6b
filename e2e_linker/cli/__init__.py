"""The command line. One module per verb, one table from outcomes to exit codes."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    from e2e_linker.cli.app import app
    from e2e_linker.cli.ending import run_and_exit

    # A report may hold any character; a terminal that cannot show it must not end the run.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    run_and_exit(lambda: app(prog_name="e2e-linker"), debug=bool(os.environ.get("E2E_LINKER_DEBUG")))
