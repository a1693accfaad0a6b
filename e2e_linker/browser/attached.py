"""A browser that somebody else started: a real phone's, or any Chromium, driven over DevTools and left as it was.

Where it runs on another machine, it cannot use the proxy on this one; Chrome for Android has no contexts beside the
customer's own either. Then a rule of the browser itself keeps requests from Alexa: one that holds for every tab, for
what a server redirects to and for new windows from their first request on, which Playwright's routes do not see.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, CDPSession, Error

from e2e_linker.alexa.facts import is_alexas
from e2e_linker.browser.connections import Connection
from e2e_linker.browser.engines import Engine
from e2e_linker.errors import EngineMissing
from e2e_linker.model import host_of

__all__ = ["Bar", "barred", "knows_no_contexts", "own_agent", "reaches_proxy", "sharing"]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NO_CONTEXTS = "Target.createBrowserContext"
_TURNS: WeakKeyDictionary[Browser, asyncio.Lock] = WeakKeyDictionary()


async def own_agent(browser: Browser) -> str:
    """The User-Agent that ``browser``, attached to over DevTools, sends by itself."""
    session = await browser.new_browser_cdp_session()
    try:
        return str((await session.send("Browser.getVersion"))["userAgent"])
    finally:
        await session.detach()


def reaches_proxy(engine: Engine, agent: str) -> bool:
    """Whether the browser can use a proxy on this machine. A phone is somewhere else, whatever adb forwards."""
    return urlsplit(engine.endpoint or "").hostname in _LOOPBACK and "Android" not in agent


def knows_no_contexts(error: Error) -> bool:
    """Whether ``error``, from opening a context, says that the browser has none beside its own."""
    return _NO_CONTEXTS in error.message


def sharing(browser: Browser) -> asyncio.Lock:
    """Held by whoever uses the browser's own context: there is one only."""
    return _TURNS.setdefault(browser, asyncio.Lock())


@dataclass(slots=True)
class Bar:
    """What a browser may not reach, and what became of it."""

    hosts: frozenset[str]
    session: CDPSession
    connections: list[Connection] = field(default_factory=list)
    """Every request that was stopped, as the proxy would have noted it down."""
    answering: set[asyncio.Task[None]] = field(default_factory=set)

    def paused(self, event: dict[str, Any]) -> None:
        """Decide about a request that may be for one of :attr:`hosts`, or for Alexa: patterns match more."""
        url, number = event["request"]["url"], {"requestId": event["requestId"]}
        if host_of(url) in self.hosts or is_alexas(host_of(url)):
            self.connections.append(_stopped(url))
            answer = self._send("Fetch.failRequest", {**number, "errorReason": "BlockedByClient"})
        else:
            answer = self._send("Fetch.continueRequest", number)
        task = asyncio.create_task(answer)
        self.answering.add(task)
        task.add_done_callback(self.answering.discard)

    async def _send(self, method: str, params: dict[str, Any]) -> None:
        with contextlib.suppress(Error):
            await self.session.send(method, params)


@contextlib.asynccontextmanager
async def barred(browser: Browser, hosts: Iterable[str]) -> AsyncIterator[Bar]:
    """Keep all of ``browser`` from ``hosts``, and from all that is Alexa's, while the ``async with`` block lasts.

    Raises :class:`~e2e_linker.errors.EngineMissing` where the browser cannot: nothing may be opened in it then.
    """
    bar = Bar(frozenset(hosts), await browser.new_browser_cdp_session())
    bar.session.on("Fetch.requestPaused", lambda event: bar.paused(event))
    # Whatever follows the name: a port, a dot, nothing. What only begins like it is let go on.
    patterns = [{"urlPattern": f"*{before}{host}*"} for host in sorted(bar.hosts) for before in ("://", "@")]
    patterns += [{"urlPattern": pattern} for pattern in ("*.amazon.*", "*amazonalexa.com*")]
    try:
        await bar.session.send("Fetch.enable", {"patterns": patterns})
    except Error as error:
        raise EngineMissing(
            "this browser cannot be kept from handing codes to Alexa",
            where="use.cdpEndpoint",
            hint="take a current Chrome or Chromium",
        ) from error
    try:
        yield bar
    finally:
        with contextlib.suppress(Error):
            await bar.session.detach()


def _stopped(url: str) -> Connection:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    error = f"{host_of(url)}:{port} is refused in this case"
    return Connection(host_of(url), port, time.time(), True, "http_request_denied", error, 0, 0, None, None)
