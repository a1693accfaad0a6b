"""``e2e-linker demo``: the practice range, healthy or broken on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from e2e_linker.cli.options import FailOn, Formats, Headed, Listed, Regions, Workers, one_of
from e2e_linker.model import Depth, Severity

__all__ = ["demo"]


def demo(
    fault: Annotated[Listed, typer.Option(help="Break the range with this fault. Repeatable.")] = None,
    variant: Annotated[Listed, typer.Option(help="Give the login another healthy shape. Repeatable.")] = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="List what can be broken, and leave.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the range, to be tried by hand.")] = False,
    project: Annotated[Listed, typer.Option(help="Run only this default project. Repeatable.")] = None,
    region: Regions = None,
    output: Annotated[Path, typer.Option(help="The folder of the run folders.")] = Path("reports"),
    formats: Formats = None,
    depth: Annotated[
        Depth | None,
        typer.Option(
            metavar="DEPTH",
            parser=one_of(Depth, "--depth"),
            help="How much is tried: passive, standard or thorough; by default what the faults need.",
            show_default=False,
        ),
    ] = None,
    repeat: Annotated[
        int | None, typer.Option(min=1, max=100, help="How often every case is run.", show_default=False)
    ] = None,
    workers: Workers = None,
    fail_on: FailOn = Severity.DEGRADES,
    headed: Headed = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Run against the built-in practice range: a real authorization server, healthy or broken on purpose.

    Without a fault it is a model answer and every case links. The exit code is that of `run`: 1 for findings.
    """
    from e2e_linker.cli.outcome import finish, run_interruptibly, run_shown
    from e2e_linker.run.practice import Practice, practise, serve_range

    if list_faults:
        _list(as_json=json_)
        return
    wanted = Practice(
        faults=tuple(fault or ()),
        variants=tuple(variant or ()),
        projects=tuple(project or ()),
        regions=tuple(region or ()),
        output=output,
        formats=tuple(formats or ()),
        depth=depth,
        repeat=repeat,
        workers=workers,
        fail_on=fail_on,
        headed=headed,
    )
    if serve:
        run_interruptibly(serve_range(wanted, typer.echo))
        return
    report, folder = run_shown(lambda listener: practise(wanted, listener), as_json=json_)
    finish(report, folder, as_json=json_)


def _list(*, as_json: bool) -> None:
    from e2e_linker.demo.catalogue import faults

    known = faults().values()
    if as_json:
        rows = [{"name": one.name, "description": one.description, "rules": list(one.rules)} for one in known]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.text import Text

    from e2e_linker.cli.terminal import print_under

    console = Console(highlight=False)
    for one in known:
        console.print(Text(one.name, style="bold"))
        print_under(console, one.description)
        print_under(console, f"trips {', '.join(one.rules)}", style="dim")
