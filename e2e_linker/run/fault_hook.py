"""Breaking the user's backend and mending it again, to see what the token endpoint says of an outage."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal

from e2e_linker.evidence.token_calls import HookAction
from e2e_linker.run.events import Notice
from e2e_linker.run.prober import Prober, Skip
from e2e_linker.run.resources import Resources
from e2e_linker.service.clock import CallClock

__all__ = ["outage"]

_TIMEOUT_S = 30.0
_LAST_WORDS = 4096
"""Bytes of what a failing command wrote last that are looked at."""


async def outage(at: Prober) -> None:
    """Refresh and redeem while the backend is broken, and refresh again when it is mended.

    It is mended whatever happens in between, also where breaking it failed or the run is stopped.
    """
    held = await at.opened(step=0)
    fresh = await at.link()
    try:
        broken = await _act(at, "break")
        if broken.failure:
            raise Skip(f"the fault hook could not break anything: {broken.failure}")
        await at.refresh(held, 1)
        await at.exchange(fresh, 2)
    finally:
        mended = await _to_the_end(asyncio.ensure_future(_act(at, "mend")))
        if mended.failure:
            at.seat.shared.tell(Notice(f"the fault hook could not mend what it broke: {mended.failure}", "lasting"))
    await at.refresh(held, 3)


async def _to_the_end(work: asyncio.Task[HookAction]) -> HookAction:
    """The outcome of ``work``, which goes on although this task may be cancelled meanwhile."""
    cancelled = None
    while not work.done():
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    return work.result()


async def _act(at: Prober, action: Literal["break", "mend"]) -> HookAction:
    shared = at.seat.shared
    hook = shared.loaded.config.linker.fault_hook
    assert hook is not None
    began, target = datetime.now(UTC), hook.break_ if action == "break" else hook.mend
    if target.lower().startswith(("https://", "http://")):
        failure = await _posted(shared, target)
    else:
        failure = await _commanded(target, shared.loaded.base_dir)
    said = shared.registry.redact(failure) if failure else None
    done = HookAction(action=action, at=began, failure=said)
    at.ledger.hooks.append(done)
    return done


async def _posted(shared: Resources, url: str) -> str | None:
    """POST to ``url``; why that did not work, None where it did."""
    answer = await shared.tokens.wire.send("POST", url, [("Content-Length", "0")], "", CallClock())
    if answer.failure:
        return answer.failure
    return None if answer.status and answer.status < 300 else f"the hook's URL answers {answer.status}"


async def _commanded(command: str, folder: Path) -> str | None:
    """Run ``command`` in ``folder`` without a shell; why that did not work, None where it did.

    Its last words go to a file. A pipe would stay open, and be waited for, as long as a server lives that the command
    started.
    """
    with tempfile.TemporaryFile() as errors:
        try:
            words = shlex.split(command)
            process = await asyncio.create_subprocess_exec(
                *words,
                cwd=folder,
                env=dict(os.environ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        except (OSError, ValueError, TypeError) as error:
            return f"the hook's command cannot be run: {error}"
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            return f"the hook's command did not end within {_TIMEOUT_S:g} s"
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with whatever a script of it waits for
                await process.wait()
        return None if process.returncode == 0 else _ended(process.returncode, errors)


def _ended(code: int | None, errors: IO[bytes]) -> str:
    errors.seek(max(errors.seek(0, os.SEEK_END) - _LAST_WORDS, 0))
    said = errors.read().decode("utf-8", "replace").strip().splitlines()
    return f"the hook's command ended with {code}" + (f": {said[-1]}" if said else "")
