"""Reading a skill from SMAPI JSON, in the three forms it comes in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from e2e_linker.config.document import Document, parse_document, read_document
from e2e_linker.config.nearest import nearest
from e2e_linker.config.skill import WRAPPERS, Skill, SkillForm, SkillProblem
from e2e_linker.config.smapi_fields import FIELDS, read_fields
from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError

__all__ = ["load_skill", "parse_skill", "skill_of"]

_SECRET_WORD = re.compile("secret|password", re.IGNORECASE)
_USER_INFORMATION = re.compile(r"\s*[a-z][a-z0-9+.-]*://[^/?#]*@", re.IGNORECASE)
_HINT = "`ask smapi get-account-linking-info -s SKILL_ID` prints it; `e2e-linker init` writes one by hand"


def load_skill(path: Path) -> Skill:
    """The skill in the SMAPI file ``path``. Raises :class:`ConfigurationError` where no use can be made of it."""
    return _skill(read_document(path, vocabulary=_words, hint=_HINT))


def parse_skill(content: str | bytes, *, where: str = "skill") -> Skill:
    """The skill in SMAPI JSON; see :func:`load_skill`. ``where`` names its origin in errors."""
    return _skill(parse_document(content, where=where, vocabulary=_words))


def _words() -> frozenset[str]:
    return frozenset(FIELDS) | frozenset(WRAPPERS.values())


def _skill(document: Document) -> Skill:
    return skill_of(document.value, where=document.where, duplicates=document.duplicates)


def skill_of(value: Any, *, where: str, duplicates: Iterable[str] = ()) -> Skill:
    """The skill in a parsed JSON ``value``. ``duplicates`` are keys that the file holds twice.

    Raises :class:`ConfigurationError` where ``value`` is no object or has no authorization URL.
    """
    found, form, rest = _unwrapped(value, where)
    document, secrets = _without_secrets(found)
    envelope, outer_secrets = _without_secrets(rest)
    secret = next((item for path, item in secrets if _is_client_secret(path) and isinstance(item, str) and item), None)
    _require_authorization_url(document, where)
    _refuse_user_information(document, where)
    values, problems = read_fields(document)
    return Skill(
        **values,
        client_secret=SecretStr(secret) if secret else None,
        literal_secret=any(item for _, item in (*secrets, *outer_secrets)),
        extras={key: item for key, item in document.items() if key not in FIELDS},
        problems=(*_file_problems(duplicates, (*secrets, *outer_secrets)), *problems),
        form=form,
        document=document,
        envelope=envelope,
    )


def _file_problems(duplicates: Iterable[str], secrets: Iterable[tuple[str, Any]]) -> Iterator[SkillProblem]:
    for key in duplicates:
        yield SkillProblem(path=shown(key), message="is written twice; the last one counts")
    for path, item in secrets:
        if path != "clientSecret":
            yield SkillProblem(path=shown(path), message="holds a secret under a key that SMAPI does not know")
        elif item is not None and not isinstance(item, str):
            yield SkillProblem(path=path, message="must be a string")


def _unwrapped(value: Any, where: str) -> tuple[dict[str, Any], SkillForm, dict[str, Any]]:
    """The account linking object, the form it came in, and what stood beside it."""
    if not isinstance(value, dict):
        raise ConfigurationError("must be a JSON object, as SMAPI prints it", where=where, hint=_HINT)
    for form, name in WRAPPERS.items():
        if name in value:
            if not isinstance(value[name], dict):
                raise ConfigurationError(f"{name} must be an object", where=where, hint=_HINT)
            return value[name], form, {key: item for key, item in value.items() if key != name}
    return value, "bare", {}


def _without_secrets(found: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """``found`` without whatever a key calls a secret, at any depth, and the path and value of each."""
    secrets: list[tuple[str, Any]] = []

    def strip(value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [strip(item, f"{path}[{index}]") for index, item in enumerate(value)]
        return strip_object(value, f"{path}.") if isinstance(value, dict) else value

    def strip_object(value: dict[str, Any], prefix: str) -> dict[str, Any]:
        secrets.extend((f"{prefix}{key}", item) for key, item in value.items() if _names_secret(key))
        return {key: strip(item, f"{prefix}{key}") for key, item in value.items() if not _names_secret(key)}

    return strip_object(found, ""), secrets


def _names_secret(key: str) -> bool:
    """Whether ``key`` calls its value a secret, also where clientSecret is misspelled."""
    return bool(_SECRET_WORD.search(key)) or nearest(key, ("clientSecret",), cutoff=0.8) is not None


def _is_client_secret(path: str) -> bool:
    return path.casefold().replace("_", "").replace("-", "") == "clientsecret"


def _refuse_user_information(document: dict[str, Any], where: str) -> None:
    """Refuse ``https://USER:PASSWORD@HOST``: it would carry a secret into every file."""

    def refuse(value: Any, path: str) -> None:
        if isinstance(value, str) and _USER_INFORMATION.match(value):
            raise ConfigurationError(
                f"{path} names a user or a password before the host",
                where=where,
                hint="write the address alone; the client's secret belongs in linker.clientSecret, the tester's "
                "password in linker.account, and what a browser has to ask for cannot be asked for in the Alexa app",
            )
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in inner:
            refuse(item, f"{path}[{key}]" if isinstance(key, int) else f"{path}.{shown(key)}")

    for key in FIELDS:
        refuse(document.get(key), key)


def _require_authorization_url(document: dict[str, Any], where: str) -> None:
    written = document.get("authorizationUrl")
    if isinstance(written, str) and written.strip():
        return
    if "authorizationUrl" in document:
        raise ConfigurationError("authorizationUrl must be a string that is not empty", where=where, hint=_HINT)
    unknown = [key for key in document if key not in FIELDS]
    near = nearest("authorizationUrl", unknown, cutoff=0.75)
    if near is not None:
        raise ConfigurationError(
            f"there is no authorizationUrl, but {shown(near)} looks like it", where=where, hint="write authorizationUrl"
        )
    if isinstance(said := document.get("message"), str) and said:
        raise ConfigurationError(f"SMAPI says “{shown(said)}” instead of an account linking", where=where, hint=_HINT)
    message = "there is no authorizationUrl, so this is not the account linking of a skill"
    raise ConfigurationError(message, where=where, hint=_HINT)
