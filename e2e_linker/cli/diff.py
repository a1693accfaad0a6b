"""``e2e-linker diff``: what changed between two saved runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from e2e_linker.cli.files import deliver
from e2e_linker.cli.options import Written

__all__ = ["diff"]


def diff(
    before: Annotated[Path, typer.Argument(help="The run folder of the earlier run.")],
    after: Annotated[Path, typer.Argument(help="The run folder of the later run, such as reports/latest.")],
    shape: Annotated[Literal["text", "html"], typer.Option("--format", help="The shape to print.")] = "text",
    output: Written = None,
) -> None:
    """Say what changed from one run to the next.

    The exit code is 0 where nothing got worse, and 1 where a case no longer links or a new finding reaches the
    later run's --fail-on.
    """
    from e2e_linker.errors import ExitCode
    from e2e_linker.report.compare import compare
    from e2e_linker.report.compare_text import compare_page, compare_text
    from e2e_linker.run.saved import saved_report

    found = compare(saved_report(before)[0], saved_report(after)[0])
    deliver(compare_page(found) if shape == "html" else compare_text(found), output)
    raise typer.Exit(int(ExitCode.FINDINGS if found.worse else ExitCode.OK))
