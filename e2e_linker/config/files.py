"""The files that ``init`` and ``import`` write. Nothing here asks or prints; that is the command line's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e_linker.config.defaults import default_projects
from e2e_linker.config.linker import SkillKind
from e2e_linker.config.load import DEFAULT_CONFIG
from e2e_linker.config.models import DEFAULT_TIMEOUT, REPORT_FORMATS
from e2e_linker.config.schema import schema_text
from e2e_linker.config.skill import ClientAuthentication
from e2e_linker.config.smapi import parse_skill
from e2e_linker.errors import UsageError
from e2e_linker.model import Grant, Region

__all__ = [
    "SCHEMA_FILE",
    "SKILL_FILE",
    "ImportedSkill",
    "InitAnswers",
    "import_smapi",
    "init_files",
    "starter_config",
    "write_new",
]

SKILL_FILE = "skill.json"
"""The file that ``init`` writes the skill to."""

SCHEMA_FILE = "playwright.config.schema.json"
"""The copy of the schema that ``init`` writes beside the configuration, so that any editor finds it, also offline."""

_SECRET = "env:E2E_LINKER_CLIENT_SECRET"  # noqa: S105 - the name of a variable
_WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class InitAnswers:
    """What ``init`` asks. Every default is a sensible answer; ``smapi``, where given, answers all about the skill."""

    smapi: str | None = None
    """The text that ``ask smapi get-account-linking-info`` prints."""
    authorization_url: str = "https://login.example.com/authorize"
    grant: Grant = Grant.AUTH_CODE
    client_id: str = "alexa"
    access_token_url: str = "https://login.example.com/token"  # noqa: S105 - an address
    client_authentication: ClientAuthentication = ClientAuthentication.HTTP_BASIC
    scopes: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    vendor_id: str = ""
    regions: tuple[Region, ...] = (Region.NA,)
    locales: tuple[str, ...] = ("en-US",)
    skill_kind: SkillKind = SkillKind.CUSTOM
    pkce: bool = False
    totp: bool = False
    """Whether the account asks for the code of an authenticator app."""


@dataclass(frozen=True, slots=True)
class ImportedSkill:
    """A skill file ready to be written, and what to tell its owner."""

    text: str
    notes: tuple[str, ...]


def init_files(answers: InitAnswers) -> dict[str, str]:
    """The text of every file that ``init`` writes, by file name.

    Raises :class:`~e2e_linker.errors.ConfigurationError` where the answered SMAPI text is of no use.
    """
    skill = import_smapi(answers.smapi).text if answers.smapi is not None else _laid_out(_skill(answers)) + "\n"
    config = starter_config(answers, schema=f"./{SCHEMA_FILE}")
    return {DEFAULT_CONFIG: config, SKILL_FILE: skill, SCHEMA_FILE: schema_text()}


def starter_config(answers: InitAnswers, *, schema: str) -> str:
    """The text of a ``playwright.config.json`` with the default projects; ``schema`` is what its ``$schema`` says."""
    projects = [project.model_dump(mode="json", by_alias=True, exclude_unset=True) for project in default_projects()]
    document = {
        "$schema": schema,
        "timeout": DEFAULT_TIMEOUT,
        "retries": 0,
        "reporter": list(REPORT_FORMATS),
        "outputDir": "reports",
        "projects": projects,
        "linker": _linker(answers),
    }
    return _laid_out(document) + "\n"


def _linker(answers: InitAnswers) -> dict[str, Any]:
    account = {"username": "env:E2E_LINKER_USERNAME", "password": "env:E2E_LINKER_PASSWORD"}
    if answers.totp:
        account["totp"] = "env:E2E_LINKER_TOTP"
    skill = parse_skill(answers.smapi) if answers.smapi is not None else None
    grant = skill.grant if skill is not None else answers.grant
    return {
        "skill": SKILL_FILE,
        "vendorId": answers.vendor_id or (skill.vendor_id if skill else None) or "",
        "regions": [*answers.regions],
        "locales": [*answers.locales],
        "skillKind": answers.skill_kind,
        "pkce": answers.pkce,
        "account": account,
        **({"clientSecret": _SECRET} if grant is Grant.AUTH_CODE else {}),
        "login": "auto",
    }


def _skill(answers: InitAnswers) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": answers.grant,
        "authorizationUrl": answers.authorization_url,
        "domains": [*answers.domains],
        "clientId": answers.client_id,
        "scopes": [*answers.scopes],
    }
    if answers.grant is Grant.AUTH_CODE:
        found["accessTokenUrl"] = answers.access_token_url
        found["accessTokenScheme"] = answers.client_authentication
    return {"accountLinkingResponse": found}


def import_smapi(text: str | bytes, *, where: str = "skill") -> ImportedSkill:
    """SMAPI JSON made ready to be kept: the same document without secrets, with notes on what was found.

    Raises :class:`~e2e_linker.errors.ConfigurationError` where no use can be made of it.
    """
    skill = parse_skill(text, where=where)
    notes = [f"{problem.path}: {problem.message}" for problem in skill.problems]
    if skill.literal_secret:
        notes.insert(
            0,
            "the client secret was left out of the file: put it in the environment variable "
            f'{_SECRET.removeprefix("env:")} and set linker.clientSecret to "{_SECRET}"',
        )
    return ImportedSkill(_laid_out(skill.to_smapi()) + "\n", tuple(notes))


def write_new(path: Path, text: str, *, force: bool = False) -> None:
    """Write ``text`` to ``path`` in one go. An existing file is replaced only with ``force``.

    Raises :class:`UsageError` where the file exists or the folder cannot be written.
    """
    try:
        if not force:
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            return
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)
    except FileExistsError:
        raise UsageError("the file exists already", where=str(path), hint="--force replaces it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise UsageError(
            f"the file cannot be written: {reason}", where=str(path), hint="choose another folder"
        ) from None


def _laid_out(value: Any, indent: int = 0) -> str:
    """JSON with whatever fits on a line kept on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + len(flat) <= _WIDTH - 30 * (indent == 0) or not isinstance(value, dict | list) or not value:
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(item, indent + 2)}" for key, item in value.items()]
    else:
        parts = [_laid_out(item, indent + 2) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n" + ",\n".join(f"{inner}{part}" for part in parts) + f"\n{' ' * indent}{closing}"
