"""The pointer to the last run."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from e2e_linker.evidence.files import storage_error, write_whole
from e2e_linker.evidence.saved import LATEST

__all__ = ["point"]


def point(latest: Path, run_id: str) -> None:
    """Make ``latest`` lead to the run beside it, in one step.

    Raises :class:`~e2e_linker.errors.StoreError`.
    """
    temporary = latest.with_name(f".{LATEST}.{secrets.token_hex(6)}.tmp")
    try:
        temporary.symlink_to(run_id, target_is_directory=True)
    except (OSError, NotImplementedError):
        write_whole(latest, f"{run_id}\n".encode())
        return
    try:
        temporary.replace(latest)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise storage_error(error, latest) from error
