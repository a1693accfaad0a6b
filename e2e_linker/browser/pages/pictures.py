"""What the person saw: a digest of the page and a small picture for every step of the login.

A picture never shows what was typed: while it is taken, the text of filled fields is transparent. The user name, with
which most consent pages greet, is covered; where the page shows any other registered secret, there is no picture. The
code of an error is no secret here.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from playwright.async_api import Frame, Page

from e2e_linker.browser.login.shown_seeds import seeds_on
from e2e_linker.browser.pages.camera import Shot, Tools, jpeg_size, photograph
from e2e_linker.browser.pages.digest import digest
from e2e_linker.browser.pages.pixels import pixels_of
from e2e_linker.browser.pages.shown_secrets import shows_secret
from e2e_linker.browser.windows import Windows
from e2e_linker.errors import LinkerError
from e2e_linker.evidence.page import DomDigest, Picture, Screen
from e2e_linker.evidence.parts import Failed, NotCollected, Part, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import slug

__all__ = ["PictureSink", "Screens"]

PictureSink = Callable[[bytes, str], str]
"""Keeps a picture under a suggested file name and returns its path relative to the run folder."""

_BEHIND = 8
"""Turns of the event loop within which Playwright hands an answer to whoever waits for it."""
_SLIDING_S = 0.7
"""Seconds after which a page that a script slides in mostly stands where it belongs."""
_NAME = "username"
"""The kind of secret under which user names are registered."""


@dataclass(slots=True)
class _Taken:
    n: int
    at: float
    label: str
    window: int
    url: str
    digest: Part[DomDigest]
    picture: Part[Picture]

    def record(self) -> Screen:
        return Screen(
            n=self.n,
            at=self.at,
            label=self.label,
            window=self.window,
            url=self.url,
            digest=self.digest,
            picture=self.picture,
        )


class Screens:
    """The screens of one walk, in order.

    ``name`` begins the suggested file names; without ``sink`` no picture is taken.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        windows: Windows,
        registry: SecretRegistry,
        name: str,
        sink: PictureSink | None,
        tools: Tools,
    ) -> None:
        self._clock = clock
        self._windows = windows
        self._registry = registry
        self._name = name
        self._sink = sink
        self._tools = tools
        self._taken: list[_Taken] = []
        self._under_way: asyncio.Task[None] | None = None

    async def take(self, page: Page, label: str) -> asyncio.Event:
        """Keep what ``page`` shows now under ``label``. Never raises for anything the page does.

        Comes back at once, with the page asked before any later action on it can be, so that the digest is made before
        a field is filled. What it gives is set once the picture is there, or is given up: whatever leads away from the
        page waits for that. Where a page moves on by itself before, the screen says so.
        """
        await self.finish()
        window, early = self._windows.number_of(page), Failed(error="the walk ended before the page had been looked at")
        taken = _Taken(len(self._taken), self._clock(), label, window, page.url, early, early)
        self._taken.append(taken)
        pictured = asyncio.Event()
        self._under_way = asyncio.create_task(self._keep(taken, page, pictured))
        await asyncio.sleep(0)
        return pictured

    async def finish(self) -> None:
        """Wait for a screen that is still being looked at."""
        if self._under_way is not None:
            # Whoever gives up waiting has not given up the screen.
            await asyncio.shield(self._under_way)

    def abandon(self) -> None:
        """Give up a screen that is still being looked at."""
        if self._under_way is not None:
            self._under_way.cancel()

    def records(self) -> tuple[Screen, ...]:
        """The screens as evidence."""
        return tuple(taken.record() for taken in self._taken)

    async def _keep(self, taken: _Taken, page: Page, pictured: asyncio.Event) -> None:
        moves, names = _Moves(page), self._names()
        shooting = (
            asyncio.create_task(self._shot(page, moves, list(names.values()), pictured))
            if self._sink is not None
            else None
        )
        if shooting is None:
            pictured.set()
        else:
            shooting.add_done_callback(lambda _: pictured.set())
        try:
            seen = await digest(page, self._registry.redact)
            if isinstance(seen, Present):
                self._registry.register_all(seeds_on(seen.value))
            taken.digest = Failed(error="the page moved on while it was looked at") if moves.seen else seen
            if shooting is None or self._sink is None:
                taken.picture = NotCollected(reason="no pictures were asked for")
                return
            shot = await shooting
            taken.picture = shot if isinstance(shot, Failed) else await self._kept(taken, shot, names, self._sink)
            if isinstance(seen, Present) and not moves.seen and (not seen.value.styled or _overflows(seen.value)):
                await asyncio.sleep(_SLIDING_S if seen.value.styled else 0)
                again = await digest(page, self._registry.redact)
                if isinstance(again, Present) and not moves.seen and _is_better(again.value, seen.value):
                    taken.digest = again
            if isinstance(taken.picture, Present) and not isinstance(shot, Failed):
                counted = await asyncio.to_thread(pixels_of, shot.jpeg)
                taken.picture = Present(value=taken.picture.value.model_copy(update={"pixels": counted}))
        finally:
            if shooting is not None:
                shooting.cancel()
            moves.forget()

    async def _shot(self, page: Page, moves: _Moves, covered: Sequence[str], pictured: asyncio.Event) -> Shot | Failed:
        shot = await photograph(page, covered, pictured, self._tools)
        return Failed(error="the page moved on while its picture was taken") if moves.seen else shot

    def _names(self) -> dict[str, str]:
        """The user names known by now, by their labels."""
        names: dict[str, str] = {}
        while True:
            label = f"<{_NAME}#{len(names) + 1}>"
            name = self._registry.reveal(label).get_secret_value()
            if name == label:
                return names
            names[label] = name

    async def _kept(self, taken: _Taken, shot: Shot, covered: Collection[str], sink: PictureSink) -> Part[Picture]:
        # A page may show so much text that all other pages of the walk would wait.
        if await asyncio.to_thread(shows_secret, shot.texts, self._registry, covered):
            return Failed(error="withheld: the page shows a secret")
        width, height = jpeg_size(shot.jpeg)
        try:
            path = sink(shot.jpeg, f"{self._name}-{taken.n:02}-{slug(taken.label)}.jpg")
        except (LinkerError, OSError) as error:
            return Failed(error=f"the picture could not be kept: {error}")
        return Present(
            value=Picture(path=path, width=width, height=height, sha256=hashlib.sha256(shot.jpeg).hexdigest())
        )


class _Moves:
    """Whether a page has gone elsewhere since this was made, so that what is seen of it now is another one."""

    def __init__(self, page: Page) -> None:
        self.seen = False
        self._page = page
        page.on("framenavigated", self._navigated)

    def forget(self) -> None:
        """Stop watching."""
        self._page.remove_listener("framenavigated", self._navigated)

    def _navigated(self, frame: Frame) -> None:
        if frame is self._page.main_frame:
            self._note(_BEHIND)

    def _note(self, turns: int) -> None:
        """Fall in behind answers that came before this event, but whose tasks have not had their turn yet."""
        if turns:
            asyncio.get_running_loop().call_soon(self._note, turns - 1)
        else:
            self.seen = True


def _overflows(seen: DomDigest) -> bool:
    return seen.scroll_width > seen.client_width


def _is_better(again: DomDigest, seen: DomDigest) -> bool:
    """Whether a second look tells more of the same page: it has its styles now, or has come to stand on the screen."""
    if not seen.styled:
        return again.styled
    same = (again.url, again.text, len(again.controls)) == (seen.url, seen.text, len(seen.controls))
    return same and not _overflows(again)
