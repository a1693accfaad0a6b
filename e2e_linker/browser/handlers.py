"""What is handed to Playwright to be called at an event."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self

__all__ = ["Handler"]


class Handler:
    """Calls ``function`` with all that an event tells.

    At every event Playwright works out how many parameters a function takes. With thousands of requests that adds up,
    so it finds the answer here, worked out once.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__signature__ = inspect.signature(function)

    def __call__(self, *told: Any) -> Any:
        """What ``function`` returns."""
        return self._function(*told)

    @classmethod
    def each(cls, **functions: Callable[..., Any]) -> dict[Any, Self]:
        """A handler for each of ``functions``, by its event."""
        return {event: cls(function) for event, function in functions.items()}
