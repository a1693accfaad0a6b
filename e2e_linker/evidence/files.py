"""Files that are either whole or not there."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

from e2e_linker.errors import StoreError

__all__ = ["storage_error", "write_whole"]

_HINTS = {
    errno.EACCES: "choose a folder you may write to with --output, or change its permissions",
    errno.EPERM: "choose a folder you may write to with --output, or change its permissions",
    errno.EROFS: "this file system is read-only: choose another folder with --output",
    errno.ENOSPC: "the disk is full: free some space, or choose another folder with --output",
    errno.EDQUOT: "your disk quota is used up: free some space, or choose another folder with --output",
    errno.ENAMETOOLONG: "the path is too long for this file system: choose a shorter folder with --output",
    errno.EEXIST: "something of that name is in the way: move it, or choose another folder with --output",
    errno.ENOTDIR: "a file stands where a folder is needed: move it, or choose another folder with --output",
    errno.EISDIR: "a folder stands where a file is needed: move it, or choose another folder with --output",
    errno.ENOENT: "the folder is gone: was it removed while the run went on?",
    errno.ELOOP: "the path leads in a circle of symbolic links: choose another folder with --output",
}

_MAKING = {**_HINTS, errno.ENOENT: "no folder can be made there: choose another one with --output"}

_READING = {
    errno.EACCES: "change its permissions so that you may read it",
    errno.EPERM: "change its permissions so that you may read it",
    errno.ENAMETOOLONG: "the path is too long for this file system: is it what you meant to name?",
    errno.ENOTDIR: "a file stands where the path has a folder: correct the path",
    errno.EISDIR: "this is a folder: name a file in it",
    errno.ENOENT: "nothing of that name is there: correct the path",
    errno.ELOOP: "the path leads in a circle of symbolic links: correct the path",
}

Doing = Literal["write", "make", "read"]
"""What was done with a file or folder: a folder is made before anything is written into it."""


def storage_error(error: OSError, path: Path, doing: Doing = "write") -> StoreError:
    """What to tell the user when ``path`` cannot be written, made or read because of ``error``."""
    reason = error.strerror or type(error).__name__
    hints = {"write": _HINTS, "make": _MAKING, "read": _READING}[doing]
    return StoreError(f"cannot {doing} this: {reason}", where=str(path), hint=hints.get(error.errno or 0))


def _opened(path: Path) -> BinaryIO:
    """``path`` made to be written, and the folders above it where they are not there."""
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write ``data`` to ``path`` so that a reader, or a kill at any moment, sees the old file or the new one whole.

    ``durable`` also waits until the data is on the disk, which only a power cut makes necessary. The file gets the
    permissions of the user's umask: what is written here is redacted and meant to be shared. Raises
    :class:`~e2e_linker.errors.StoreError`.
    """
    # The first digits of a long name will do: a temporary name must not be longer than the file system allows.
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.tmp")
    try:
        try:
            with _opened(temporary) as file:
                file.write(data)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise storage_error(error, path) from error
