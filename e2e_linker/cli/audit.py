"""``e2e-linker audit``: judge a saved run again, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from e2e_linker.cli.outcome import finish

__all__ = ["audit"]


def audit(
    run: Annotated[Path, typer.Argument(help="A run folder, such as reports/latest.")],
    json_: Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")] = False,
) -> None:
    """Judge the evidence of a saved run again and rewrite its reports."""
    from e2e_linker.run.saved import judge_again

    report, folder = judge_again(run)
    finish(report, folder, as_json=json_)
