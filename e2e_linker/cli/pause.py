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
    return _Terminal().ask if sys.stdin is not None and sys.stdin.isatty() else None


class _Terminal:
    """Shows one sentence at a time, so that it is clear what Enter answers."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._asked: asyncio.Event | None = None
        """Set by the next line; None while nothing is asked."""
        self._reading = False
        """Whether a line is waited for already: the one that a question left which nobody answered."""

    async def ask(self, text: str) -> None:
        """Show ``text`` once those before it are answered, and wait for Enter."""
        async with self._turn:
            self._asked = asyncio.Event()
            try:
                print(f"{text}: press Enter to go on", file=sys.stderr, flush=True)
                if not self._reading:
                    self._reading = True
                    # A daemon: a line that is never typed must not keep the program from ending.
                    threading.Thread(target=self._read, args=(asyncio.get_running_loop(),), daemon=True).start()
                await self._asked.wait()
            finally:
                self._asked = None

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(ValueError, OSError):  # what was typed is no UTF-8, or the terminal is gone
            sys.stdin.readline()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(self._heard)

    def _heard(self) -> None:
        self._reading = False
        if self._asked is not None:
            self._asked.set()
