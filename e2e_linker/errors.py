"""The error tree. Every error says what happened, where, and what to try next.

::

    LinkerError
    ├── UsageError              2   a command line or a call that cannot be carried out
    │   └── ConfigurationError  2   a file the user wrote is wrong
    │       └── SecretError     2   a secret reference is refused or cannot be read
    ├── StoreError              2   a run folder or capture cannot be written or read
    ├── EngineMissing           3   no browser of the wanted kind is on this machine
    └── InternalError           4   a defect of e2e-linker itself

What a *case* runs into (a hang, a login form that is not found) is not raised to the user: it is evidence, see
:class:`e2e_linker.evidence.models.Ending`.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "ConfigurationError",
    "EngineMissing",
    "ExitCode",
    "InternalError",
    "LinkerError",
    "SecretError",
    "StoreError",
    "UsageError",
    "in_one_line",
]


class ExitCode(IntEnum):
    """The one table of process exit codes."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERNAL = 4
    INTERRUPTED = 130


class LinkerError(Exception):
    """Base of all errors meant for the user.

    ``message`` names what happened, ``where`` the file, URL or option it happened at, ``hint`` the next thing to try.
    """

    exit_code: ExitCode = ExitCode.INTERNAL

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  try: {self.hint}" if self.hint else text


class UsageError(LinkerError):
    """A command line or a call that cannot be carried out as it stands."""

    exit_code = ExitCode.USAGE


class ConfigurationError(UsageError):
    """A configuration or skill file is wrong."""


class SecretError(ConfigurationError):
    """A secret reference is refused (a literal) or cannot be resolved. Never carries the secret itself."""


class StoreError(LinkerError):
    """A run folder or a capture cannot be written or read."""

    exit_code = ExitCode.USAGE


class EngineMissing(LinkerError):  # noqa: N818 - named as the ending it leads to
    """No browser of the wanted kind is on this machine and none could be installed."""

    exit_code = ExitCode.INCONCLUSIVE


class InternalError(LinkerError):
    """A defect of e2e-linker itself."""

    exit_code = ExitCode.INTERNAL


def in_one_line(error: BaseException) -> str:
    """What kind of error it is, and the first line of what it says."""
    return f"{type(error).__name__}: {error}".splitlines()[0]
