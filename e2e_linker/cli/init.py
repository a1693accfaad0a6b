"""``e2e-linker init``: a few questions, and the files to start with."""

from __future__ import annotations

import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from e2e_linker.config.files import InitAnswers
    from e2e_linker.model import Region

__all__ = ["init"]


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")] = Path(),
    smapi: Annotated[
        str | None,
        typer.Option(help="The file that `ask smapi get-account-linking-info` printed, or -.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; write a template.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Ask a few questions and write playwright.config.json and skill.json."""
    from e2e_linker.cli.importing import read_source
    from e2e_linker.config.files import InitAnswers, init_files
    from e2e_linker.errors import UsageError

    text = read_source(smapi).decode("utf-8", errors="replace") if smapi else None
    if text is not None:
        # A file that cannot be used is refused before anything is asked.
        init_files(InitAnswers(smapi=text))
    try:
        # Prompts are no result: the blank that ends each of them belongs on stderr too.
        with redirect_stdout(sys.stderr):
            answers = InitAnswers(smapi=text) if yes else _asked(text)
    except typer.Abort as stop:
        typer.echo("", err=True)
        if isinstance(stop.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise UsageError(
            "the answers ended before the questions did", hint="--yes asks nothing and writes a template"
        ) from None
    _write(init_files(answers), folder, smapi, force=force)
    typer.echo(_NEXT, err=True)


def _write(files: dict[str, str], folder: Path, smapi: str | None, *, force: bool) -> None:
    """Write ``files`` into ``folder``, all but what ``smapi`` is already: its own words are worth more than ours."""
    from e2e_linker.config.files import write_new
    from e2e_linker.errors import UsageError

    kept = [name for name in files if smapi and _is_same(folder / name, smapi)]
    fresh = [name for name in files if name not in kept]
    existing = [name for name in fresh if (folder / name).exists()]
    if existing and not force:
        raise UsageError(
            f"{', '.join(existing)} exist already" if len(existing) > 1 else f"{existing[0]} exists already",
            where=str(folder),
            hint="--force replaces them",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot be made: {error.strerror}", where=str(folder), hint="choose another folder"
        ) from error
    for name in fresh:
        write_new(folder / name, files[name], force=force)
        typer.echo(f"wrote {folder / name}", err=True)
    for name in kept:
        typer.echo(f"kept {folder / name} as it is", err=True)


def _is_same(path: Path, source: str) -> bool:
    """Whether ``path`` is the file ``source``; the standard input is none."""
    try:
        return source != "-" and path.samefile(source)
    except OSError:
        return False


_NEXT = """taken for a custom skill: linker.skillKind says smart_home, video, music, meetings or health otherwise
next:
  export E2E_LINKER_USERNAME=... E2E_LINKER_PASSWORD=... E2E_LINKER_CLIENT_SECRET=...
  e2e-linker run --dry-run     checks the configuration
  e2e-linker run               links the skill"""


_REDIRECT_URL = re.compile(r"(?:/skill/link/|[?&]vendorId=)([A-Za-z0-9]+)")
"""An Alexa redirect URL, of either grant, and the vendor id in it."""


def _asked(smapi: str | None) -> InitAnswers:
    from e2e_linker.config.files import InitAnswers
    from e2e_linker.config.skill import ClientAuthentication
    from e2e_linker.config.smapi import parse_skill
    from e2e_linker.model import Grant

    basics = InitAnswers()
    values: dict[str, object] = {"smapi": smapi}
    if smapi is None:
        values["authorization_url"] = _address("Authorization URL (Your Web Authorization URI)")
        code = typer.confirm("Authorization code grant? (no: implicit)", default=True, err=True)
        values["grant"] = Grant.AUTH_CODE if code else Grant.IMPLICIT
        values["client_id"] = typer.prompt("Client id", default=basics.client_id, err=True)
        if code:
            values["access_token_url"] = _address("Access token URL (Access Token URI)")
            basic = typer.confirm("Client secret sent by HTTP Basic? (no: in the request body)", default=True, err=True)
            values["client_authentication"] = (
                ClientAuthentication.HTTP_BASIC if basic else ClientAuthentication.REQUEST_BODY_CREDENTIALS
            )
        values["scopes"] = _words("Scopes, separated by blanks")
        values["domains"] = _words("Domain List, separated by blanks")
    if vendor := parse_skill(smapi).vendor_id if smapi is not None else None:
        typer.echo(f"vendor id: {vendor}, as the redirect URLs in that file end", err=True)
    values["vendor_id"] = vendor or _vendor_id()
    values["regions"] = _regions()
    values["pkce"] = typer.confirm("PKCE switched on for the skill?", default=False, err=True)
    values["totp"] = typer.confirm("Does the test account ask for an authenticator code?", default=False, err=True)
    return InitAnswers(**values)  # type: ignore[arg-type]


def _vendor_id() -> str:
    """The vendor id, also out of a redirect URL that ends with it; asked for until `run` takes it, or it is empty."""
    while True:
        answer: str = typer.prompt(
            "Vendor id (ends the Alexa redirect URLs in the console)", default="", show_default=False, err=True
        )
        told = answer.strip()
        url = _REDIRECT_URL.search(told)
        if url:
            typer.echo(f"taken as {url[1]}", err=True)
        if url or re.fullmatch(r"[A-Za-z0-9]*", told):
            return url[1] if url else told
        typer.echo("a vendor id has letters and digits alone, such as M2ABCDEFGHIJKL; nothing leaves it out", err=True)


def _address(question: str) -> str:
    """An address, asked for until it is one: what is written beside it would be refused, or hold a password."""
    from pydantic import TypeAdapter, ValidationError

    from e2e_linker.config.written import Url

    while True:
        answer: str = typer.prompt(question, err=True)
        try:
            return TypeAdapter[str](Url).validate_python(answer.strip())
        except ValidationError as error:
            typer.echo(f"it {error.errors()[0]['msg']}", err=True)


def _regions() -> tuple[Region, ...]:
    """The regions, asked for until every name is one: a region left out would be one never tried."""
    from e2e_linker.model import Region

    while True:
        names = [name.upper() for name in _words("Regions: NA EU FE, or all", default="NA")]
        unknown = [name for name in names if name not in {*Region, "ALL"}]
        if names and not unknown:
            return tuple(Region) if "ALL" in names else tuple(Region(name) for name in names)
        typer.echo(f"there is no region {', '.join(unknown)}" if unknown else "name one at least", err=True)


def _words(question: str, default: str = "") -> tuple[str, ...]:
    answer: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
    return tuple(answer.replace(",", " ").split())
