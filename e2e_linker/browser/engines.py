"""Browsers found, installed and started: one Playwright driver, one browser per engine, for a whole run."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any, Self

from playwright.async_api import Browser, Playwright, ProxySettings, async_playwright
from playwright.async_api import Error as PlaywrightError

from e2e_linker.browser.engine_failures import not_started, see_it_drivable
from e2e_linker.browser.engine_install import install_engine
from e2e_linker.browser.engine_search import Engine, EngineState, Looked, describe_engines, find_engine, too_old

__all__ = [
    "Browsers",
    "Engine",
    "EngineState",
    "Looked",
    "context_proxy",
    "describe_engines",
    "find_engine",
    "install_engine",
    "supports_is_mobile",
    "too_old",
    "version_of",
]

_LAUNCH_TIMEOUT_MS = 60_000
_CONNECT_TIMEOUT_MS = 30_000
_CLOSE_TIMEOUT_S = 10.0

# Playwright already switches off background networking, sync, component updates and first-run pages. These stop what
# is left of the browser's own traffic and keep requests and calls off UDP, past the proxy; none changes what a page
# of a login sees.
_CHROMIUM_ARGS = (
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # the headless shell
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # Chrome, Edge and full Chromium
    "--disable-domain-reliability",
    # Full Chromium asks again, a second later, for what its error page stands for: an answer that was kept from Alexa.
    "--disable-auto-reload",
    # Full Chromium describes every form it meets to Google's autofill server. Disabling the feature would replace
    # Playwright's own list of disabled features, so the server is moved to an address that goes nowhere.
    "--autofill-server-url=about:blank",
)
# A context that ignores such errors does so for its pages only. Without this, no service worker starts behind a private
# root, as its script is fetched for no page.
_ANY_CERTIFICATE = "--ignore-certificate-errors"
# Firefox sends loopback hosts past every proxy unless told otherwise, and calls past it by UDP. A form that a page of
# https sends over http it holds back to ask the person in a window of its own, which nobody answers here.
_FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    "network.proxy.allow_hijacking_localhost": True,
    "media.peerconnection.ice.proxy_only": True,
    "security.warn_submit_secure_to_insecure": False,
}

_SCHEME = "layout.css.prefers-color-scheme.content-override"
_SCHEMES = {"dark": 0, "light": 1}
"""A stock Firefox is told the colours that pages may ask for when it starts; elsewhere a context has its own."""
_MOUSE: dict[str, str | float | bool] = {"ui.primaryPointerCapabilities": 6, "ui.allPointerCapabilities": 6}
"""What a mouse can do, to point finely (2) and to hover (4). Headless, a stock Firefox finds no mouse to ask."""

_Key = tuple[Engine, bool, float | None, tuple[str, ...], str | None, bool]


class Browsers:
    """All browsers of a run, started when first asked for, closed together when the ``async with`` block ends."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._devices: Mapping[str, Mapping[str, Any]] | None = None
        self._launches: dict[_Key, asyncio.Task[Browser]] = {}

    async def __aenter__(self) -> Self:
        # Playwright cannot be stopped while it starts: cancelled in there, its own task would keep the loop for ever.
        try:
            await _to_the_end(self._start())
        except asyncio.CancelledError:
            await _to_the_end(self._close())
            raise
        return self

    async def _start(self) -> None:
        with _driver_environment():
            self._playwright = await async_playwright().start()

    async def __aexit__(self, *_: object) -> None:
        await _to_the_end(self._close())

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's device descriptors, taken over once: the driver's own list is made anew each time it is read."""
        if self._devices is None:
            self._devices = self.playwright.devices
        return self._devices

    @property
    def playwright(self) -> Playwright:
        """The driver. Only inside the ``async with`` block."""
        assert self._playwright is not None
        return self._playwright

    async def get(
        self,
        engine: Engine,
        *,
        headed: bool = False,
        slow_mo_ms: float | None = None,
        args: Sequence[str] = (),
        any_certificate: bool = False,
        color_scheme: str | None = None,
        mouse: bool = False,
    ) -> Browser:
        """The running browser of ``engine``; started, or started anew after a crash, where it does not run.

        May be asked by many cases at once: they share one start, and a case that gives up does not stop it for the
        others. ``args`` are further words for its command line, ``any_certificate`` says that its contexts ignore what
        is wrong with certificates, ``color_scheme`` what they tell pages of it, and ``mouse`` that they are on a
        desktop. Other arguments make another browser where they matter when it starts. Raises
        :class:`~e2e_linker.errors.EngineMissing` where it does not start.
        """
        if any_certificate and engine.name == "chromium":
            args = (*args, _ANY_CERTIFICATE)
        stock = engine.channel == "moz-firefox"
        scheme = color_scheme if stock and color_scheme in _SCHEMES else None
        # How a browser was started is not ours to say where it runs already.
        own = (headed, slow_mo_ms, tuple(args), scheme, mouse and stock)
        key: _Key = (engine, *((False, slow_mo_ms, (), None, False) if engine.endpoint else own))
        launch = self._launches.get(key)
        if launch is None or (launch.done() and not _runs(launch)):
            launch = self._launches[key] = asyncio.create_task(self._launch(*key))
        return await asyncio.shield(launch)

    async def _launch(
        self,
        engine: Engine,
        headed: bool,
        slow_mo_ms: float | None,
        args: tuple[str, ...],
        scheme: str | None,
        mouse: bool,
    ) -> Browser:
        await see_it_drivable(engine)
        browser_type = getattr(self.playwright, engine.name)
        try:
            if engine.endpoint:
                browser: Browser = await browser_type.connect_over_cdp(
                    engine.endpoint, slow_mo=slow_mo_ms, timeout=_CONNECT_TIMEOUT_MS, no_defaults=True
                )
                return browser
            browser = await browser_type.launch(
                # Playwright finds its own builds, and checks their libraries on the way.
                executable_path=None if engine.kind == "playwright" else engine.executable,
                channel=engine.channel,
                headless=not headed,
                slow_mo=slow_mo_ms,
                args=[*(_CHROMIUM_ARGS if engine.name == "chromium" else ()), *args],
                firefox_user_prefs=_preferences(scheme, mouse=mouse) if engine.name == "firefox" else None,
                # On Ctrl-C the run writes its evidence first and closes the browsers afterwards.
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_LAUNCH_TIMEOUT_MS,
            )
        except PlaywrightError as error:
            raise not_started(engine, error) from error
        return browser

    async def _close(self) -> None:
        launches, self._launches = list(self._launches.values()), {}
        for launch in launches:
            launch.cancel()
        started = await asyncio.gather(*launches, return_exceptions=True)
        closing = [browser.close() for browser in started if isinstance(browser, Browser)]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await asyncio.gather(*closing, return_exceptions=True)
        # What still runs ends with the driver.
        with contextlib.suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self.playwright.stop()


def _preferences(scheme: str | None, *, mouse: bool) -> dict[str, str | float | bool]:
    return _FIREFOX_PREFERENCES | ({_SCHEME: _SCHEMES[scheme]} if scheme else {}) | (_MOUSE if mouse else {})


def version_of(browser: Browser) -> str:
    """The version of a running browser, as it says itself: ``156.0.8078.79``."""
    return browser.version


def supports_is_mobile(engine: Engine) -> bool:
    """Whether a context may ask for ``is_mobile``: Firefox has no mobile viewport mode."""
    return engine.name != "firefox"


def context_proxy(engine: Engine, proxy_url: str) -> ProxySettings:
    """The ``proxy`` setting of a context all of whose traffic goes through ``proxy_url``, loopback included."""
    if engine.name == "chromium":
        return ProxySettings(server=proxy_url, bypass="<-loopback>")
    return ProxySettings(server=proxy_url)


@contextlib.contextmanager
def _driver_environment() -> Iterator[None]:
    """The environment of a driver that is started in this block.

    It outlives a SIGTERM, which ``timeout`` and other supervisors send to everything they have started, and a SIGHUP,
    which a terminal that goes away sends likewise: it ends with its pipe anyway, and while the run writes its evidence
    the browsers are still needed. SIGINT it ignores by itself.
    And it pictures a page whose fonts never come, instead of waiting for them: that page is what the customer sees.
    """
    options = os.environ.get("NODE_OPTIONS")
    deaf = "--import=data:text/javascript,process.on('SIGTERM',()=>{}).on('SIGHUP',()=>{})"
    wanted = {
        "NODE_OPTIONS": f"{options} {deaf}" if options else deaf,
        "PW_TEST_SCREENSHOT_NO_FONTS_READY": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ |= wanted
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _runs(launch: asyncio.Task[Browser]) -> bool:
    return not launch.cancelled() and launch.exception() is None and launch.result().is_connected()


async def _to_the_end(work: Coroutine[object, object, None]) -> None:
    """Finish ``work`` although this task may be cancelled meanwhile, then pass the cancellation on."""
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    task.result()
