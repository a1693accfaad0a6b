"""An engine beside a program of another kind: a thread with an event loop and browsers of its own.

So one can link from code that blocks, from code whose own event loop must not stand still, and next to anybody else's
browsers.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from importlib import import_module
from typing import TypeVar

from e2e_linker.audits.registry import audits
from e2e_linker.browser.engines import Browsers

__all__ = ["EngineThread"]

T = TypeVar("T")
_LAST_WORDS_S = 60.0


class EngineThread:
    """Begins when first asked for anything; :meth:`close` ends it, and whatever still goes on in it."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._browsers: Future[Browsers] | None = None
        self._under_way: set[asyncio.Task[object]] = set()
        self._lock = threading.Lock()

    def submit(self, work: Callable[[Browsers], Awaitable[T]]) -> Future[T]:
        """Begin ``work`` with the browsers. Cancelling the promise cancels the work."""
        with self._lock:
            if self._loop is None:
                self._begin()
            loop, browsers = self._loop, self._browsers
        assert loop is not None
        assert browsers is not None

        async def working() -> T:
            task = asyncio.current_task()
            assert task is not None
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            return await work(await asyncio.wrap_future(browsers))

        return asyncio.run_coroutine_threadsafe(working(), loop)

    def call(self, work: Callable[[Browsers], Awaitable[T]]) -> T:
        """As :meth:`submit`, waiting for the result. Interrupted, it lets the work write down what it has."""
        promise = self.submit(work)
        try:
            return promise.result()
        except BaseException:
            promise.cancel()
            raise

    def close(self) -> None:
        """End everything and wait for it: what is under way is cancelled and writes down what it has."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None:
            assert self._stopping is not None
            loop.call_soon_threadsafe(self._stopping.set)
            thread.join(_LAST_WORDS_S)

    def _begin(self) -> None:
        _load()
        ready, self._browsers = threading.Event(), Future()
        # A daemon: a browser that will not close must not keep the whole program.
        self._thread = threading.Thread(target=self._run, args=(ready,), name="e2e-linker", daemon=True)
        self._thread.start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        assert self._browsers is not None
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        ready.set()
        try:
            async with Browsers() as browsers:
                self._browsers.set_result(browsers)
                await self._stopping.wait()
                left = list(self._under_way)
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)
        except Exception as error:
            if not self._browsers.done():
                self._browsers.set_exception(error)
                await self._stopping.wait()


def _load() -> None:
    """Load all that runs and judges, in the thread that asks.

    Left to the engine's threads, modules would be compiled there while the other program compiles its own; where pytest
    rewrites them, Python 3.11 fails at that ("AST constructor recursion depth mismatch", python/cpython#106905).
    """
    for name in ("battery", "causes", "certificates", "conclusion", "simulation"):
        import_module(f"e2e_linker.run.{name}")
    import_module("e2e_linker.service.tls")
    audits()
