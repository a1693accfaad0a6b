"""Files that the user names."""

from __future__ import annotations

from pathlib import Path

import typer

__all__ = ["deliver", "write"]


def write(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``. Raises :class:`~e2e_linker.errors.StoreError` where that is not possible."""
    from e2e_linker.errors import StoreError

    try:
        path.write_bytes(data)
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", where=str(path), hint="name another file") from error


def deliver(text: str, path: Path | None) -> None:
    """Write ``text`` to ``path``, or to stdout, where it ends with a line's end."""
    if path is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        write(path, text.encode())
