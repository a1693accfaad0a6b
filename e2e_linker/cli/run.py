"""``e2e-linker run``: link a skill and say what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from e2e_linker.cli.options import (
    AsJson,
    ConfigFile,
    FailOn,
    Formats,
    Headed,
    Listed,
    Output,
    Regions,
    SkillFile,
    Workers,
    one_of,
)
from e2e_linker.cli.outcome import report_outcome, require_config
from e2e_linker.model import Depth, Severity

if TYPE_CHECKING:
    from e2e_linker.config.load import LoadedConfig
    from e2e_linker.config.overrides import Overrides
    from e2e_linker.run.options import RunOptions

__all__ = ["run"]

Cases = Annotated[
    list[str] | None, typer.Argument(help="Case ids or patterns; all of them by default.", show_default=False)
]


HowMuch = Annotated[
    Depth,
    typer.Option(
        metavar="DEPTH",
        parser=one_of(Depth, "--depth"),
        help="How much is tried on the server: passive, standard or thorough.",
    ),
]
PauseOnError = Annotated[bool, typer.Option("--pause-on-error", help="With --headed: stop where a login fails.")]


def run(
    cases: Cases = None,
    config: ConfigFile = Path("playwright.config.json"),
    skill: SkillFile = None,
    project: Annotated[Listed, typer.Option(help="Run only this project. Repeatable.")] = None,
    device: Annotated[Listed, typer.Option(help='Run this Playwright device, such as "Pixel 7". Repeatable.')] = None,
    region: Regions = None,
    output: Output = None,
    formats: Formats = None,
    only: Annotated[Listed, typer.Option(help="Judge only this rule or audit. Repeatable.")] = None,
    skip: Annotated[Listed, typer.Option(help="Do not judge this rule or audit. Repeatable.")] = None,
    workers: Workers = None,
    retries: Annotated[int | None, typer.Option(help="How often an inconclusive case is tried again.")] = None,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="How often every case is run.")] = 1,
    shard: Annotated[str | None, typer.Option(help="Run part I of N: I/N.")] = None,
    depth: HowMuch = Depth.STANDARD,
    expect: Annotated[Path | None, typer.Option(help="A file of failures that are known.")] = None,
    fail_on: FailOn = Severity.DEGRADES,
    resolve: Annotated[Listed, typer.Option(help="HOST=ADDRESS[:PORT] instead of DNS. Repeatable.")] = None,
    headed: Headed = False,
    pause_on_error: PauseOnError = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the configuration; open no browser.")] = False,
    json_: AsJson = False,
) -> None:
    """Link the skill on every project and say what is wrong."""
    from e2e_linker.config.load import load_config
    from e2e_linker.config.overrides import Overrides
    from e2e_linker.report.expectations import read_expectations
    from e2e_linker.run.again import again_by_reproduce
    from e2e_linker.run.options import RunOptions, parse_shard

    require_config(config)
    overrides = Overrides(
        skill=skill,
        projects=tuple(project or ()),
        devices=tuple(device or ()),
        regions=tuple(region or ()),
        resolve=tuple(resolve or ()),
        output=output,
        formats=tuple(formats or ()),
        workers=workers,
        retries=retries,
        headed=headed,
    )
    loaded = load_config(config, overrides=overrides)
    if pause_on_error:
        _require_window(loaded)
    options = RunOptions(
        depth=depth,
        repeat=repeat,
        shard=parse_shard(shard) if shard else None,
        cases=tuple(cases or ()),
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        fail_on=fail_on,
        expectations=read_expectations(expect) if expect else (),
        pause_on_error=pause_on_error,
        again=again_by_reproduce(config, skill, output),
    )
    _note_idle(expect, overrides, options, loaded)
    report_outcome(loaded, options, as_json=json_, dry_run=dry_run)


def _note_idle(expect: Path | None, overrides: Overrides, options: RunOptions, loaded: LoadedConfig) -> None:
    """Tell of expectations that no case of the configuration can meet, unless only some of its cases are run."""
    from e2e_linker.report.expectations import idle
    from e2e_linker.run.plan import case_ids

    if expect is None or overrides.projects or overrides.devices or overrides.regions or options.cases or options.shard:
        return
    for said in idle(options.expectations, case_ids(loaded)):
        typer.echo(f"note: {expect}: {said}", err=True)


def _require_window(loaded: LoadedConfig) -> None:
    """Raise :class:`~e2e_linker.errors.UsageError` where every browser runs without a window to look at."""
    from e2e_linker.errors import UsageError
    from e2e_linker.run.logins import visible

    if not any(visible(project.use) for project in loaded.config.resolved_projects()):
        raise UsageError("nobody could see where a login stops", where="--pause-on-error", hint="add --headed")
