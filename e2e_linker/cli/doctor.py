"""``e2e-linker doctor``: what is on this machine."""

from __future__ import annotations

import json
from typing import Annotated

import typer

__all__ = ["doctor"]


def doctor(json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show which browsers are there, where they were looked for, and what else a run depends on."""
    from e2e_linker.cli.outcome import run_interruptibly
    from e2e_linker.errors import ExitCode
    from e2e_linker.run.machine import examine

    found = run_interruptibly(examine())
    if json_:
        typer.echo(json.dumps(found.model_dump(mode="json"), indent=2))
    else:
        for line in found.lines():
            typer.echo(line)
    if not any(engine.found for engine in found.engines):
        raise typer.Exit(int(ExitCode.INCONCLUSIVE))
