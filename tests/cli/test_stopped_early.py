"""Ctrl-C and SIGTERM while the program is still being loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

STOPPED = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "e2e_linker.cli.app":
            os.kill(os.getpid(), signal.{signal})

# As in a terminal, also where whoever started the tests ignores it, as shells do for what runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
from e2e_linker.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_it_ends_without_a_traceback(signal):
    words = [sys.executable, "-c", STOPPED.format(signal=signal), "rules"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
