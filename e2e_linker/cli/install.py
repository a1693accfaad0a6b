"""``e2e-linker install``: fetch browsers by hand."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["install"]


def install(
    engines: Annotated[
        list[str] | None, typer.Argument(help="chromium, firefox, webkit; chromium by default.", show_default=False)
    ] = None,
    headed: Annotated[
        bool, typer.Option("--headed", help="Fetch one that can show windows where only a headless one is here.")
    ] = False,
) -> None:
    """Fetch a browser: Playwright's own build, or the distribution's package."""
    from e2e_linker.cli.outcome import run_interruptibly
    from e2e_linker.run.machine import install_engines

    for line in run_interruptibly(
        install_engines(tuple(engines or ("chromium",)), lambda text: typer.echo(text, err=True), headed=headed)
    ):
        typer.echo(line)
