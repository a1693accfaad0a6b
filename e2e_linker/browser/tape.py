"""Playwright's own trace and video of a case, for as long as its device is open.

A trace holds everything that was typed, sent and received. It is made in a folder that only this user may read, and
kept only once every secret in it has been hidden; see :mod:`e2e_linker.browser.scrubbing`. Its pictures are not
recorded: nothing could be hidden in them. A video cannot be searched either; in it a password is dots, but the user
name and one-time codes can be read.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Error

from e2e_linker.browser.scrubbing import scrubbed_trace
from e2e_linker.errors import InternalError
from e2e_linker.evidence.files import storage_error
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["Tape", "Taping"]

_STOP_S = 15.0


@dataclass(frozen=True, slots=True)
class Taping:
    """What is recorded of every case, and where it is kept."""

    folder: Path
    """Gets ``<name>.trace.zip``, and ``<name>.webm`` or ``<name>.<n>.webm`` for each page."""
    trace: bool = False
    video: bool = False


class Tape:
    """Records one browser context. An async context manager around the life of the device.

    ``registry`` knows the secrets to hide; ``tell`` is given a sentence where something could not be recorded.
    """

    def __init__(self, taping: Taping, name: str, registry: SecretRegistry, tell: Callable[[str], None]) -> None:
        self._taping = taping
        self._name = name
        self._registry = registry
        self._tell = tell
        self._raw = Path(tempfile.mkdtemp(prefix="e2e-linker-tape-"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what was recorded, without secrets."""
        try:
            await asyncio.to_thread(self._keep)
        finally:
            shutil.rmtree(self._raw, ignore_errors=True)

    async def context_options(self, browser: Browser) -> dict[str, Any]:
        """What ``Browser.new_context`` is told besides. Videos need a program of Playwright's that may be missing."""
        if not self._taping.video:
            return {}
        options = {"record_video_dir": str(self._raw / "trial")}
        context = await browser.new_context(**options)  # type: ignore[arg-type]
        try:
            await context.new_page()
        except Error:
            self._tell("no video: Playwright's ffmpeg is missing; `playwright install ffmpeg` fetches it")
            return {}
        finally:
            await context.close()
        return {"record_video_dir": str(self._raw / "video")}

    async def start(self, context: BrowserContext) -> None:
        """Begin to trace ``context``."""
        if self._taping.trace:
            await context.tracing.start(title=self._name, screenshots=False, snapshots=True, sources=False)

    async def stop(self, context: BrowserContext) -> None:
        """End the trace; to be called while ``context`` is still open."""
        if not self._taping.trace:
            return
        try:
            async with asyncio.timeout(_STOP_S):
                await context.tracing.stop(path=self._raw / "trace.zip")
        except (Error, TimeoutError) as error:
            self._tell(f"no trace of {self._name}: {str(error).splitlines()[0] if str(error) else 'it took too long'}")

    def _keep(self) -> None:
        folder, made = self._taping.folder, self._raw / "trace.zip"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if made.exists():
                (folder / f"{self._name}.trace.zip").write_bytes(scrubbed_trace(made, self._registry))
            films = sorted((self._raw / "video").glob("*.webm"), key=lambda film: film.stat().st_mtime)
            for n, film in enumerate(films, 1):
                number = f".{n}" if len(films) > 1 else ""
                shutil.move(film, folder / f"{self._name}{number}.webm")
        except InternalError as error:
            self._tell(f"no trace of {self._name}: {error.message}")
        except OSError as error:
            raise storage_error(error, folder) from error
