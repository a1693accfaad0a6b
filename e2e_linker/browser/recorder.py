"""All that is recorded of one walk, gathered by listening on the browser context.

Passive: nothing is routed, no header is added or changed, and no request waits for us. What the listeners cannot hear
is said in :attr:`Recording.gaps`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page

from e2e_linker.browser.arrivals import Arrivals
from e2e_linker.browser.background import Background, within
from e2e_linker.browser.connections import with_objections
from e2e_linker.browser.device import Device
from e2e_linker.browser.devtools import LIMIT, DevTools
from e2e_linker.browser.incidents import Incidents
from e2e_linker.browser.jar import cookies_held
from e2e_linker.browser.pages.pictures import PictureSink, Screens
from e2e_linker.browser.requests import Requests
from e2e_linker.browser.script_answers import ScriptAnswers
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.completion import complete_arrivals, complete_requests, complete_windows
from e2e_linker.evidence.page import LoginStep
from e2e_linker.evidence.parts import NotCollected, Part, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.traffic import JarCookie, ServiceWorker
from e2e_linker.model import EngineName

__all__ = ["Recorder", "Recording"]

_COLLECT_S = 2.0
"""Seconds that collecting may go on after a walk; what is not there then is reported missing."""
_COLLECT_MOST_S = 12.0
_JAR_S = 9.0
"""Seconds a browser may take to hand out its cookies: as long as a machine that is busy with many needs."""
_LAST_LOOK_S = 6.0
"""Seconds the look at the last screen may go on: where a login broke, everything is concluded from it."""

_GAPS: dict[EngineName, tuple[str, ...]] = {
    "chromium": ("What made a frame of another site send a request is not told.",),
    "firefox": (
        "Firefox does not tell what made it send a request, nor which certificate it was shown.",
        "Firefox does not tell what the body of a request held, only its size.",
        "Firefox does not tell whether an answer came from its cache.",
        "Firefox's service workers are not reported.",
    ),
    "webkit": (
        "WebKit does not tell what made it send a request, nor whether an answer came from its cache.",
        "WebKit's service workers are not reported.",
    ),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded, as the fields of a walk; not redacted yet."""

    parts: dict[str, Part[Any]]
    gaps: tuple[str, ...]


class Recorder:
    """Listens to one walk on ``device``, from :meth:`first_page` to :meth:`stop`."""

    def __init__(
        self,
        device: Device,
        *,
        redirect_uris: Sequence[str],
        registry: SecretRegistry,
        name: str,
        sink: PictureSink | None,
    ) -> None:
        self._device = device
        self._registry = registry
        self._began = time.monotonic()
        self._background, self._jar_reading = Background(), Background()
        self._jar: Part[tuple[JarCookie, ...]] = NotCollected(reason="the walk ended before the jar was read")
        self._listening = self._opened = self._jar_asked = False
        self.steps: list[LoginStep] = []
        self.windows = Windows(self.clock, self._background, device.foreign, device.retired)
        self.arrivals = Arrivals(self.clock, redirect_uris)
        self.incidents = Incidents(self.clock, self.windows, self._background, registry)
        self.devtools = DevTools(self._background)
        self._answers = ScriptAnswers(self.windows, self._background, registry)
        self.requests = Requests(
            clock=self.clock,
            windows=self.windows,
            arrivals=self.arrivals,
            devtools=self.devtools,
            registry=registry,
        )
        self.screens = Screens(
            clock=self.clock, windows=self.windows, registry=registry, name=name, sink=sink, tools=device.session
        )

    def clock(self) -> float:
        """Seconds since the walk began."""
        return round(time.monotonic() - self._began, 4)

    async def first_page(self) -> Page:
        """Open the window the login happens in; from now on, everything the device's context tells is heard."""
        opening = asyncio.create_task(self._device.new_page(self._listen_to))
        # The driver is told of every kind of event by itself: it may hear that while the page opens.
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            opening.cancel()
            raise
        self._listening = True
        context = self._device.context
        context.on("page", self._page)
        self._answers.listen(context)
        self.requests.listen(context)
        self.windows.loading.listen(context)
        self.incidents.listen(context)
        page = await opening
        self._opened = True
        self._page(page)
        return page

    def read_jar(self) -> None:
        """Begin to read the cookies as they are at this moment. :meth:`stop` does so where nobody did before."""
        if not self._jar_asked:
            self._jar_asked = True
            self._jar_reading.start(self._read_jar())

    async def stop(self) -> None:
        """Stop listening, and collect what is on its way, as long as two seconds never pass without any coming.

        The jar has longer. A page that never ends asking for more is given up after twelve.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_COLLECT_MOST_S), asyncio.TaskGroup() as group:
                self.read_jar()
                # The driver is asked for the jar before it is told, one by one, of what we no longer want to hear.
                await asyncio.sleep(0)
                self._ignore()
                group.create_task(self.requests.written(_COLLECT_S))
                group.create_task(self._finish_pictures())
                group.create_task(self._background.finish(_COLLECT_S))
                # It ends by itself, and says so where it comes to nothing.
                group.create_task(self._jar_reading.finish(_COLLECT_MOST_S))

    def abandon(self) -> None:
        """Let everything go at once; what has been recorded stays."""
        self._ignore()
        self._background.abandon()
        self._jar_reading.abandon()
        self.screens.abandon()
        self.requests.abandon()

    def _ignore(self) -> None:
        if self._listening:
            self._listening = False
            context = self._device.context
            context.remove_listener("page", self._page)
            self.incidents.ignore(context)
            self._answers.ignore(context)
            self.requests.ignore(context)
            self.windows.loading.ignore(context)
            self.windows.forget()

    def recording(self) -> Recording:
        """Everything recorded up to now. Asks nothing of the browser, so it can be called at any time."""
        incidents = self.incidents
        announced = self.windows.records()
        requests = with_objections(complete_requests(self.requests.records(), announced), self._device.connections)
        arrivals = complete_arrivals(self.arrivals.seen, requests)
        addresses = [request.url for request in requests] + [arrival.url for arrival in arrivals]
        for address in addresses:
            if "#" in address:
                self._registry.register_url(address)
        # An engine's own error page names the address it stands for, also where no request for it was told.
        for window in announced:
            self._registry.register_url(window.url)
        self._registry.register_answer((param.name, param.value) for one in arrivals for param in one.params)
        parts: dict[str, Part[Any]] = {
            "requests": Present(value=requests),
            "windows": Present(value=complete_windows(announced, requests)),
            "dialogs": Present(value=tuple(incidents.dialogs)),
            "console": Present(value=tuple(incidents.console)),
            "page_errors": Present(value=tuple(incidents.page_errors)),
            "csp_violations": Present(value=incidents.violations()),
            "web_sockets": Present(value=tuple(incidents.web_sockets)),
            "service_workers": self._service_workers(),
            "downloads": Present(value=tuple(incidents.downloads)),
            "screens": Present(value=self.screens.records()),
            "login": Present(value=tuple(self.steps)),
            "jar": self._jar,
            "arrivals": Present(value=arrivals),
        }
        gaps = (*_GAPS[self._device.settings.engine], *self._device.gaps)
        if missing := self.requests.missing():
            gaps += (f"Headers and sizes of {missing} requests could not be read before the walk ended.",)
        if unanswered := self.requests.unanswered():
            gaps += (f"{unanswered} requests were still under way when the walk ended.",)
        if self.devtools.count >= LIMIT:
            gaps += (f"What made the browser send a request was told of the first {LIMIT} only.",)
        gaps += incidents.missing()
        return Recording(parts, gaps)

    def _service_workers(self) -> Part[tuple[ServiceWorker, ...]]:
        if self._device.settings.engine == "chromium":
            return Present(value=tuple(self.incidents.service_workers))
        return NotCollected(reason="only Chromium tells of service workers")

    def _page(self, page: Page) -> None:
        # What opened before the first window belongs to an earlier walk.
        if not self._opened or page in self.windows.pages():
            return
        self.windows.opened(page)
        self.incidents.listen_to_page(page)
        if self.windows.number_of(page) > 0:
            self._background.start(self._listen_to_tools(page))

    async def _listen_to_tools(self, page: Page) -> None:
        session = await self._device.session(page)
        if session is not None:
            await self._listen_to(session)

    async def _listen_to(self, session: CDPSession) -> None:
        await self.devtools.listen(session)
        self._answers.hold(session)

    async def _finish_pictures(self) -> None:
        await within(_LAST_LOOK_S, self.screens.finish())

    def _visited(self) -> list[str] | None:
        """The addresses whose cookies are read; None for all. A jar that others use, too, holds what is not ours."""
        return self.requests.addresses() if self._device.borrowed else None

    async def _read_jar(self) -> None:
        context = self._device.context
        self._jar = await cookies_held(context, self._visited(), self._registry, within_s=_JAR_S)
