"""Work that is done once, whichever of several processes comes first."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

__all__ = ["once"]


def once(folder: Path, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``work`` returns, plain data; done by the first who asks for ``folder``, while all others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done.json"
    with (folder / "lock").open("a") as lock, _held(lock):
        if not done.exists():
            done.write_text(json.dumps(work()), encoding="utf-8")
    result: dict[str, Any] = json.loads(done.read_text(encoding="utf-8"))
    return result


@contextmanager
def _held(file: IO[str]) -> Iterator[None]:
    """Hold ``file`` alone; a process that dies lets go of it."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                break
            except OSError:  # taken for ten seconds
                continue
        try:
            yield
        finally:
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
