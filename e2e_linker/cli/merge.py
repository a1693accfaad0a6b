"""``e2e-linker merge``: several saved runs of one skill as one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from e2e_linker.cli.options import AsJson, Formats
from e2e_linker.cli.outcome import finish, told_unwritten

__all__ = ["merge"]


def merge(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, such as those of the shards of one run.")],
    output: Annotated[Path, typer.Option(help="The folder of the run folders.")] = Path("reports"),
    formats: Formats = None,
    json_: AsJson = False,
) -> None:
    """Make one run of several of the same skill. A case that more than one has counts as repeated.

    A run that is named twice counts once.
    """
    from e2e_linker.run.merge import merge_folders

    with told_unwritten(as_json=json_):
        report, folder = merge_folders(runs, output, formats=formats or ())
    finish(report, folder.absolute(), as_json=json_)
