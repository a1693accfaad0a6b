"""``e2e-linker report``: a saved run in another shape."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["report"]


def report(
    run: Annotated[Path, typer.Argument(help="A run folder, such as reports/latest.")],
    shape: Annotated[
        Literal["html", "json", "junit", "markdown", "github"], typer.Option("--format", help="The shape to print.")
    ] = "markdown",
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of stdout.")] = None,
) -> None:
    """Print the report of a saved run in another shape."""
    from e2e_linker.errors import StoreError
    from e2e_linker.report.github import github_annotations
    from e2e_linker.run.saved import render_saved, saved_report

    text = github_annotations(saved_report(run)[0]) if shape == "github" else render_saved(run, shape)
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", where=str(output), hint="name another file") from error
