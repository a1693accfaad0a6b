"""What Playwright notes of every call to its driver: where in the program it was made.

It reads that from the files of the program, a fifth of a millisecond each time, and shows it only in the ``stack`` of
an error, which nobody here looks at.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from traceback import StackSummary
from typing import Any

__all__ = ["without_call_stacks"]

_NOTED = "__pw_stack_trace__"
"""Where Playwright's synchronous interface leaves it for its calls. A version that looks elsewhere is only slower."""
_NOTHING = StackSummary.from_list([("e2e_linker", 0, "", "")])


_Loop = asyncio.AbstractEventLoop


@dataclass(slots=True)
class _Marking:
    """Makes the tasks of a loop, marked, for as many blocks as need that."""

    before: Callable[..., Any] | None
    blocks: int = 0

    def __call__(self, loop: _Loop, work: Any, **how: Any) -> asyncio.Future[Any]:
        """A task, made as before."""
        task: asyncio.Future[Any] = (self.before or _task)(loop, work, **how)
        _mark(task)
        return task


@contextlib.contextmanager
def without_call_stacks() -> Iterator[None]:
    """For as long as the ``with`` block lasts, it is not looked up where tasks of the running loop call Playwright."""
    loop, current = asyncio.get_running_loop(), asyncio.current_task()
    found = loop.get_task_factory()
    marking = found if isinstance(found, _Marking) else _Marking(found)
    marking.blocks += 1
    loop.set_task_factory(marking)
    _mark(current)
    try:
        yield
    finally:
        marking.blocks -= 1
        # Who has set another one meanwhile may call this one from it.
        if not marking.blocks and loop.get_task_factory() is marking:
            loop.set_task_factory(marking.before)
        if hasattr(current, _NOTED):
            delattr(current, _NOTED)


def _task(loop: _Loop, work: Any, **how: Any) -> asyncio.Task[Any]:
    return asyncio.Task(work, loop=loop, **how)


def _mark(task: object) -> None:
    # A task of somebody else's making may take no attributes.
    with contextlib.suppress(AttributeError):
        setattr(task, _NOTED, _NOTHING)
