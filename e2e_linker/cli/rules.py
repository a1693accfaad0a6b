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
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("rule", "severity", "tested by", "what it requires"):
        table.add_column(heading)
    for row in rows:
        audit = Text(", ".join(row.audits)) if row.automated else Text("by hand", style="dim")
        table.add_row(Text(row.rule, style="bold"), row.severity, audit, Text(row.title))
    Console().print(table)
    automated = sum(row.automated for row in rows)
    typer.echo(f"\n{automated} of {len(rows)} rules are tested; `e2e-linker explain RULE` tells more of each.")
