"""How the process ends: every error becomes one message and one exit code, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from e2e_linker.errors import ExitCode, LinkerError

__all__ = ["run_and_exit"]


def run_and_exit(program: Callable[[], Any], *, debug: bool = False) -> NoReturn:
    """Call ``program`` and exit. With ``debug`` (``E2E_LINKER_DEBUG=1``) defects show where they come from."""
    try:
        program()
    except LinkerError as error:
        _say(f"error: {error}")
        sys.exit(int(error.exit_code))
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(int(ExitCode.INTERRUPTED))
    except BrokenPipeError:
        # The reader of our output went away (``| head``): nobody is left to tell.
        sys.stderr.close()
        sys.exit(int(ExitCode.OK))
    except Exception as error:
        if debug:
            raise
        _say(f"error: e2e-linker itself failed: {type(error).__name__}: {error}")
        _say("  try: E2E_LINKER_DEBUG=1 shows where; please report it with the command you ran")
        sys.exit(int(ExitCode.INTERNAL))
    sys.exit(int(ExitCode.OK))


def _say(text: str) -> None:
    print(text, file=sys.stderr)
