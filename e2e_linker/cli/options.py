"""Options that several verbs share, in the same words everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
]

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
    typer.Option(metavar="SEVERITY", help="The least severity that fails the run: breaks, degrades or recommended."),
]
Headed = Annotated[bool, typer.Option("--headed", help="Show the browser.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")]
Written = Annotated[Path | None, typer.Option(help="Write to this file instead of stdout.")]
