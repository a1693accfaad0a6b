"""``e2e-linker audit``: judge a saved run again, or a capture of a real phone, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from e2e_linker.cli.options import AsJson, Listed
from e2e_linker.cli.outcome import finish, told_unwritten
from e2e_linker.model import Severity

if TYPE_CHECKING:
    from e2e_linker.report.model import RunReport

__all__ = ["audit"]

_CAPTURES = {".har", ".zip"}
_OF_CAPTURES = ("config", "skill", "output", "only", "skip", "fail_on")
"""The options that say with what, where to and for what a capture is judged. A saved run says so itself."""


def audit(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Argument(help="A run folder, such as reports/latest.", show_default=False)
    ] = None,
    har: Annotated[
        Path | None, typer.Option(help="A HAR capture of a link on a real phone, zipped or not, instead of a run.")
    ] = None,
    config: Annotated[Path, typer.Option(help="With --har: the configuration file.")] = Path("playwright.config.json"),
    skill: Annotated[Path | None, typer.Option(help="With --har: the SMAPI account linking file.")] = None,
    output: Annotated[Path | None, typer.Option(help="With --har: the folder of the run folders.")] = None,
    only: Annotated[Listed, typer.Option(help="With --har: judge only this rule or audit. Repeatable.")] = None,
    skip: Annotated[Listed, typer.Option(help="With --har: do not judge this rule or audit. Repeatable.")] = None,
    fail_on: Annotated[
        Severity,
        typer.Option(
            metavar="SEVERITY",
            help="With --har: the least severity that fails the run: breaks, degrades or recommended.",
        ),
    ] = Severity.DEGRADES,
    json_: AsJson = False,
) -> None:
    """Judge the evidence of a saved run again and rewrite its reports, or judge a capture of a real phone."""
    from e2e_linker.errors import UsageError

    if run is not None and har is None and run.suffix.lower() in _CAPTURES and not run.is_dir():
        run, har = None, run
    if har is not None and run is None:
        with told_unwritten(as_json=json_):
            report, folder = _captured(har, config, skill, output, tuple(only or ()), tuple(skip or ()), fail_on)
        _tell_of_own(report, har)
    elif run is not None and har is None:
        from e2e_linker.run.saved import judge_again

        _refuse_options_of_captures(context)
        with told_unwritten(as_json=json_):
            report, folder = judge_again(run)
    else:
        raise UsageError(
            "name either a run folder or a capture",
            hint="`e2e-linker audit reports/latest`, or `e2e-linker audit --har phone.har`",
        )
    finish(report, folder.absolute(), as_json=json_)


def _refuse_options_of_captures(context: typer.Context) -> None:
    from e2e_linker.errors import UsageError

    sources = {name: context.get_parameter_source(name) for name in _OF_CAPTURES}
    given = [f"--{name.replace('_', '-')}" for name, by in sources.items() if by and by.name == "COMMANDLINE"]
    if given:
        raise UsageError(
            "only a capture can be judged with this; a saved run is judged as it was made",
            where=", ".join(given),
            hint="leave it out, or run again: `e2e-linker run` takes the same options",
        )


def _tell_of_own(report: RunReport, har: Path) -> None:
    """Say on stderr which run a capture of this program is from: it may hold probes, which look like further links."""
    from e2e_linker.run.capture import run_of

    if (run := run_of(report, har)) is not None:
        typer.echo(
            f"note: e2e-linker itself made this capture; `e2e-linker audit {run}` judges the run it is from, which "
            "holds more",
            err=True,
        )


def _captured(
    har: Path,
    config: Path,
    skill: Path | None,
    output: Path | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    fail_on: Severity,
) -> tuple[RunReport, Path]:
    from e2e_linker.config.linker import Linker
    from e2e_linker.config.load import load_config
    from e2e_linker.config.overrides import Overrides
    from e2e_linker.config.smapi import load_skill
    from e2e_linker.errors import UsageError
    from e2e_linker.run.capture import judge_capture
    from e2e_linker.run.known_secrets import known_secrets
    from e2e_linker.run.options import RunOptions
    from e2e_linker.run.selection import require_selection, require_thresholds

    require_selection(only, skip)
    options = RunOptions(only=only, skip=skip, fail_on=fail_on)
    if config.exists():
        loaded = load_config(config, overrides=Overrides(skill=skill, output=output))
        known, linker, folder = loaded.skill, loaded.config.linker, loaded.config.output_dir
        secrets = tuple(known_secrets(loaded))
    elif skill is not None:
        known, linker, folder, secrets = load_skill(skill), Linker(), output or Path("reports"), ()
    else:
        raise UsageError(
            "a capture is judged against a skill, and none is named",
            hint="name its SMAPI file with --skill, or a configuration with --config",
        )
    require_thresholds(linker.thresholds)
    return judge_capture(har, known, linker, options, output=folder, secrets=secrets)
