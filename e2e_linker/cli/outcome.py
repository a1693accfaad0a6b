"""Carrying a run out on the terminal: progress on stderr, the outcome on stdout, the exit code at the end."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from e2e_linker.cli.progress import progress
from e2e_linker.cli.signals import hangup, stopping
from e2e_linker.cli.summary import print_summary, told_in
from e2e_linker.errors import EngineMissing, ExitCode, LinkerError

if TYPE_CHECKING:
    from e2e_linker.config.load import LoadedConfig
    from e2e_linker.report.model import RunReport
    from e2e_linker.run.events import Listener
    from e2e_linker.run.options import RunOptions

__all__ = ["finish", "report_outcome", "require_config", "run_interruptibly", "run_shown", "told_unwritten"]

T = TypeVar("T")


def require_config(path: Path) -> None:
    """Raise :class:`~e2e_linker.errors.UsageError` where there is no configuration file at ``path``."""
    from e2e_linker.errors import UsageError

    if not path.exists():
        raise UsageError(
            "there is no such file",
            where=str(path),
            hint="`e2e-linker init` writes one, --config FILE names another; `e2e-linker demo` (or `make demo` in a "
            "checkout) needs none",
        )


def report_outcome(loaded: LoadedConfig, options: RunOptions, *, as_json: bool, dry_run: bool) -> None:
    """Run (or, with ``dry_run``, only check the configuration), print, and leave with the exit code."""
    from e2e_linker.cli.pause import asking
    from e2e_linker.run.engine import check_configuration, run_linking
    from e2e_linker.run.watching import Watch

    if dry_run:
        finish(run_interruptibly(check_configuration(loaded, options)), None, as_json=as_json)
    ask = asking()
    watch = Watch(pause=options.pause_on_error, ask=ask) if ask or options.pause_on_error else None
    report, folder = run_shown(lambda listener: run_linking(loaded, options, listener, watch=watch), as_json=as_json)
    finish(report, folder, as_json=as_json)


@contextmanager
def told_unwritten(*, as_json: bool) -> Iterator[None]:
    """Print the report of a run whose folder took no more, before the error goes on its way."""
    from e2e_linker.run.late import Unwritten

    try:
        yield
    except Unwritten as error:
        _print(error.report, None, as_json=as_json)
        raise


def finish(report: RunReport, folder: Path | None, *, as_json: bool) -> None:
    """Print ``report`` and exit with its code."""
    _print(report, folder, as_json=as_json)
    raise typer.Exit(report.exit_code)


def _print(report: RunReport, folder: Path | None, *, as_json: bool) -> None:
    if as_json:
        from e2e_linker.report.plain_json import json_of

        typer.echo(json_of(report))
    else:
        print_summary(report, folder)


def run_interruptibly(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work``; Ctrl-C, SIGTERM and a terminal that goes cancel it, so that it can write down what it has.

    Work that has nothing to write just ends, and the process with it. A terminal sends Ctrl-C to the browser's driver,
    too: what then breaks because that is gone is the interruption, and no defect.
    """
    try:
        return _run(work)
    except _Stopped:
        _leave_interrupted(None)


def run_shown(work: Callable[[Listener], Coroutine[Any, Any, T]], *, as_json: bool) -> T:
    """As :func:`run_interruptibly`, what ``work`` makes of a listener that shows how a run goes on.

    What is said of its early end comes when that is no longer shown: a terminal would lose it.
    """
    from e2e_linker.run.events import Event, RunStarted

    begun: list[Path] = []
    try:
        with told_unwritten(as_json=as_json), progress() as listener:

            def listen(event: Event) -> None:
                if isinstance(event, RunStarted):
                    begun.append(event.folder)
                listener(event)

            return _run(work(listen))
    except _Stopped:
        _leave_interrupted(begun[0] if begun else None)


class _Stopped(Exception):  # noqa: N818 - no error
    """The work was stopped, and has not told what it had."""


def _run(work: Coroutine[Any, Any, T]) -> T:
    stopped = threading.Event()
    try:
        return asyncio.run(_watched(work, stopped))
    except asyncio.CancelledError:
        raise _Stopped from None
    except EngineMissing:
        if not stopped.is_set():
            raise
        raise _Stopped from None
    except LinkerError:
        raise
    except Exception:
        if not stopped.is_set():
            raise
        if os.environ.get("E2E_LINKER_DEBUG"):
            traceback.print_exc()
        raise _Stopped from None


def _leave_interrupted(folder: Path | None) -> NoReturn:
    """End, and say where the run in ``folder`` has left its report, or its evidence where it came to none."""
    typer.echo("interrupted", err=True)
    if folder is not None:
        file = told_in(folder)
        audit = shlex.join(("e2e-linker", "audit", str(folder)))
        typer.echo(f"no report; `{audit}` makes one" if file == folder else f"report: {file}", err=True)
    raise typer.Exit(int(ExitCode.INTERRUPTED)) from None


async def _watched(work: Coroutine[Any, Any, T], stopped: threading.Event) -> T:
    task = asyncio.ensure_future(work)

    gone = hangup()

    def stop(number: signal.Signals) -> None:
        # Ctrl-C twice is somebody who insists. A terminal that goes away says so more than once.
        if number != gone or not stopped.is_set():
            stopped.set()
            task.cancel()

    if sys.platform != "win32":
        loop = asyncio.get_running_loop()
        for number in stopping():
            loop.add_signal_handler(number, stop, number)
    return await task
