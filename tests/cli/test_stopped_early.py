"""Ctrl-C, SIGTERM and SIGHUP while the program is still being loaded, or its browser started."""

from __future__ import annotations

import os
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
@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_ends_without_a_traceback(signal):
    words = [sys.executable, "-c", STOPPED.format(signal=signal), "rules"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


STARTING = """
import asyncio, os, signal, sys, typer
from e2e_linker.cli.ending import run_and_exit
from e2e_linker.cli.outcome import run_interruptibly
from e2e_linker.errors import EngineMissing, StoreError

async def work():
    if {signal!r}:
        os.kill(os.getpid(), getattr(signal, {signal!r}))
    try:
        await asyncio.sleep(60 if {signal!r} else 0)
    except asyncio.CancelledError:
        pass
    raise {error}

signal.signal(signal.SIGINT, signal.default_int_handler)
app = typer.Typer()
app.command()(lambda: run_interruptibly(work()))
run_and_exit(app)
"""
DRIVER_GONE = 'Exception("Connection closed while reading from the driver")'


def ended(signal, error):
    words = [sys.executable, "-c", STARTING.format(signal=signal, error=error)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("error", [DRIVER_GONE, 'ExceptionGroup("", [OSError()])', 'EngineMissing("chromium is gone")'])
def test_what_breaks_because_the_driver_was_stopped_too_is_no_defect(signal, error):
    done = ended(signal, error)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


INSISTED = """
import asyncio, os, signal, sys, typer
from pathlib import Path
from e2e_linker.cli.ending import run_and_exit
from e2e_linker.cli.outcome import run_shown
from e2e_linker.run.events import RunStarted

async def work(listener):
    listener(RunStarted("run", Path(sys.argv[1]), ("phone-na",)))
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)
app = typer.Typer()
app.command()(lambda folder: run_shown(work, as_json=False))
run_and_exit(app)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals, and no such terminals")
@pytest.mark.parametrize("written", [True, False])
def test_where_the_report_is_stands_on_the_terminal_that_insisted_on_an_end(tmp_path, written):
    folder = tmp_path / "my runs"
    folder.mkdir()
    if written:
        (folder / "report.html").touch()
    ours, theirs = os.openpty()
    try:
        words = [sys.executable, "-c", INSISTED, str(folder)]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=False)
        said = os.read(ours, 65_536).decode()
    finally:
        os.close(theirs)
        os.close(ours)
    where = f"report: {folder}/report.html" if written else f"no report; `e2e-linker audit '{folder}'` makes one"
    assert (done.returncode, done.stdout) == (130, b"")
    assert said.endswith(f"interrupted\r\n{where}\r\n")


HANGING_UP = """
import asyncio, os, signal
from e2e_linker.cli.outcome import run_interruptibly

async def work():
    os.kill(os.getpid(), signal.SIGHUP)
    await asyncio.sleep(0.05)
    return "done"

signal.signal(signal.SIGHUP, signal.SIG_IGN)
print(run_interruptibly(work()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
def test_what_nohup_started_outlives_its_terminal():
    words = [sys.executable, "-c", HANGING_UP]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_ctrl_c_while_the_models_are_loaded_is_no_defect():
    words = "Error building `literal` serializer:\\n  SchemaError: KeyboardInterrupt: "
    done = ended("", f'__import__("pydantic_core").SchemaError("{words}")')
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize(
    ("signal", "error", "code", "said"),
    [
        ("", 'ValueError("KeyboardInterrupt")', 4, "ValueError: KeyboardInterrupt"),
        ("", DRIVER_GONE, 4, "e2e-linker itself failed"),
        ("", 'EngineMissing("chromium is gone")', 3, "chromium is gone"),
        pytest.param(
            "SIGINT",
            'StoreError("the disk is full")',
            2,
            "the disk is full",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="has no such signals"),
        ),
    ],
)
def test_what_breaks_otherwise_is_told(signal, error, code, said):
    done = ended(signal, error)
    assert done.returncode == code
    assert said in done.stderr
