"""Stopping where somebody wants to look: at a step of the login, or where a walk ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from playwright.async_api import Error, Page

from e2e_linker.browser.login.hands import OnScreen
from e2e_linker.browser.plan import Login, LoginFactory, Until
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.page import LoginStep
from e2e_linker.model import host_of

__all__ = ["Ask", "halting", "hold"]

Ask = Callable[[str], Awaitable[None]]
"""Shows a sentence to the tester and waits until the run may go on."""

_LAST = "last screen"
"""The name of the screen that a login which cannot go on leaves; it has ended by itself then."""


class _HaltedError(Exception):
    """The login has come as far as it was to come."""


def halting(login: LoginFactory, steps: int) -> LoginFactory:
    """``login``, which ends with the page that follows its first ``steps`` actions."""

    def made(
        *,
        on_screen: OnScreen,
        record: Callable[[LoginStep], None],
        clock: Callable[[], float],
        until: Until,
    ) -> Login:
        done = 0

        async def shown(page: Page, label: str) -> asyncio.Event | None:
            pictured = await on_screen(page, label)
            if done >= steps and label != _LAST:
                raise _HaltedError
            return pictured

        def recorded(step: LoginStep) -> None:
            nonlocal done
            record(step)
            # One that failed ends the login by itself, and says more.
            done += step.outcome == "done"
            if done > steps:
                raise _HaltedError

        return _Halting(login(on_screen=shown, record=recorded, clock=clock, until=until), steps)

    return made


@dataclass(frozen=True, slots=True)
class _Halting:
    inner: Login
    steps: int

    async def run(self, windows: Windows, arrived: asyncio.Event) -> Ending | None:
        """Log in as far as was asked for."""
        try:
            return await self.inner.run(windows, arrived)
        except _HaltedError:
            url = windows.current().url
            after = "before the first step" if self.steps == 0 else f"after step {self.steps} of the login"
            return Ending(kind="stopped", message=f"{host_of(url) or url} was shown {after}; the walk was to end there")


async def hold(page: Page | None, ending: Ending, gone: asyncio.Event, ask: Ask | None) -> None:
    """Keep ``page`` on the screen until the tester goes on, or it is ``gone``.

    ``ask`` waits for the tester; without it, Playwright's inspector does.
    """
    if page is None or page.is_closed() or gone.is_set():
        return
    said = f"{ending.message}. The browser waits for you"
    waiting = asyncio.ensure_future(ask(said) if ask else page.pause())
    closed = asyncio.Event()
    page.once("close", lambda _: closed.set())
    left = [asyncio.create_task(gone.wait()), asyncio.create_task(closed.wait())]
    try:
        await asyncio.wait({waiting, *left}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (waiting, *left):
            task.cancel()
            with suppress(asyncio.CancelledError, Error):
                await task
