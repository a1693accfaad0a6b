"""Carrying a run out on the terminal: progress on stderr, the outcome on stdout, the exit code at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from e2e_linker.cli.progress import progress
from e2e_linker.cli.summary import print_summary
from e2e_linker.errors import EngineMissing, ExitCode, LinkerError

if TYPE_CHECKING:
    from e2e_linker.config.load import LoadedConfig
    from e2e_linker.report.model import RunReport
    from e2e_linker.run.options import RunOptions

__all__ = ["finish", "report_outcome", "require_config", "run_interruptibly", "told_unwritten"]

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
    watch = Watch(ask=asking()) if options.pause_on_error else None
    with told_unwritten(as_json=as_json), progress() as listener:
        report, folder = run_interruptibly(run_linking(loaded, options, listener, watch=watch))
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
    """Run ``work``; Ctrl-C and SIGTERM cancel it once, so that it can write down what it has.

    Work that has nothing to write just ends, and the process with it. A terminal sends Ctrl-C to the browser's driver,
    too: what then breaks because that is gone is the interruption, and no defect.
    """
    stopped = threading.Event()
    try:
        return asyncio.run(_watched(work, stopped))
    except asyncio.CancelledError:
        _leave_interrupted()
    except EngineMissing:
        if not stopped.is_set():
            raise
        _leave_interrupted()
    except LinkerError:
        raise
    except Exception:
        if not stopped.is_set():
            raise
        if os.environ.get("E2E_LINKER_DEBUG"):
            traceback.print_exc()
        _leave_interrupted()


def _leave_interrupted() -> NoReturn:
    typer.echo("interrupted", err=True)
    raise typer.Exit(int(ExitCode.INTERRUPTED)) from None


async def _watched(work: Coroutine[Any, Any, T], stopped: threading.Event) -> T:
    task = asyncio.ensure_future(work)

    def stop() -> None:
        stopped.set()
        task.cancel()

    if sys.platform != "win32":
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
    return await task
