"""One emulated device: a browser context of its own behind a loopback proxy of its own, for as long as a case lasts."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

from playwright.async_api import Browser, CDPSession, Error, Page

from e2e_linker.alexa.surfaces import accept_language
from e2e_linker.browser.background import answered
from e2e_linker.browser.connections import Connection
from e2e_linker.browser.contexts import Opened, opened
from e2e_linker.browser.engines import Engine
from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.incidents import CSP_LISTENER
from e2e_linker.browser.login.fingers import give_finger
from e2e_linker.browser.network import LoopbackProxy, Upstream
from e2e_linker.browser.padding import padding_cookies
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.browser.tape import Tape
from e2e_linker.evidence.traffic import PADDING

__all__ = ["Device"]

_CLOSE_S = 3.0
_DRAINED_S = 15.0
_LOOK_S = 0.1
_QUIET_LOOKS = 4
_OPENING_PAUSES_S = (0.0, 0.1, 0.4, 1.5)
"""Before each further try to open a page."""
_NO_FOREIGN_COOKIES = {
    "enableThirdPartyCookieRestriction": True,
    "disableThirdPartyCookieMetadata": True,
    "disableThirdPartyCookieHeuristics": True,
}


class Device:
    """A device that pages can be opened on, one walk after another in the same cookie jar. Made by :meth:`open`."""

    def __init__(self, opened: Opened, settings: DeviceSettings) -> None:
        self.context = opened.context
        self.settings = settings
        self.foreign = opened.foreign
        """Pages in the context that are none of this device's."""
        self.retired: set[Page] = set()
        """Pages of walks that are over. They may take a while to close, and go on asking for things meanwhile."""
        self.gaps = opened.gaps
        """What is not as on a device of its own, in sentences."""
        self.isolated = isinstance(opened.guard, LoopbackProxy)
        """Whether other devices like it can be opened beside it, each behind a proxy of its own."""
        self.borrowed = opened.borrowed
        """Whether the context is the browser's own, with whatever else is in it."""
        self.in_clear = InClear()
        """Where no password is typed."""
        self._guard = opened.guard
        self._tape: Tape | None = None
        self.lost = asyncio.Event()
        """Set when the browser, or this part of it, is gone."""
        self._sessions: dict[Page, asyncio.Task[CDPSession | None]] = {}
        self._dressed: dict[Page, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._within_s = _CLOSE_S

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        browser: Browser,
        engine: Engine,
        settings: DeviceSettings,
        *,
        refuse: Callable[[str, int], bool],
        resolve: Mapping[str, str],
        upstream: Upstream | None,
        tape: Tape | None = None,
        never: frozenset[str] = frozenset(),
    ) -> AsyncIterator[Device]:
        """A new device in ``browser``, a running ``engine``. Context and proxy go with the ``async with`` block.

        ``refuse``, ``resolve`` and ``upstream`` are :class:`~e2e_linker.browser.network.LoopbackProxy`'s. A browser
        that was attached to and cannot use the proxy is kept from the hosts ``never`` in another way. ``tape`` records
        the device. Raises Playwright's Error where the browser does not open a context.
        """
        async with opened(
            browser, engine, settings, refuse=refuse, never=never, resolve=resolve, upstream=upstream, tape=tape
        ) as found:
            context = found.context
            device = cls(found, settings)
            device.in_clear = InClear.on(settings, resolve)
            device.in_clear.listen(context)
            # A borrowed context was opened without touch, and Firefox loses each tap over BiDi without an error.
            if settings.has_touch and settings.engine != "firefox" and not found.borrowed:
                give_finger(context)
            try:
                if tape:
                    await tape.start(context)
                    device._tape = tape
                await answered(context.add_init_script(_first_script(settings)))
                context.on("page", device._dress)
                context.on("close", lambda _: device.lost.set())
                yield device
            finally:
                await device.untape()
                await device._left()
                left = (*device._leaving, *device._sessions.values(), *device._dressed.values())
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

    @property
    def connections(self) -> Sequence[Connection]:
        """What the device was kept from or could not reach, and whatever else its proxy knows."""
        return self._guard.connections

    async def untape(self) -> None:
        """End the trace of the device, where one is recorded."""
        tape, self._tape = self._tape, None
        if tape:
            await tape.stop(self.context)

    async def _left(self) -> None:
        """Close the context, or where it is borrowed, only the pages that were opened in it."""
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                if not self.borrowed:
                    await self.context.close()
                elif self._leaving:
                    await asyncio.wait(self._leaving)

    async def new_page(self, also: Callable[[CDPSession], Awaitable[None]]) -> Page:
        """An empty page that already looks like the device, once the pages of the walk before are gone.

        ``also`` is done with its DevTools session meanwhile, where it has one.
        """
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=self._within_s)
        page = await self._opened()
        session = await self.session(page)
        dressed = self._dressed.get(page)
        if session is not None and dressed is not None:
            await asyncio.gather(asyncio.shield(dressed), also(session))
        if not self.borrowed:
            # A page that was being closed may have opened another one.
            self.retire(other for other in self.context.pages if other is not page and other not in self.retired)
        return page

    async def _opened(self) -> Page:
        for pause in _OPENING_PAUSES_S:
            try:
                return await self.context.new_page()
            except Error as error:
                # Firefox may fail at it, without a reason, while tabs of another context are being closed.
                if self.lost.is_set() or "browsingContext.create" not in error.message:
                    raise
                await asyncio.sleep(pause)
        return await self.context.new_page()

    async def session(self, page: Page) -> CDPSession | None:
        """The DevTools session of ``page``; None on other engines than Chromium, and for a page that is gone."""
        self._dress(page)
        return await asyncio.shield(self._sessions[page])

    def retire(self, pages: Iterable[Page]) -> None:
        """Close ``pages`` without waiting for it."""
        for page in pages:
            self.retired.add(page)
            self._leave(_close(page))

    def drain(self) -> None:
        """Close whatever is open in a context of the device's own until nothing opens any more, without waiting."""
        self._within_s = _DRAINED_S
        self._leave(self._drained())

    async def _drained(self) -> None:
        quiet = 0
        while quiet < _QUIET_LOOKS:
            pages = self.context.pages
            quiet = 0 if pages else quiet + 1
            await asyncio.gather(*map(_close, pages))
            await asyncio.sleep(_LOOK_S)

    def _leave(self, leaving: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(leaving)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    @contextlib.asynccontextmanager
    async def padded(self, hosts: Iterable[str], size: int) -> AsyncIterator[None]:
        """``size`` more bytes of cookies for each of ``hosts``, for as long as the ``async with`` block lasts."""
        await self.context.add_cookies(padding_cookies(hosts, size))  # type: ignore[arg-type]
        try:
            yield
        finally:
            with contextlib.suppress(Error):
                await self.context.clear_cookies(name=re.compile(f"^{PADDING}"))

    def _dress(self, page: Page) -> None:
        if page not in self._sessions:
            self._sessions[page] = attached = asyncio.create_task(self._attached(page))
            self._dressed[page] = asyncio.create_task(self._undisguised(attached))
            page.once("close", self._forget)

    def _forget(self, page: Page) -> None:
        self._sessions.pop(page, None)
        self._dressed.pop(page, None)

    async def _attached(self, page: Page) -> CDPSession | None:
        if self.settings.engine != "chromium":
            return None
        try:
            return await self.context.new_cdp_session(page)
        except Error:
            return None

    async def _undisguised(self, attached: asyncio.Task[CDPSession | None]) -> None:
        """Tell the page what Playwright's own emulation has no words for: client hints, platform, all languages.

        Playwright sets client hints that name the headless browser. A second session that sets them again wins; with
        none in it, Chromium sends no ``Sec-CH-UA`` at all, as Safari does.
        """
        session, told = await attached, self.settings.overlay
        if session is None:
            return
        with contextlib.suppress(Error):  # a page that is gone
            if told.user_agent is not None:
                hints = {"userAgentMetadata": told.client_hints.metadata()} if told.client_hints else {}
                platform = {"platform": told.platform} if told.platform else {}
                locale = self.settings.locale
                language = {"acceptLanguage": accept_language(locale)} if locale else {}
                override = {"userAgent": told.user_agent, **language, **platform, **hints}
                await session.send("Emulation.setUserAgentOverride", override)
            if not self.settings.foreign_cookies:
                await session.send("Network.setCookieControls", _NO_FOREIGN_COOKIES)


def _first_script(settings: DeviceSettings) -> str:
    """What runs in every document before its own scripts. A browser that was attached to is left as it is."""
    return CSP_LISTENER if settings.own_agent else f"{CSP_LISTENER};{settings.overlay.apis.init_script}"


async def _close(page: Page) -> None:
    with contextlib.suppress(Error):
        await page.close()
