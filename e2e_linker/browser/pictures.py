"""What the person saw: a digest of the page and a small picture for every step of the login.

A picture never shows what was typed: while it is taken, the text of filled fields is transparent. Where the page itself
shows a registered secret, there is no picture.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Error, Frame, Page

from e2e_linker.browser.digest import digest
from e2e_linker.browser.windows import Windows
from e2e_linker.evidence.page import DomDigest, Picture, Screen
from e2e_linker.evidence.parts import Failed, NotCollected, Part, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.model import slug

__all__ = ["PictureSink", "Screens"]

PictureSink = Callable[[bytes, str], str]
"""Keeps a picture under a suggested file name and returns its path relative to the run folder."""

_ATTEMPTS = 2
_ATTEMPT_S = 2.0
_QUALITY = 60

_HIDE_TYPED = """
input:not(:placeholder-shown, [type=submit], [type=button], [type=reset], [type=image]),
textarea:not(:placeholder-shown), [contenteditable]:not([contenteditable=false]) {
  color: transparent !important; -webkit-text-fill-color: transparent !important; text-shadow: none !important;
}"""


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
    ) -> None:
        self._clock = clock
        self._windows = windows
        self._registry = registry
        self._name = name
        self._sink = sink
        self._taken: list[_Taken] = []
        self._under_way: asyncio.Task[None] | None = None

    async def take(self, page: Page, label: str) -> None:
        """Keep what ``page`` shows now under ``label``. Never raises for anything the page does.

        Comes back with the digest; the picture is finished while the login goes on. It is there before a click can
        take effect, since a click waits until its target has stood still for two frames; where a page is faster than
        that by itself, the picture says that it was too late.
        """
        window, early = self._windows.number_of(page), Failed(error="the walk ended before the page had been looked at")
        taken = _Taken(len(self._taken), self._clock(), label, window, page.url, early, early)
        self._taken.append(taken)
        if self._sink is None:
            taken.picture = NotCollected(reason="no pictures were asked for")
            taken.digest = _storable(await digest(page))
            return
        await self.finish()
        shot = asyncio.create_task(_photograph(page))
        try:
            taken.digest = _storable(await digest(page))
        except BaseException:
            shot.cancel()
            raise
        self._under_way = asyncio.create_task(self._keep(taken, shot, self._sink))

    async def finish(self) -> None:
        """Wait for a picture that is still being taken."""
        if self._under_way is not None:
            await self._under_way

    def abandon(self) -> None:
        """Give up a picture that is still being taken."""
        if self._under_way is not None:
            self._under_way.cancel()

    def records(self) -> tuple[Screen, ...]:
        """The screens as evidence."""
        return tuple(taken.record() for taken in self._taken)

    async def _keep(self, taken: _Taken, shooting: asyncio.Task[bytes | Failed], sink: PictureSink) -> None:
        try:
            shot = await shooting
        finally:
            shooting.cancel()
        taken.picture = shot if isinstance(shot, Failed) else self._kept(taken, shot, sink)

    def _kept(self, taken: _Taken, shot: bytes, sink: PictureSink) -> Part[Picture]:
        if not isinstance(taken.digest, Present):
            return Failed(error="withheld: the page could not be searched for secrets")
        seen = taken.digest.value
        if self._registry.find("\n".join((seen.title, seen.text, *seen.headings, *seen.alerts))):
            return Failed(error="withheld: the page shows a secret")
        width, height = _dimensions(shot)
        path = sink(shot, f"{self._name}-{taken.n:02}-{slug(taken.label)}.jpg")
        return Present(value=Picture(path=path, width=width, height=height, sha256=hashlib.sha256(shot).hexdigest()))


def _storable(seen: Part[DomDigest]) -> Part[DomDigest]:
    """``seen``, with half surrogate pairs replaced: a script may write them into a page, no file may hold them."""
    if not isinstance(seen, Present):
        return seen
    try:
        seen.value.model_dump_json()
    except ValueError:
        told = json.dumps(seen.value.model_dump(mode="python"), ensure_ascii=False)
        return Present(value=DomDigest.model_validate_json(told.encode("utf-8", "replace")))
    return seen


async def _photograph(page: Page) -> bytes | Failed:
    """A JPEG of what is visible, one pixel for each CSS pixel; tried once more where the engine could not."""
    moved = False

    def navigated(frame: Frame) -> None:
        nonlocal moved
        moved = moved or frame is page.main_frame

    error = ""
    page.on("framenavigated", navigated)
    try:
        for _ in range(_ATTEMPTS):
            try:
                shot = await page.screenshot(
                    type="jpeg", quality=_QUALITY, scale="css", style=_HIDE_TYPED, timeout=_ATTEMPT_S * 1000
                )
            except Error as raised:
                error = raised.message.splitlines()[0]
                if page.is_closed():
                    break
            else:
                return Failed(error="the page moved on while its picture was taken") if moved else shot
    finally:
        page.remove_listener("framenavigated", navigated)
    return Failed(error=error)


def _dimensions(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the frame header (ITU-T T.81, B.2.2); 0 and 0 for what is no JPEG."""
    place = 2
    while place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        if 0xC0 <= jpeg[place + 1] <= 0xC3:
            return int.from_bytes(jpeg[place + 7 : place + 9]), int.from_bytes(jpeg[place + 5 : place + 7])
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4])
    return 0, 0
