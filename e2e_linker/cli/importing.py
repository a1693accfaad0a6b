"""``e2e-linker import``: take over what SMAPI prints."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["import_"]


def import_(
    source: Annotated[str, typer.Argument(help="The file that `ask smapi get-account-linking-info` printed, or -.")],
    output: Annotated[Path, typer.Option(help="The skill file to write.")] = Path("skill.json"),
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Take over the account linking JSON that SMAPI prints, without its secret."""
    from e2e_linker.config.files import import_smapi, write_new

    imported = import_smapi(read_source(source), where=source)
    write_new(output, imported.text, force=force)
    typer.echo(f"wrote {output}", err=True)
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)
    name = shlex.quote(str(output))
    there = Path("playwright.config.json").exists()
    typer.echo(f"next: e2e-linker {f'run --dry-run --skill {name}' if there else f'init --smapi {name}'}", err=True)


def read_source(source: str) -> bytes:
    """The bytes of the file ``source``, or of stdin for ``-``. Raises :class:`UsageError` where it cannot be read."""
    from e2e_linker.errors import UsageError

    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        hint = "ask smapi get-account-linking-info -s SKILL_ID -g development > skill.json"
        raise UsageError(f"cannot be read: {error.strerror}", where=source, hint=hint) from error
