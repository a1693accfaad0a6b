"""Secret references: where a secret is kept, never the secret itself."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr, WithJsonSchema

from e2e_linker.config.written import complaint, shown
from e2e_linker.errors import SecretError

__all__ = ["UNSENT_SECRET", "SecretReference", "reference_problem", "resolve_secret"]

UNSENT_SECRET = "linker.clientSecret"  # noqa: S105 - a key
"""The key under which it is noted that an exchange is made without a client secret."""

_FORMS = "env:NAME, file:PATH or keyring:SERVICE/USER"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_BYTES = 65_536


def reference_problem(text: str) -> str | None:
    """Why ``text`` is not a secret reference, or None. The answer never repeats ``text``: it may be a secret."""
    kind, colon, rest = text.partition(":")
    if not colon or kind not in ("env", "file", "keyring"):
        return f"must be a reference ({_FORMS}), never the value itself"
    if kind == "env" and not _VARIABLE.fullmatch(rest):
        return "after env: comes the name of an environment variable (letters, digits, underscores)"
    if kind == "file" and (not rest or "\0" in rest):
        return "after file: comes a path"
    if kind == "keyring" and not all(rest.rpartition("/")):
        return "after keyring: come a service and a user, as in keyring:alexa-test/jane"
    return None


def _checked(text: str) -> str:
    problem = reference_problem(text)
    if problem:
        raise complaint(problem)
    return text


SecretReference = Annotated[
    str,
    AfterValidator(_checked),
    WithJsonSchema({"type": "string", "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:.+/.+)$"}),
]
"""Where a secret is kept: ``env:NAME``, ``file:PATH`` or ``keyring:SERVICE/USER``."""


def resolve_secret(
    reference: str, *, environ: Mapping[str, str], base_dir: Path, where: str | None = None
) -> SecretStr:
    """The secret that ``reference`` points at.

    ``file:`` paths are relative to ``base_dir``. A byte order mark at the start and one newline at the end are what
    editors and shells add, and are dropped. ``where`` names the key that holds the reference. Raises
    :class:`SecretError` for a literal, and where nothing is found.
    """
    problem = reference_problem(reference)
    if problem:
        raise SecretError(problem, where=where, hint="put the value in an environment variable and write env:ITS_NAME")
    kind, _, rest = reference.partition(":")
    if kind == "env":
        return _from_environment(rest, environ, where)
    if kind == "file":
        return _from_file(rest, base_dir, where)
    return _from_keyring(rest, where)


def _from_environment(name: str, environ: Mapping[str, str], where: str | None) -> SecretStr:
    value = environ.get(name)
    if value is not None and (secret := _bare(value)):
        return SecretStr(secret)
    state = "not set" if value is None else "empty"
    raise SecretError(
        f"the environment variable {shown(name)} is {state}",
        where=where,
        hint=f"export {shown(name)} before the run, or set it among the secrets of your CI",
    )


def _from_file(name: str, base_dir: Path, where: str | None) -> SecretStr:
    path = base_dir / Path(name)
    try:
        path = base_dir / Path(name).expanduser()
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        text = content.decode()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "no such user"
        raise SecretError(
            f"the secret file {shown(str(path))} cannot be read: {reason}",
            where=where,
            hint="check the path after file:",
        ) from None
    except ValueError:
        raise SecretError(f"the secret file {shown(str(path))} is not text in UTF-8", where=where) from None
    if len(content) > _MAX_BYTES:
        raise SecretError(f"the secret file {shown(str(path))} is far too large for a secret", where=where)
    secret = _bare(text)
    if not secret:
        raise SecretError(f"the secret file {shown(str(path))} is empty", where=where)
    return SecretStr(secret)


def _bare(text: str) -> str:
    """``text`` without a byte order mark before it and a line break behind it."""
    text = text.removeprefix("\ufeff")
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _from_keyring(name: str, where: str | None) -> SecretStr:
    service, _, user = name.rpartition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise SecretError(
            "the keyring is not available here",
            where=where,
            hint="pip install 'e2e-linker[keyring]', or use env: or file:",
        ) from None
    try:
        value = keyring.get_password(service, user)
    except Exception as error:  # a back end fails in the ways of its platform: D-Bus, GObject, Win32
        if type(error).__name__ == "NoKeyringError":
            raise SecretError(
                "this machine has no keyring",
                where=where,
                hint="use env: or file:; a keyring comes with a desktop, such as GNOME Keyring or KWallet",
            ) from None
        raise SecretError(
            f"the keyring cannot be read: {type(error).__name__}", where=where, hint="unlock it, or use env: or file:"
        ) from None
    if not value or not (secret := _bare(value)):
        raise SecretError(
            f"the keyring holds nothing for {shown(user)} at {shown(service)}",
            where=where,
            hint=f"keyring set {shown(service)} {shown(user)}",
        )
    return SecretStr(secret)
