"""Ctrl-C in the middle of a link."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")]


def test_what_was_gathered_is_reported_and_no_browser_is_left(suite):
    suite.write(
        test_it="""
def test_first(link_account):
    assert link_account(device="Pixel 7").linked

def test_second(link_account):
    print("NOW", flush=True)
    for _ in range(100):
        link_account(device="Pixel 7")
"""
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-s"],
        cwd=suite.pytester.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has its children ignore the signal.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    )
    watchdog = threading.Timer(200, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if "NOW" in line:
                os.kill(process.pid, signal.SIGINT)
                break
        told += process.stdout.read()
        assert process.wait(60) == pytest.ExitCode.INTERRUPTED, told
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()
    assert "KeyboardInterrupt" in told
    first = next(case for case in suite.report.cases if case.id == "test-it-test-first-na")
    assert first.linked
    with pytest.raises(ProcessLookupError):
        # Whoever the session has started is gone with it.
        os.killpg(process.pid, 0)
