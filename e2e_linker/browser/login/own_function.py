"""The tester's own function that logs in."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Awaitable, Callable

from playwright.async_api import Page

__all__ = ["function_of"]


def function_of(reference: str) -> Callable[[Page, object], Awaitable[object]]:
    """The async function behind ``package.module:function``, also where it lies in the current directory.

    Raises what its module raises where it is imported, and :class:`TypeError` where it is no async function.
    """
    module, _, name = reference.partition(":")
    sys.path.append(os.getcwd())
    try:
        found = getattr(importlib.import_module(module), name)
    finally:
        sys.path.remove(os.getcwd())
    if not inspect.iscoroutinefunction(found):
        raise TypeError(f"{reference} is not an async function")
    return found  # type: ignore[no-any-return]
