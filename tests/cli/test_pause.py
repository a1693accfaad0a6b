"""The tester is waited for on a terminal, and nowhere else."""

from __future__ import annotations

import asyncio
import io
import os
import sys

import pytest

from e2e_linker.cli.pause import asking


async def test_enter_on_the_terminal_goes_on(monkeypatch, capsys):
    master, slave = os.openpty()
    try:
        with os.fdopen(slave) as terminal:
            monkeypatch.setattr(sys, "stdin", terminal)
            ask = asking()
            waiting = asyncio.create_task(ask("The form is not there"))
            done, _ = await asyncio.wait({waiting}, timeout=0.2)
            assert not done
            os.write(master, b"\n")
            async with asyncio.timeout(30):
                await waiting
    finally:
        os.close(master)
    assert capsys.readouterr().err == "The form is not there: press Enter to go on\n"


@pytest.mark.parametrize("stdin", [io.StringIO(), None], ids=["pipe", "none"])
def test_nobody_is_asked_without_a_terminal(monkeypatch, stdin):
    monkeypatch.setattr(sys, "stdin", stdin)
    assert asking() is None
