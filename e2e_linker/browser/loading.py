"""What the pages of a walk wait for before their documents are read to the end."""

from __future__ import annotations

import contextlib
import math
import time
from typing import Final
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, BrowserContext, Error, Frame, Page, Request

from e2e_linker.browser.handlers import Handler
from e2e_linker.browser.pages.controls import View

__all__ = ["Loading"]

_HOLDING = frozenset({"document", "script", "stylesheet"})
"""Types of requests that a document is not read on before: its own rest, a script, and a sheet that a script needs."""
_SILENT_S = 8.0
"""Seconds without an answer after which an address counts as one that never answers, once its walk is over."""
_NEXT_TIME = 3
"""The part of what such an address was waited for that it is waited for in a later walk."""

_SILENT: Final[WeakKeyDictionary[Browser, dict[str, float]]] = WeakKeyDictionary()
"""By the browser that walks share, the addresses that did not answer, and for how many seconds at most."""


class Loading:
    """The requests under way that may keep a document from being read on."""

    def __init__(self) -> None:
        self._under_way: dict[Request, tuple[Frame, float]] = {}
        self._silent: dict[str, float] = {}
        self._handlers = Handler.each(request=self._began, requestfinished=self._ended, requestfailed=self._ended)

    def listen(self, context: BrowserContext) -> None:
        """Hear of every request of ``context`` from now on."""
        if context.browser is not None:
            self._silent = _SILENT.setdefault(context.browser, {})
        for event, handler in self._handlers.items():
            context.on(event, handler)

    def ignore(self, context: BrowserContext) -> None:
        """Hear of no more. What has not answered by now is waited for less in later walks of the same browser."""
        for event, handler in self._handlers.items():
            context.remove_listener(event, handler)
        for request, (_, since) in self._under_way.items():
            waited_s = time.monotonic() - since
            if waited_s >= _SILENT_S:
                address = _address(request)
                self._silent[address] = max(waited_s, self._silent.get(address, 0.0))

    def holds_up(self, page: Page, view: View | None) -> bool:
        """Whether ``page``, of which ``view`` was seen, cannot be read on before something comes that may come."""
        if view is None or view.main.ready_state != "loading":
            return False
        now = time.monotonic()
        return any(
            frame == page.main_frame and now - since < self._silent.get(_address(request), math.inf) / _NEXT_TIME
            for request, (frame, since) in self._under_way.items()
        )

    def _began(self, request: Request) -> None:
        if request.resource_type in _HOLDING:
            with contextlib.suppress(Error):  # a service worker's own has no frame, nor has a window about to open
                self._under_way[request] = request.frame, time.monotonic()

    def _ended(self, request: Request) -> None:
        self._under_way.pop(request, None)


def _address(request: Request) -> str:
    """Its URL without parameters."""
    return request.url.partition("?")[0]
