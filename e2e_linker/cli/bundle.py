"""``e2e-linker bundle``: a saved run as a support case for Amazon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from e2e_linker.cli.files import write
from e2e_linker.cli.options import RunFolder

if TYPE_CHECKING:
    from e2e_linker.report.model import CaseReport, RunReport

__all__ = ["bundle"]


def bundle(
    run: RunFolder,
    case_id: Annotated[
        str | None, typer.Option("--case", help="The case it is about; by default the first that does not link.")
    ] = None,
    skill_id: Annotated[str | None, typer.Option(help="amzn1.ask.skill…")] = None,
    stage: Annotated[Literal["development", "live"] | None, typer.Option(help="The stage of the skill.")] = None,
    username: Annotated[str | None, typer.Option(help="Of a test account of the linking page, never Amazon's.")] = None,
    password: Annotated[
        str | None, typer.Option(help="Where its password is: env:NAME, file:PATH or keyring:SERVICE/USER.")
    ] = None,
    customer_id: Annotated[str | None, typer.Option(help="Of the Amazon account that cannot link.")] = None,
    platform: Annotated[str | None, typer.Option(help="Android, iOS or browser, as the customer has it.")] = None,
    app_version: Annotated[str | None, typer.Option(help="Of the Alexa app: Settings > About.")] = None,
    description: Annotated[str | None, typer.Option(help="What the customer sees.")] = None,
    output: Annotated[Path | None, typer.Option(help="The zip to write; by default <run>-case.zip here.")] = None,
) -> None:
    """Collect what Amazon asks for in a support case: one zip, and its text on stdout.

    What is missing is named. Of all secrets only the password of the test account is in it, and only where
    --password says where it is.
    """
    from e2e_linker.report.bundle import Given, bundle_zip, case_text, support_case
    from e2e_linker.run.saved import saved_report

    report, folder = saved_report(run)
    chosen = _chosen(report, case_id)
    given = Given(
        skill_id=skill_id,
        stage=stage,
        username=username,
        password=_password(password),
        customer_id=customer_id,
        platform=platform,
        app_version=app_version,
        description=description,
    )
    text = case_text(report, support_case(report, chosen, given))
    target = output or Path(f"{Path(report.run_id).name}-case.zip")  # the folder may be anybody's
    write(target, bundle_zip(report, folder, chosen, text), private=given.password is not None)
    typer.echo(text, nl=False)
    typer.echo(f"written: {target}", err=True)


def _chosen(report: RunReport, wanted: str | None) -> CaseReport | None:
    from e2e_linker.errors import UsageError
    from e2e_linker.report.bundle import case_shown

    if wanted is None:
        return case_shown(report)
    for case in report.cases:
        if case.id == wanted:
            return case
    names = ", ".join(case.id for case in report.cases) or "none"
    raise UsageError(f"the run has no case {wanted!r}", where="--case", hint=f"its cases: {names}")


def _password(reference: str | None) -> str | None:
    import os

    from e2e_linker.config.secrets import resolve_secret

    if reference is None:
        return None
    return resolve_secret(reference, environ=os.environ, base_dir=Path(), where="--password").get_secret_value()
