"""``e2e-linker explain``: one rule in full."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["explain"]


def explain(rule: Annotated[str, typer.Argument(help="A rule or audit id, such as domains-complete.")]) -> None:
    """Say what a rule requires, why, how it is tested and how to fix it."""
    from rich.console import Console
    from rich.text import Text

    from e2e_linker.alexa.rules import rule as rule_of
    from e2e_linker.alexa.rules import rules
    from e2e_linker.cli.terminal import print_under, print_whole
    from e2e_linker.run.coverage import rule_coverage

    console = Console(highlight=False)
    rows = rule_coverage()
    if rule not in rules() and (covered := [row for row in rows if rule in row.audits]):
        console.print(Text.assemble((rule, "bold"), "  an audit, which covers"))
        for row in covered:
            print_whole(console, f"  e2e-linker explain {row.rule}")
            print_under(console, row.title, style="dim")
        return
    known = rule_of(rule)
    row = next(row for row in rows if row.rule == known.id)
    console.print(Text.assemble((known.id, "bold"), f"  {row.severity}"))
    print_under(console, known.title)
    parts = {
        "Requires": known.requires,
        "Why": known.why,
        "How it is seen": known.observe,
        "Fix": known.fix,
        "Tested by": ", ".join(row.audits) or f"nobody: {row.reason}",
        "Basis": ", ".join(_BASIS[tag] for tag in known.confidence),
    }
    for heading, text in parts.items():
        if text:
            console.print(Text(f"\n{heading}", style="bold"))
            print_under(console, text)
    if row.faults:
        console.print(Text("\nTry it", style="bold"))
    for fault in row.faults:
        print_whole(console, f"  e2e-linker demo --fault {fault}")
    console.print(Text("\nSources", style="bold"))
    for source in known.sources:
        print_under(console, source.title)
        if source.url:
            print_whole(console, f"    {source.url}")


_BASIS = {
    "V": "read on a vendor's page",
    "M": "measured",
    "C": "corroborated in public code or issues",
    "R": "recalled, so never more than advice on its own",
}
