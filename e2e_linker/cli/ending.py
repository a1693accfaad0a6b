"""How the process ends: every error becomes one message and one exit code, never a traceback."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from e2e_linker.errors import ExitCode, LinkerError

__all__ = ["run_and_exit"]

_READER_GONE = 128 + 13
"""What a shell shows for a program that SIGPIPE ended. Not 0: nobody has read the outcome."""
_TAKES_NOTHING = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}


def run_and_exit(program: Callable[[], Any], *, debug: bool = False) -> NoReturn:
    """Call ``program`` and exit. With ``debug`` (``E2E_LINKER_DEBUG=1``) defects show where they come from."""
    if not debug:
        # What a browser that died leaves behind on the loop is told as the ending of its cases, not as tracebacks.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        program()
    except LinkerError as error:
        _say(f"error: {error}")
        sys.exit(int(error.exit_code))
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(int(ExitCode.INTERRUPTED))
    except SystemExit as ended:
        # Both click and rich make an ordinary exit with code 1 of it.
        if isinstance(ended.__context__, BrokenPipeError):
            _leave_unread()
        raise
    except BrokenPipeError:
        _leave_unread()
    except Exception as raised:
        if debug:
            raise
        cause: BaseException = raised
        while isinstance(cause, BaseExceptionGroup) and len(cause.exceptions) == 1:
            (cause,) = cause.exceptions
        if isinstance(cause, OSError):
            _leave_where_nothing_is_taken(cause)
        if type(cause).__name__ == "SchemaError" and "KeyboardInterrupt" in str(cause):
            # All that pydantic leaves of a Ctrl-C that came while the models were loaded.
            _say("interrupted")
            sys.exit(int(ExitCode.INTERRUPTED))
        _say(f"error: e2e-linker itself failed: {type(cause).__name__}: {cause}")
        _say("  try: E2E_LINKER_DEBUG=1 shows where; please report it with the command you ran")
        sys.exit(int(ExitCode.INTERNAL))
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_unread()
    except OSError as error:
        _leave_where_nothing_is_taken(error)
    sys.exit(int(ExitCode.OK))


def _leave_unread() -> NoReturn:
    """End because the reader of our output went away (``| head``), as any other tool does: without a word."""
    _forget_unwritten()
    sys.exit(_READER_GONE)


def _forget_unwritten() -> None:
    """What is still buffered would be written at the end of the process, and complained about."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave_where_nothing_is_taken(error: OSError) -> None:
    """End where a disk is full or a terminal is gone, which is no defect. Anything else is left to the caller."""
    if error.errno not in _TAKES_NOTHING:
        return
    # Only what was opened by name says its name.
    where = error.filename or "stdout, or a temporary file"
    _say(f"error: {where}: cannot write this: {error.strerror}")
    _say("  try: free space there, or write elsewhere; TMPDIR names another folder for temporary files")
    with suppress(OSError):
        sys.stdout.flush()
    _forget_unwritten()
    sys.exit(int(ExitCode.USAGE))


def _say(text: str) -> None:
    with suppress(OSError):  # a terminal that is gone, a disk that is full
        print(text, file=sys.stderr)
