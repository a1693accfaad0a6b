"""Options that several verbs share, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from e2e_linker.model import Severity

__all__ = [
    "AsJson",
    "ConfigFile",
    "FailOn",
    "Formats",
    "Headed",
    "Listed",
    "Output",
    "Regions",
    "RunFolder",
    "SkillFile",
    "Workers",
    "Written",
    "one_of",
]

T = TypeVar("T", bound=str)


def one_of(choices: Collection[T], option: str) -> Callable[[str], T]:
    """What reads the value of ``option``: one of ``choices``, and any other is refused with the one that is meant."""

    def read(text: str) -> T:
        found = next((choice for choice in choices if choice == text), None)
        if found is None:
            from e2e_linker.config.nearest import offer
            from e2e_linker.config.written import shown
            from e2e_linker.errors import UsageError

            raise UsageError(f"{shown(text)} is none of its values", where=option, hint=offer(text, [*choices]))
        return found

    return read


Listed = list[str] | None
"""Of an option that may be given more than once."""

RunFolder = Annotated[Path, typer.Argument(help="A run folder, such as reports/latest.")]
ConfigFile = Annotated[Path, typer.Option(help="The configuration file.")]
SkillFile = Annotated[Path | None, typer.Option(help="The SMAPI account linking file; wins over the configuration.")]
Regions = Annotated[Listed, typer.Option(help="NA, EU, FE or all. Repeatable.")]
Output = Annotated[Path | None, typer.Option(help="The folder of the run folders.")]
Formats = Annotated[Listed, typer.Option("--format", help="html, json, junit, markdown. Repeatable.")]
Workers = Annotated[int | None, typer.Option(help="How many cases run at a time.")]
FailOn = Annotated[
    Severity,
    typer.Option(
        metavar="SEVERITY",
        parser=one_of(Severity, "--fail-on"),
        help="The least severity that fails the run: breaks, degrades or recommended.",
    ),
]
Headed = Annotated[bool, typer.Option("--headed", help="Show the browser.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")]
Written = Annotated[Path | None, typer.Option(help="Write to this file instead of stdout.")]
