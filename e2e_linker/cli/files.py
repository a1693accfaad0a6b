"""Files that the user names."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import typer

__all__ = ["deliver", "write"]


_OWN = 0o600


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write ``data`` to ``path``, with ``private`` for nobody else to read.

    Raises :class:`~e2e_linker.errors.StoreError` where that is not possible.
    """
    from e2e_linker.errors import StoreError

    try:
        with open(path, "wb", opener=_privately if private else None) as file:
            file.write(data)
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", where=str(path), hint="name another file") from error


def _privately(path: str, flags: int) -> int:
    file = os.open(path, flags, _OWN)
    if stat.S_ISREG(os.fstat(file).st_mode):
        # It may have been there before. Some file systems know no permissions.
        with suppress(OSError):
            os.chmod(path, _OWN)
    return file


def deliver(text: str, path: Path | None) -> None:
    """Write ``text`` to ``path``, or to stdout, where it ends with a line's end."""
    if path is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        write(path, text.encode())
