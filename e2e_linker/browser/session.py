"""One walk: from the authorization request to the answer handed to Alexa, or to wherever it ends instead.

:func:`walk` comes back with a walk whatever the page or the browser does: what the customer runs into is evidence.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.async_api import Error, Frame, Page

from e2e_linker.browser import endings
from e2e_linker.browser.background import within
from e2e_linker.browser.closing import closing
from e2e_linker.browser.device import Device
from e2e_linker.browser.login.guarded import behind_guard
from e2e_linker.browser.navigation_endings import asked_for_authentication, bare, misdirected, navigation_failed
from e2e_linker.browser.navigations import NavigationFailure, shows_page
from e2e_linker.browser.pages.pictures import PictureSink
from e2e_linker.browser.plan import WalkPlan
from e2e_linker.browser.recorder import Recorder
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["walk"]

_REFUSAL_S = 2.0
_SECOND_ARRIVAL_S = 0.15
_LATE_ARRIVAL_S = 0.3
_LAST_SCREEN_S = 2.5
_NO_CONTENT = frozenset({204, 205})
_STUCK = frozenset({"login_not_found", "dead_end", "timeout"})


async def walk(
    device: Device,
    plan: WalkPlan,
    *,
    registry: SecretRegistry,
    sink: PictureSink | None = None,
    on_partial: Callable[[Walk], None] | None = None,
) -> Walk:
    """Walk ``plan`` on ``device``; the evidence comes back redacted.

    Cancelled, it hands what there is to ``on_partial`` and raises CancelledError.
    """
    plan.announce(registry)
    recorder = Recorder(device, redirect_uris=plan.redirect_uris, registry=registry, name=plan.id, sink=sink)
    attempt = _Attempt(device, plan, recorder)
    found: Walk | None = None
    try:
        ending = await behind_guard(await attempt.ending(), recorder.requests, attempt.page())
        await recorder.stop()
        found = await asyncio.to_thread(registry.redact_record, attempt.record(ending))
        if plan.on_end is not None:
            # What somebody does by hand from now on is in no evidence, and no trace may hold its secrets.
            await device.untape()
            await plan.on_end(attempt.page(), ending)
    except asyncio.CancelledError:
        if on_partial is not None:
            on_partial(found or registry.redact_record(attempt.record(endings.interrupted())))
        raise
    else:
        return found
    finally:
        recorder.abandon()
        device.retire(recorder.windows.pages())
        if recorder.windows.flooded.is_set() and not device.borrowed:
            device.drain()


class _Attempt:
    """The course of one walk."""

    def __init__(self, device: Device, plan: WalkPlan, recorder: Recorder) -> None:
        self._device = device
        self._plan = plan
        self._recorder = recorder
        self._started_at = datetime.now(UTC)

    def record(self, ending: Ending) -> Walk:
        """Everything known by now as evidence, not redacted."""
        recording = self._recorder.recording()
        return Walk(
            id=self._plan.id,
            purpose=self._plan.purpose,
            variation=dict(self._plan.variation),
            started_at=self._started_at,
            duration_s=self._recorder.clock(),
            authorization=self._plan.authorization.request,
            ending=ending,
            gaps=recording.gaps,
            **recording.parts,
        )

    async def ending(self) -> Ending:
        """Walk until something ends it."""
        plan, recorder = self._plan, self._recorder
        try:
            async with asyncio.timeout(plan.deadline_s) as plan.reprieve.limit:
                return await self._walked()
        except TimeoutError:
            if self._device.lost.is_set():
                return self._lost()
            await self._last_screen()
            return endings.timed_out(plan.deadline_s + plan.reprieve.given_s, recorder.requests.pending(), self._url())
        except Error as error:
            return endings.browser_lost(self._url(), error.message.splitlines()[0])
        except Exception as error:  # a login function of the user's own may raise anything
            return endings.errored(error)

    async def _walked(self) -> Ending:
        recorder = self._recorder
        page = await recorder.first_page()
        customer = asyncio.create_task(self._customer(page))
        windows = recorder.windows
        arrived, stuck, lost = recorder.arrivals.arrived, recorder.requests.stuck, self._device.lost
        signals = (arrived, stuck, windows.crashed, windows.flooded, lost)
        news = [windows.all_closed(), *(signal.wait() for signal in signals)]
        watches = [asyncio.create_task(one) for one in news]
        try:
            await asyncio.wait({customer, *watches}, return_when=asyncio.FIRST_COMPLETED)
            return await self._judged(customer)
        finally:
            for task in (customer, *watches):
                task.cancel()
            await asyncio.gather(customer, *watches, return_exceptions=True)

    async def _customer(self, page: Page) -> Ending | None:
        """Open the authorization request and log in; None where nothing is left but to wait for the answer."""
        plan, recorder = self._plan, self._recorder
        try:
            await page.goto(plan.authorization.request.url, wait_until="commit", timeout=0)
        except Error as error:
            if not shows_page(error.message):
                raise
        if plan.login is None:
            await recorder.requests.quiet(plan.settle.quiet_s, plan.settle.at_most_s)
            return None
        login = plan.login(
            on_screen=recorder.screens.take, record=recorder.steps.append, clock=recorder.clock, until=plan.until
        )
        ending = await login.run(recorder.windows, recorder.arrivals.arrived)
        reached = ending is None and plan.until == "login_form"
        return endings.form_shown(self._url()) if reached else ending

    async def _judged(self, customer: asyncio.Task[Ending | None]) -> Ending:
        """What the first thing that happened means. An arrival outweighs a failed page, which is often its echo."""
        recorder = self._recorder
        arrived = recorder.arrivals.arrived
        if not arrived.is_set():
            if self._device.lost.is_set():
                return self._lost()
            if recorder.windows.crashed.is_set():
                return endings.crashed(self._url())
            if recorder.windows.flooded.is_set():
                await self._last_screen()
                return endings.flooded(recorder.windows.records(), recorder.clock())
            gone = await closing(customer, recorder.windows, self._device.lost, arrived)
            if gone is not None:
                return self._lost() if gone == "browser" else endings.closed(self._url())
            said = _said(customer)
            if said is not None:
                return self._instead_of(said)
            await within(_LATE_ARRIVAL_S, arrived.wait())
        if arrived.is_set():
            if self._plan.on_arrived is not None:
                self._plan.on_arrived(recorder.arrivals.seen[0])
            recorder.read_jar()
            await self._second_arrival()
            return endings.arrived(recorder.arrivals.seen[0].url)
        ending = self._failure(customer)
        await self._last_screen()
        return ending

    def _failure(self, customer: asyncio.Task[Ending | None]) -> Ending:
        """Why no answer came and none will."""
        recorder, error = self._recorder, customer.exception() if customer.done() else None
        failure = recorder.requests.failure
        if failure is None and isinstance(error, Error):
            said, last = error.message.splitlines()[0], recorder.requests.last()
            url, status = (last.url, last.status) if last else (self._plan.authorization.request.url, None)
            if last and last.source and not url.startswith("http"):
                return misdirected(bare(last.source), url.partition("?")[0])
            if recorder.incidents.downloads or "ERR_ABORTED" in said or status in _NO_CONTENT:
                return endings.no_page(url, len(recorder.incidents.downloads))
            failure = NavigationFailure(url, said, None)
        if failure is not None:
            connections, enforced = self._device.connections, self._plan.purpose == "simulated"
            return navigation_failed(failure, connections, enforced=enforced)
        if error is not None:
            raise error
        return self._instead_of(endings.no_arrival(self._url()))

    def _instead_of(self, said: Ending) -> Ending:
        """``said``, or what the server did to make it so: asked in a window of the browser, or answered badly."""
        last, waiting = self._recorder.requests.last(), self._recorder.requests.pending()
        asked = asked_for_authentication(last.url, last.challenge) if last else None
        unanswered = endings.unanswered(waiting, self._recorder.clock()) if waiting else None
        cut = navigation_failed(last.cut_short, self._device.connections) if last and last.cut_short else None
        return (asked or unanswered or cut or said) if said.kind in _STUCK else said

    async def _second_arrival(self) -> None:
        """Let what is already on its way arrive, too: a page may send the answer twice.

        Once the engine's error page has taken the window, no script of the page is left to do so. Where a server
        redirected to Alexa and nothing else is under way, nothing is waited for; longest for a page still to come.
        """
        first = self._recorder.arrivals.seen[0]
        await within(_REFUSAL_S, self._recorder.requests.refused.wait())
        if self._recorder.requests.only_redirected():
            return
        page, waiting = self._recorder.windows.current(), self._recorder.requests.pending()
        replaced = asyncio.Event()

        def navigated(frame: Frame) -> None:
            if first.main_frame and frame is page.main_frame:
                replaced.set()

        page.on("framenavigated", navigated)
        await within(_REFUSAL_S if waiting and not waiting.begun else _SECOND_ARRIVAL_S, replaced.wait())
        page.remove_listener("framenavigated", navigated)

    async def _last_screen(self) -> None:
        """Keep what the customer is left with; a page that is gone or hangs has nothing to show."""
        windows = self._recorder.windows
        if windows.pages() and not windows.crashed.is_set() and windows.current().url != "about:blank":
            with contextlib.suppress(Error):
                await within(_LAST_SCREEN_S, self._recorder.screens.take(windows.current(), "last screen"))

    def _lost(self) -> Ending:
        return endings.browser_lost(self._url(), "its connection was closed")

    def page(self) -> Page | None:
        """The page the customer looks at; None where every one is closed."""
        windows = self._recorder.windows
        return windows.current() if windows.pages() else None

    def _url(self) -> str:
        """The address the customer looks at, or that an engine's own page stands for."""
        page, last = self.page(), self._recorder.requests.last()
        shown = page.url if page else ""
        return shown if shown.startswith("http") or not last else last.url


def _said(customer: asyncio.Task[Ending | None]) -> Ending | None:
    return customer.result() if customer.done() and customer.exception() is None else None
