"""A reader that has seen enough (``| head``) ends the program without a word, as it does any other tool."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "arguments", [("rules",), ("rules", "--json"), ("--help",), ("explain", "redir-state-unchanged")], ids=" ".join
)
def test_nothing_is_said_to_a_reader_that_left(arguments, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "e2e_linker", *arguments],
            cwd=tmp_path,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
