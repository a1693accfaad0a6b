"""``e2e-linker reproduce``: one case of a saved run once more, to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from e2e_linker.cli.options import AsJson, ConfigFile, Listed, Output, SkillFile

__all__ = ["reproduce"]


def reproduce(
    run: Annotated[str, typer.Argument(help="The id of a run, or its folder, such as reports/latest.")],
    case: Annotated[str, typer.Argument(help="The case, as the report calls it.")],
    config: ConfigFile = Path("playwright.config.json"),
    skill: SkillFile = None,
    output: Output = None,
    resolve: Annotated[
        Listed, typer.Option(help="HOST=ADDRESS[:PORT] instead of DNS, beside those of the run. Repeatable.")
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Then link again with every host outside the Domain List refused.")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(
            help="Stop before this step of the login: a number of steps, what it fills or presses, or `end` not to "
            "stop. By default where the saved case failed.",
            show_default=False,
        ),
    ] = None,
    headed: Annotated[
        bool | None,
        typer.Option("--headed/--headless", help="Show the browser or not. By default where there is a screen."),
    ] = None,
    json_: AsJson = False,
) -> None:
    """Run one case of a saved run again: shown, slowed down, with trace and video, stopping where it failed."""
    from e2e_linker.cli.outcome import finish, require_config, run_shown
    from e2e_linker.cli.pause import asking
    from e2e_linker.run.again import refuse_made_otherwise
    from e2e_linker.run.reproduce import Wanted, has_screen
    from e2e_linker.run.reproduce import reproduce as again

    refuse_made_otherwise(run, case, output, config)
    require_config(config)
    wanted = Wanted(
        run=run,
        case=case,
        config=config,
        skill=skill,
        output=output,
        resolve=tuple(resolve or ()),
        until=until,
        simulate=simulate,
        headed=has_screen() if headed is None else headed,
        ask=asking(),
    )
    done = run_shown(lambda listener: again(wanted, listener), as_json=json_)
    for path in done.recordings:
        how = f" (npx playwright show-trace {path})" if path.suffix == ".zip" else ""
        typer.echo(f"{'trace' if how else 'video'}: {path}{how}", err=True)
    finish(done.report, done.folder, as_json=json_)
