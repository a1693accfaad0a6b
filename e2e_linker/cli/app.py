"""The table of verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from e2e_linker import __version__
from e2e_linker.cli import (
    audit,
    bundle,
    demo,
    diff,
    doctor,
    explain,
    history,
    importing,
    init,
    install,
    merge,
    report,
    reproduce,
    rules,
    run,
)

__all__ = ["app"]

app = typer.Typer(
    name="e2e-linker",
    help="Find out why an Alexa skill does not link.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"e2e-linker {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Find out why an Alexa skill does not link."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("audit")(audit.audit)
app.command("reproduce")(reproduce.reproduce)
app.command("report")(report.report)
app.command("merge")(merge.merge)
app.command("diff")(diff.diff)
app.command("history")(history.history)
app.command("bundle")(bundle.bundle)
app.command("rules")(rules.rules)
app.command("explain")(explain.explain)
app.command("init")(init.init)
app.command("import")(importing.import_)
app.command("doctor")(doctor.doctor)
app.command("install")(install.install)
