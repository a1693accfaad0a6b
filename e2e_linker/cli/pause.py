"""Waiting for the tester on the terminal."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

__all__ = ["asking"]


def asking() -> Callable[[str], Awaitable[None]] | None:
    """What shows a sentence and waits for Enter; None where nobody sits at a terminal."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


async def _ask(text: str) -> None:
    loop, answered = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        sys.stdin.readline()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(answered.set)

    print(f"{text}: press Enter to go on", file=sys.stderr, flush=True)
    # A daemon: a line that is never typed must not keep the program from ending.
    threading.Thread(target=wait, daemon=True).start()
    await answered.wait()
