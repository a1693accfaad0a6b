"""The windows of a walk: how they are numbered, who opened them, which one the customer looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass, field

from playwright.async_api import Error, Frame, Page, Request

from e2e_linker.browser.background import Background
from e2e_linker.browser.loading import Loading
from e2e_linker.evidence.page import BROWSERS_OWN, Window

__all__ = ["Windows"]

_OPENER_LOOK_S = 5.0
_ANNOUNCED_S = 1.0
"""Seconds after which a busy machine may tell of a new window; the one that opened it has moved on meanwhile."""
_BETWEEN_S = 1.0
"""Seconds within which a window that closes itself may have been followed by another one."""
_FLOOD = 20
"""Windows of one walk that nobody asked for any more: a person opens one or two."""

_HAS_TARGETED_LINK = """url => {
  const bare = address => {
    try { const u = new URL(address, document.baseURI); return u.origin + u.pathname } catch { return null }
  }
  return [...document.querySelectorAll('a[target],area[target],form[target]')].some(element =>
    !['', '_self', '_top', '_parent'].includes(element.target.toLowerCase()) &&
    bare(element.href ?? element.getAttribute('action') ?? '') === bare(url))
}"""


@dataclass(slots=True)
class _Seen:
    n: int
    at: float
    page: Page
    url: str
    opener: int | None = None
    asked_by: str | None = None
    closed_at: float | None = None
    moved_at: float = 0.0
    """When it last went to another address."""
    left: bool = False
    """Whether it was given up for the window that opened it."""
    addressed: asyncio.Event = field(default_factory=asyncio.Event)


class Windows:
    """The pages of one walk in the order they opened. Number 0 is the one the login was opened in."""

    def __init__(
        self,
        clock: Callable[[], float],
        background: Background,
        foreign: frozenset[Page] = frozenset(),
        retired: Set[Page] = frozenset(),
    ) -> None:
        """``foreign`` are somebody else's pages in the same context, ``retired`` those of earlier walks up to now."""
        self._clock = clock
        self._foreign = foreign
        self._retired = retired
        self._background = background
        self._seen: dict[Page, _Seen] = {}
        self._frames: dict[Frame, int] = {}
        self.crashed = asyncio.Event()
        """Set when the current window's page has crashed."""
        self.flooded = asyncio.Event()
        """Set when windows have opened without end."""
        self.emptied = asyncio.Event()
        """Set when the last window that was open has closed."""
        self.changed = asyncio.Event()
        """Set whenever a window opened, closed or navigated. Whoever waits for it clears it."""
        self.said: list[str] = []
        """What the dialogs of the windows said, in order."""
        self.loading = Loading()
        """What the windows wait for; whoever records the walk has it listen."""

    def opened(self, page: Page) -> None:
        """Number ``page`` and watch it close, crash and say who opened it."""
        if page in self._seen:
            return
        seen = _Seen(n=len(self._seen), at=self._clock(), page=page, url=page.url)
        self._seen[page] = seen
        if len(self._seen) >= _FLOOD:
            self.flooded.set()
        self.frame_number(page.main_frame)
        self.changed.set()
        page.on("framenavigated", self._navigated)
        page.on("close", self._closed)
        page.on("crash", self._page_crashed)
        if seen.n > 0:
            if not _blank(page.url):
                seen.addressed.set()
            self._background.start(self._find_opener(seen))

    def saw_navigation(self, page: Page, url: str) -> None:
        """Take ``url`` as the address ``page`` was opened for, where it began blank."""
        seen = self._seen.get(page)
        if seen is not None and _blank(seen.url):
            seen.url = url
            seen.addressed.set()

    def is_foreign(self, source: Page | Request | None) -> bool:
        """Whether ``source``, a page or a request, is none of the walk's: it is nobody's business then."""
        if not (self._foreign or self._retired):
            return False
        if isinstance(source, Request):
            if source.service_worker is not None:
                return bool(self._foreign)
            try:
                source = source.frame.page
            except Error:
                # The first request of a new window comes before its page does.
                return not self._seen
        return not self._seen or source in self._foreign or source in self._retired

    def is_somebody_elses(self, page: Page | None) -> bool:
        """Whether ``page`` was in the context before any of ours: nothing is done to it."""
        return page in self._foreign

    def number_of(self, page: Page | None) -> int:
        """The number of ``page``; of a page that was never announced, the current window's."""
        seen = self._seen.get(page) if page is not None else None
        return seen.n if seen is not None else max(len(self._seen) - 1, 0)

    def frame_number(self, frame: Frame) -> int:
        """The number of ``frame``; frames are numbered as they appear."""
        return self._frames.setdefault(frame, len(self._frames))

    def current(self) -> Page:
        """The newest window that is still open and was not left, or the first where there is none."""
        seen = reversed(self._seen.values())
        return next((each.page for each in seen if not (each.left or each.page.is_closed())), next(iter(self._seen)))

    def turn_back(self) -> bool:
        """Leave the newest window for the one that opened it, where that has moved on since; False where not.

        Where nobody knows who opened it, for any that has moved on since.
        """
        newest = self._seen[self.current()]
        opened = max(newest.at - _ANNOUNCED_S, 0.0)
        moved = [each for each in self._seen.values() if each.n < newest.n and each.moved_at > opened]
        back = next((each for each in reversed(moved) if newest.opener in {None, each.n}), None)
        if back is None or back.left or back.page.is_closed():
            return False
        for each in self._seen.values():
            each.left = each.left or each.n > back.n
        return True

    def return_to(self, page: Page) -> None:
        """Go back to a window that was left."""
        self._seen[page].left = False

    def pages(self) -> tuple[Page, ...]:
        """Every window that is still open, oldest first."""
        return tuple(page for page in self._seen if not page.is_closed())

    async def all_closed(self) -> None:
        """Wait until every window has been closed, and no other one came."""
        while True:
            await self.emptied.wait()
            await asyncio.sleep(_BETWEEN_S)
            if not self.pages():
                return
            self.emptied.clear()

    def records(self) -> tuple[Window, ...]:
        """The windows as evidence."""
        return tuple(
            Window(
                n=seen.n,
                at=seen.at,
                url=next((url for url in (seen.url, seen.page.url) if not _blank(url)), "about:blank"),
                opener=seen.opener,
                closed_at=seen.closed_at,
                asked_by=seen.asked_by,
            )
            for seen in self._seen.values()
        )

    def forget(self) -> None:
        """Stop watching."""
        for page in self._seen:
            page.remove_listener("framenavigated", self._navigated)
            page.remove_listener("close", self._closed)
            page.remove_listener("crash", self._page_crashed)

    def _closed(self, page: Page) -> None:
        self._seen[page].closed_at = self._clock()
        self.changed.set()
        if not self.pages():
            self.emptied.set()

    def _navigated(self, frame: Frame) -> None:
        if frame.parent_frame is None:
            self._seen[frame.page].moved_at = self._clock()
        self.changed.set()

    def _page_crashed(self, page: Page) -> None:
        if page is self.current():
            self.crashed.set()

    async def _find_opener(self, seen: _Seen) -> None:
        opener = await seen.page.opener()
        if opener is None and len(self._seen) == 2:
            # An engine names no opener for rel=noopener; with two windows it can only have been the other one.
            opener = next(iter(self._seen))
        if opener is None or opener not in self._seen:
            return
        seen.opener = self._seen[opener].n
        try:
            async with asyncio.timeout(_OPENER_LOOK_S):
                seen.asked_by = await self._asked_by(seen, opener)
        except (Error, TimeoutError):
            seen.asked_by = None

    async def _asked_by(self, seen: _Seen, opener: Page) -> str | None:
        """A script keeps a hold on the window it opens; a link does so only on request (HTML, section 7.1.5.1)."""
        if await seen.page.evaluate("() => window.opener !== null"):
            return "window.open"
        await seen.addressed.wait()
        return "target=_blank" if await opener.evaluate(_HAS_TARGETED_LINK, seen.url) else None


def _blank(url: str) -> bool:
    """Whether ``url`` is that of an empty window, or of what the engine itself shows where a page did not come."""
    return url in {"", "about:blank", ":"} or url.startswith(BROWSERS_OWN)
