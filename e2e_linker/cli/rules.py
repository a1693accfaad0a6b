"""``e2e-linker rules``: every requirement that is known, and whether it is tested."""

from __future__ import annotations

import json
from typing import Annotated

import typer

__all__ = ["rules"]


def rules(
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every rule, the audit that covers it and the fault of the practice range that trips it."""
    from e2e_linker.run.coverage import rule_coverage

    rows = rule_coverage()
    if json_:
        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.text import Text

    from e2e_linker.cli.terminal import print_under

    console = Console(highlight=False)
    for row in rows:
        by_hand = "" if row.automated else "  by hand"
        console.print(Text.assemble((row.rule, "bold"), f"  {row.severity}", (by_hand, "dim")))
        print_under(console, row.title)
    automated = sum(row.automated for row in rows)
    typer.echo(f"\n{automated} of {len(rows)} rules are tested; `e2e-linker explain RULE` tells more of each.")
