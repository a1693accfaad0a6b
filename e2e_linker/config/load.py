"""The configuration file, the skill and the command line made into one :class:`LoadedConfig`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from e2e_linker.config.document import read_document
from e2e_linker.config.linker import Linker, ResolvedAccount
from e2e_linker.config.models import Config, duplicate_names
from e2e_linker.config.named_files import wrong_files
from e2e_linker.config.overrides import Overrides
from e2e_linker.config.problems import known_keys, problems_of, refusal
from e2e_linker.config.projects import Use
from e2e_linker.config.secrets import resolve_secret
from e2e_linker.config.skill import Skill
from e2e_linker.config.smapi import load_skill
from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError, LinkerError

__all__ = ["DEFAULT_CONFIG", "EarlierSkill", "LoadedConfig", "load_config", "output_of"]

DEFAULT_CONFIG = "playwright.config.json"
"""The configuration file that is used where none is named."""


@dataclass(frozen=True, slots=True)
class EarlierSkill:
    """What the skill was before a migration, and a refresh token that was issued to it then."""

    skill: Skill
    refresh_token: SecretStr
    client_secret: SecretStr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedConfig:
    """A configuration ready to run: every path absolute, the command line applied, the skill read."""

    config: Config
    skill: Skill
    base_dir: Path
    """The folder that relative paths and ``file:`` references count from."""
    config_path: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    """Where ``env:`` references are looked up."""

    def account(self) -> ResolvedAccount:
        """The tester's account, secrets read. Raises :class:`~e2e_linker.errors.SecretError`."""
        return self.config.linker.account.resolve(environ=self.environ, base_dir=self.base_dir)

    def second_account(self) -> ResolvedAccount | None:
        """The second account, secrets read; None where none is configured. Raises as :meth:`account` does."""
        account, where = self.config.linker.second_account, "linker.secondAccount"
        return account.resolve(environ=self.environ, base_dir=self.base_dir, where=where) if account else None

    def earlier(self) -> tuple[EarlierSkill, ...]:
        """The earlier configurations of ``linker.previous``, secrets read.

        Raises :class:`~e2e_linker.errors.ConfigurationError` for a skill file that cannot be read or names no token
        endpoint, and :class:`~e2e_linker.errors.SecretError`.
        """

        def secret(reference: str, where: str) -> SecretStr:
            return resolve_secret(reference, environ=self.environ, base_dir=self.base_dir, where=where)

        found = []
        for n, previous in enumerate(self.config.linker.previous):
            where, skill = f"linker.previous[{n}]", load_skill(previous.skill)
            if not skill.access_token_url:
                raise ConfigurationError("the earlier skill names no access token URL", where=f"{where}.skill")
            own = previous.client_secret
            token = secret(previous.refresh_token, f"{where}.refreshToken")
            found.append(
                EarlierSkill(skill, token, secret(own, f"{where}.clientSecret") if own else skill.client_secret)
            )
        return tuple(found)

    def client_secret(self) -> SecretStr | None:
        """The client secret: the one ``linker.clientSecret`` points at, else the literal in the skill file, else None.

        Raises :class:`~e2e_linker.errors.SecretError` where the reference cannot be read.
        """
        reference = self.config.linker.client_secret
        if reference is None:
            return self.skill.client_secret
        return resolve_secret(reference, environ=self.environ, base_dir=self.base_dir, where="linker.clientSecret")


def load_config(
    path: Path, *, overrides: Overrides | None = None, environ: Mapping[str, str] = os.environ
) -> LoadedConfig:
    """The configuration in ``path`` with ``overrides`` on top and its skill read; secrets are not read yet.

    Raises :class:`ConfigurationError` listing everything that is wrong with the file, and
    :class:`~e2e_linker.errors.UsageError` for an option that cannot be carried out.
    """
    base_dir = path.absolute().parent
    written = _validated(path)
    config = _anchored(written, base_dir)
    if wrong := list(wrong_files(config)):
        raise refusal(wrong, where=str(path))
    overrides = overrides or Overrides()
    applied = overrides.applied(config)
    skill = _skill(config.linker, overrides, path)
    return LoadedConfig(
        config=applied.model_copy(update={"linker": _completed(applied.linker, skill)}),
        skill=skill,
        base_dir=base_dir,
        config_path=path,
        environ=environ,
    )


def output_of(path: Path) -> Path | None:
    """The folder of the run folders that the configuration in ``path`` names, whatever became of its skill.

    None where there is no such file, or something is wrong with it.
    """
    try:
        return _anchored(_validated(path), path.absolute().parent).output_dir
    except LinkerError:
        return None


@cache
def _schema() -> dict[str, Any]:
    return Config.model_json_schema()


def _validated(path: Path) -> Config:
    document = read_document(
        path,
        vocabulary=lambda: known_keys(_schema()),
        hint="`e2e-linker init` writes one; --config FILE names another",
    )
    if not isinstance(document.value, dict):
        raise ConfigurationError("must be a JSON object", where=str(path), hint="`e2e-linker init` writes one")
    problems = [f"{shown(key)}: is written twice in one object" for key in document.duplicates]
    try:
        config = Config.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        found = problems_of(error, _schema())
        raise refusal([*problems, *found, *_hidden_duplicates(document.value, found)], where=str(path)) from None
    if problems:
        raise refusal(problems, where=str(path))
    return config


def _completed(linker: Linker, skill: Skill) -> Linker:
    """``linker`` with the vendor id that the skill file tells, where it names neither one nor redirect URLs."""
    if linker.vendor_id or linker.redirect_urls:
        return linker
    return linker.model_copy(update={"vendor_id": skill.vendor_id})


def _hidden_duplicates(value: dict[str, Any], found: list[str]) -> Iterator[str]:
    """Projects of one name, which validation does not reach while anything else is wrong with the projects."""
    projects = value.get("projects")
    if not isinstance(projects, list) or any(line.startswith("projects: ") for line in found):
        return
    names = (project.get("name") for project in projects if isinstance(project, dict))
    for name in duplicate_names(name for name in names if isinstance(name, str)):
        yield f"projects: two projects are called {shown(name)}"


def _anchored(config: Config, base_dir: Path) -> Config:
    def absolute(path: Path) -> Path:
        return base_dir / _expanded(path)

    linker: dict[str, Any] = {
        "trust": tuple(map(absolute, config.linker.trust)),
        "previous": tuple(item.model_copy(update={"skill": absolute(item.skill)}) for item in config.linker.previous),
    }
    if isinstance(config.linker.skill, Path):
        linker["skill"] = absolute(config.linker.skill)
    projects = tuple(
        project.model_copy(update={"use": _anchored_use(project.use, base_dir)}) for project in config.projects
    )
    return config.model_copy(
        update={
            "output_dir": absolute(config.output_dir),
            "projects": projects,
            "use": _anchored_use(config.use, base_dir),
            "linker": config.linker.model_copy(update=linker),
        }
    )


def _anchored_use(use: Use, base_dir: Path) -> Use:
    changes: dict[str, Any] = {}
    if use.storage_state is not None:
        changes["storage_state"] = base_dir / _expanded(use.storage_state)
    executable = use.launch_options.executable_path
    if executable is not None:
        path = base_dir / _expanded(executable)
        changes["launch_options"] = use.launch_options.model_copy(update={"executable_path": path})
    return use.model_copy(update=changes)


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # no such user: taken as it stands
        return path


def _skill(linker: Linker, overrides: Overrides, path: Path) -> Skill:
    if overrides.skill is not None:
        return load_skill(overrides.skill)
    if isinstance(linker.skill, Skill):
        return linker.skill
    if linker.skill is not None:
        return load_skill(linker.skill)
    raise ConfigurationError(
        "linker.skill names no skill", where=str(path), hint="write its path there, or give --skill FILE"
    )
