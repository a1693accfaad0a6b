"""What Playwright notes of every call to its driver: where in the program it was made.

It reads that from the files of the program, a fifth of a millisecond each time, and shows it only in the ``stack`` of
an error, which nobody here looks at.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Generator, Iterator
from traceback import StackSummary
from typing import Any

__all__ = ["without_call_stacks"]

_NOTED = "__pw_stack_trace__"
"""Where Playwright's synchronous interface leaves it for its calls. A version that looks elsewhere is only slower."""
_NOTHING = StackSummary.from_list([("e2e_linker", 0, "", "")])


@contextlib.contextmanager
def without_call_stacks() -> Iterator[None]:
    """For as long as the ``with`` block lasts, it is not looked up where tasks of the running loop call Playwright."""
    loop, current = asyncio.get_running_loop(), asyncio.current_task()
    before = loop.get_task_factory()

    def made(
        loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **how: Any
    ) -> asyncio.Future[Any]:
        task = before(loop, work, **how) if before else asyncio.Task(work, loop=loop, **how)
        _mark(task)
        return task

    loop.set_task_factory(made)
    _mark(current)
    try:
        yield
    finally:
        if loop.get_task_factory() is made:
            loop.set_task_factory(before)
        if hasattr(current, _NOTED):
            delattr(current, _NOTED)


def _mark(task: object) -> None:
    # A task of somebody else's making may take no attributes.
    with contextlib.suppress(AttributeError):
        setattr(task, _NOTED, _NOTHING)
