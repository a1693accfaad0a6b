"""Every request of a walk, written down while the page goes on.

Nothing here is asked of the page, and nothing of the network: the events of the context say that a request began and
ended, and what else is to be known is fetched from the driver in the background, by a few workers. Once a request is
written down, the driver's objects for it are let go.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable

from playwright.async_api import BrowserContext, Error, Request, Response

from e2e_linker.browser import navigations
from e2e_linker.browser.arrivals import Arrivals
from e2e_linker.browser.devtools import DevTools
from e2e_linker.browser.handlers import Handler
from e2e_linker.browser.navigations import FLOOD, MOST_REQUESTS, Led, NavigationFailure, Pending, leaves_page, page_of
from e2e_linker.browser.network import PROXY_STATUS
from e2e_linker.browser.transcription import transcribe
from e2e_linker.browser.transcripts import Transcript
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence import traffic
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import url_as_sent

__all__ = ["Requests"]

_WORKERS = 6
_LOOP_AFTER = 20
"""Documents of one address that mean a circle: browsers give up a chain of redirects at 20, too."""


class Requests:
    """The requests of one walk, numbered from 1 in the order they began."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        windows: Windows,
        arrivals: Arrivals,
        devtools: DevTools,
        registry: SecretRegistry,
    ) -> None:
        self._clock = clock
        self._windows = windows
        self._arrivals = arrivals
        self._devtools = devtools
        self._registry = registry
        self._workers: list[asyncio.Task[None]] = []
        self._entries: list[Transcript] = []
        self._by_request: dict[Request, Transcript] = {}
        self._handlers = Handler.each(
            request=self._began, response=self._answered, requestfinished=self._finished, requestfailed=self._failed
        )
        # Documents first: where time runs out, the way the login took is complete.
        self._ended: asyncio.PriorityQueue[tuple[bool, int, Transcript]] = asyncio.PriorityQueue()
        self._written = 0
        self._visits: Counter[str] = Counter()
        self._changed_at = clock()
        self._under_way = 0
        self.failure: NavigationFailure | None = None
        """The last navigation of the current window, where it failed for good."""
        self.stuck = asyncio.Event()
        """Set when :attr:`failure` is."""
        self.refused = asyncio.Event()
        """Set when the proxy has refused a request to Alexa, so that nothing more is to come of it."""

    def listen(self, context: BrowserContext) -> None:
        """Listen to all requests of ``context``, whichever page or worker they come from."""
        for event, handler in self._handlers.items():
            context.on(event, handler)
        self._workers = [asyncio.create_task(self._work()) for _ in range(_WORKERS)]

    def ignore(self, context: BrowserContext) -> None:
        """Stop listening; what has ended is still written down."""
        for event, handler in self._handlers.items():
            context.remove_listener(event, handler)

    def abandon(self) -> None:
        """Stop writing down."""
        for worker in self._workers:
            worker.cancel()

    async def written(self, within_s: float) -> None:
        """Wait until every request that ended is written down, or until ``within_s`` seconds bring nothing new."""
        before = -1
        while before < self._written:
            before = self._written
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._ended.join()
                    return

    async def quiet(self, for_s: float, within_s: float) -> bool:
        """Wait until nothing was under way for ``for_s`` seconds; False where that did not come ``within_s``.

        A page that polls or holds a connection open is never quiet.
        """
        end = self._clock() + within_s
        while True:
            now = self._clock()
            rest = self._changed_at + for_s - now if self._under_way == 0 else for_s
            if rest <= 0:
                return True
            if now >= end:
                return False
            await asyncio.sleep(max(min(rest, end - now), 0.005))

    def only_redirected(self) -> bool:
        """Whether all arrivals came by a server's redirect of a page, and nothing is under way to lead to another."""
        leading = {"document", "fetch", "xhr"}
        return all(
            # A script whose request was redirected hears that it failed, and may go on.
            (entry.redirected_from is not None and entry.resource_type == "document")
            if self._arrivals.has(entry.n)
            else entry.ended
            for entry in self._entries
            if entry.resource_type in leading
        )

    def records(self) -> tuple[traffic.Request, ...]:
        """Every request, the ended ones in full, the others as far as they are known."""
        return tuple(entry.record or entry.sketch(self._devtools) for entry in self._entries)

    def addresses(self) -> list[str]:
        """Every address that was asked over HTTP, each once."""
        return list(dict.fromkeys(entry.url for entry in self._entries if entry.url.startswith("http")))

    def missing(self) -> int:
        """How many requests that ended could not be written down in full."""
        return sum(entry.ended and entry.record is None for entry in self._entries)

    def unanswered(self) -> int:
        """How many requests have not ended."""
        return sum(not entry.ended for entry in self._entries)

    def pending(self) -> Pending | None:
        """The oldest document that has not come yet, or None."""
        entry = next((entry for entry in self._entries if entry.leads and not entry.ended), None)
        if entry is None:
            return None
        redirects, step = 0, entry
        while step.redirected_from:
            redirects, step = redirects + 1, self._entries[step.redirected_from - 1]
        return Pending(entry.url, entry.status is not None, redirects, entry.at)

    def last(self, *, answered: bool = False) -> Led | None:
        """Where the windows were led last, of what was ``answered`` only; None before the first document."""
        for one in reversed(self._entries):
            if one.leads and (one.status is not None or not answered):
                return Led(one.url, self._source(one), one.status, one.challenge, one.guard, one.headers, one.failure)
        return None

    def _began(self, request: Request) -> None:
        if self._windows.is_foreign(request):
            return
        previous = self._by_request.get(request.redirected_from) if request.redirected_from else None
        entry = Transcript(n=len(self._entries) + 1, at=self._clock(), request=request, redirected_from=previous)
        self._entries.append(entry)
        self._by_request[request] = entry
        self._under_way += 1
        self._changed_at = entry.at
        page = page_of(request)
        entry.place(self._windows)
        self._registry.register_url(request.url)
        if entry.n >= MOST_REQUESTS and page is not None and not self.stuck.is_set():
            self._stop(NavigationFailure(page.url, FLOOD, page))
        if self._arrivals.is_one(request):
            self._arrivals.add(request, n=entry.n, window=self._windows.number_of(page), main_frame=entry.main_frame)

    def _answered(self, response: Response) -> None:
        if (entry := self._by_request.get(response.request)) is None:
            return
        if (own := response.headers.get("proxy-status", "")).startswith(PROXY_STATUS):
            # Our own word for a plain http:// address that cannot be reached, or must not be: no server said that.
            entry.unanswered, entry.failure = True, own.partition('details="')[2].rstrip('"')
            return
        entry.answered(response)

    def _finished(self, request: Request) -> None:
        if (entry := self._by_request.get(request)) is None:
            return
        if entry.unanswered:
            self._lost(entry)
            return
        if entry.status is None and request.existing_response is not None:
            entry.status = request.existing_response.status
        self._end(entry)
        if entry.leads and entry.status is not None and not 300 <= entry.status < 400:
            self._visit(entry)

    def _visit(self, entry: Transcript) -> None:
        """Count the documents of one path; nobody who mistypes a password comes back so often."""
        path = url_as_sent(entry.url).partition("?")[0]
        self._visits[path] += 1
        if self._visits[path] >= _LOOP_AFTER:
            self._stop(self._failure_of(entry, "the same document again and again", visits=_LOOP_AFTER))

    def _failed(self, request: Request) -> None:
        if (entry := self._by_request.get(request)) is not None:
            entry.failure = entry.failure or navigations.what_failed(request.failure, entry.status)
            self._lost(entry)

    def _lost(self, entry: Transcript) -> None:
        self._end(entry)
        if self._arrivals.has(entry.n):
            self.refused.set()
        elif entry.leads and entry.failure and not leaves_page(entry.failure):
            self._stop(self._failure_of(entry, entry.failure))

    def _failure_of(self, entry: Transcript, text: str, *, visits: int = 0) -> NavigationFailure:
        page = page_of(entry.request)
        return NavigationFailure(entry.url, text, page, source=self._source(entry), status=entry.status, visits=visits)

    def _source(self, entry: Transcript) -> str | None:
        return self._entries[entry.redirected_from - 1].url if entry.redirected_from else None

    def _stop(self, failure: NavigationFailure) -> None:
        if failure.page is None or failure.page is self._windows.current():
            self.failure = failure
            self.stuck.set()

    def _end(self, entry: Transcript) -> None:
        if entry.ended:
            return
        entry.ended = True
        self._under_way -= 1
        self._changed_at = self._clock()
        # The request a redirect leads to asks for the one it came from; everything else is done with.
        if entry.status is None or not 300 <= entry.status < 400:
            self._by_request.pop(entry.request, None)
        self._ended.put_nowait((not entry.navigation, entry.n, entry))

    async def _work(self) -> None:
        while True:
            *_, entry = await self._ended.get()
            try:
                entry.place(self._windows)
                entry.record = await transcribe(entry, self._devtools, self._registry)
                entry.release()
                self._written += 1
            except (Error, TimeoutError, ValueError):
                continue
            finally:
                self._ended.task_done()
