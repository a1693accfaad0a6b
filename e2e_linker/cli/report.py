"""``e2e-linker report``: a saved run in another shape."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import typer

from e2e_linker.cli.files import deliver
from e2e_linker.cli.options import RunFolder, Written, one_of

__all__ = ["report"]

Shape = Literal["html", "json", "junit", "markdown", "github"]
_SHAPES: tuple[Shape, ...] = get_args(Shape)


def report(
    run: RunFolder,
    shape: Annotated[
        Shape,
        typer.Option(
            "--format",
            metavar="SHAPE",
            parser=one_of(_SHAPES, "--format"),
            help=f"{', '.join(_SHAPES)}: what to print.",
        ),
    ] = "markdown",
    output: Written = None,
) -> None:
    """Print the report of a saved run in another shape."""
    from e2e_linker.report.github import github_annotations
    from e2e_linker.run.saved import render_saved, saved_report

    text = github_annotations(saved_report(run)[0]) if shape == "github" else render_saved(run, shape)
    deliver(text, output)
