"""The tester is waited for on a terminal, and nowhere else."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from types import SimpleNamespace

import pytest

from e2e_linker.cli import outcome
from e2e_linker.cli.pause import asking
from e2e_linker.run import engine


@pytest.fixture
def master(monkeypatch):
    """The other end of a terminal that is typed into."""
    number, slave = os.openpty()
    try:
        with os.fdopen(slave) as terminal:
            monkeypatch.setattr(sys, "stdin", terminal)
            yield number
    finally:
        os.close(number)


async def ends(waiting):
    async with asyncio.timeout(30):
        await waiting


async def goes_on_waiting(*waiting):
    done, _ = await asyncio.wait(waiting, timeout=0.2)
    return not done


async def test_enter_on_the_terminal_goes_on(master, capsys):
    ask = asking()
    waiting = asyncio.create_task(ask("The form is not there"))
    assert await goes_on_waiting(waiting)
    os.write(master, b"\n")
    await ends(waiting)
    assert capsys.readouterr().err == "The form is not there: press Enter to go on\n"


async def test_enter_answers_the_question_that_stands_there(master, capsys):
    ask = asking()
    first, second = (asyncio.create_task(ask(text)) for text in ("one", "two"))
    assert await goes_on_waiting(first, second)
    assert capsys.readouterr().err == "one: press Enter to go on\n"
    os.write(master, b"\n")
    await ends(first)
    assert await goes_on_waiting(second)
    assert capsys.readouterr().err == "two: press Enter to go on\n"
    os.write(master, b"\n")
    await ends(second)


async def test_a_question_that_was_given_up_takes_no_enter_from_the_next(master):
    ask = asking()
    given_up = asyncio.create_task(ask("one"))
    assert await goes_on_waiting(given_up)
    given_up.cancel()
    await asyncio.wait({given_up})
    waiting = asyncio.create_task(ask("two"))
    assert await goes_on_waiting(waiting)
    os.write(master, b"\n")
    await ends(waiting)


@pytest.mark.parametrize("pause_on_error", [True, False])
@pytest.mark.parametrize("terminal", [True, False])
def test_a_run_can_ask_whoever_sits_at_the_terminal(monkeypatch, master, terminal, pause_on_error):
    watches = []
    if not terminal:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(engine, "run_linking", lambda *_, watch: watches.append(watch))
    monkeypatch.setattr(outcome, "run_shown", lambda run, **_: (None, run(None)))
    monkeypatch.setattr(outcome, "finish", lambda *_, **__: None)
    options = SimpleNamespace(pause_on_error=pause_on_error)
    outcome.report_outcome(None, options, as_json=False, dry_run=False)
    (watch,) = watches
    assert (watch is not None and watch.ask is not None) is terminal
    assert (watch is not None and watch.pause) is pause_on_error


@pytest.mark.parametrize("stdin", [io.StringIO(), None], ids=["pipe", "none"])
def test_nobody_is_asked_without_a_terminal(monkeypatch, stdin):
    monkeypatch.setattr(sys, "stdin", stdin)
    assert asking() is None


async def test_what_is_no_text_is_an_enter_too(master, monkeypatch):
    strict = io.TextIOWrapper(os.fdopen(os.dup(sys.stdin.fileno()), "rb"), "utf-8", "strict")
    with strict:
        monkeypatch.setattr(sys, "stdin", strict)
        ask = asking()
        for typed in (b"\xe9\n", b"\n"):
            waiting = asyncio.create_task(ask("one"))
            assert await goes_on_waiting(waiting)
            os.write(master, typed)
            await ends(waiting)
