"""A reader that has seen enough (``| head``) ends the program without a word, as it does any other tool."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no such device")
@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", [("rules", "--json"), ("--help",)], ids=" ".join)
def test_a_full_disk_behind_stdout_is_no_defect(arguments, buffered, tmp_path):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "e2e_linker", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONUNBUFFERED": buffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: stdout, or a temporary file: cannot write this: No space left on device\n")
    assert "itself failed" not in done.stderr
