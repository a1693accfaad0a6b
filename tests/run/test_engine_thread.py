"""An engine beside another program loads what it needs before its threads begin."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.browser

PROGRAM = """
import asyncio, sys, threading
from e2e_linker.run.engine_thread import EngineThread

async def work(browsers):
    return {name for name in sys.modules if name.startswith("e2e_linker.")}

engine = EngineThread()
loaded = engine.call(work)
engine.close()
wanted = {f"e2e_linker.{name}" for name in ("run.conclusion", "run.causes", "run.battery", "audits.state_parameter")}
print(sorted(wanted - loaded))
"""


def test_everything_is_loaded_by_who_asks_for_the_engine():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
