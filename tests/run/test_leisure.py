"""Garbage is collected less often and threads give way sooner while a run goes on, and all is as before afterwards."""

from __future__ import annotations

import asyncio
import gc
import sys

import pytest

from e2e_linker.run.leisure import undisturbed


@pytest.fixture(autouse=True)
def as_before():
    before, turn_s = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.set_threshold(*before)
    sys.setswitchinterval(turn_s)


@pytest.mark.parametrize(("own", "meanwhile"), [(700, 20_000), (50_000, 50_000), (0, 0)])
def test_collecting_gets_rarer_and_never_more_frequent(own: int, meanwhile: int) -> None:
    gc.set_threshold(own, 10, 10)
    with undisturbed():
        assert gc.get_threshold() == (meanwhile, 10, 10)
    assert gc.get_threshold() == (own, 10, 10)


async def test_what_a_run_leaves_behind_is_gone_through_once_its_report_is_there() -> None:
    gc.set_threshold(700, 10, 10)
    with undisturbed():
        pass
    assert gc.get_threshold() == (20_000, 10, 10)
    await asyncio.sleep(0)
    assert gc.get_threshold() == (700, 10, 10)


async def test_a_run_that_follows_at_once_is_as_undisturbed_as_the_first() -> None:
    gc.set_threshold(700, 10, 10)
    with undisturbed():
        pass
    with undisturbed():
        await asyncio.sleep(0)
        assert gc.get_threshold() == (20_000, 10, 10)
        with undisturbed():
            pass
        await asyncio.sleep(0)
        assert gc.get_threshold() == (20_000, 10, 10)
    await asyncio.sleep(0)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize(("own_s", "meanwhile_s"), [(0.005, 0.0005), (0.0001, 0.0001)])
def test_a_thread_that_computes_gives_way_sooner_and_never_later(own_s: float, meanwhile_s: float) -> None:
    sys.setswitchinterval(own_s)
    with undisturbed():
        assert sys.getswitchinterval() == pytest.approx(meanwhile_s, abs=2e-6)
    assert sys.getswitchinterval() == pytest.approx(own_s, abs=2e-6)


def test_a_run_that_breaks_leaves_no_trace() -> None:
    gc.set_threshold(700, 10, 10)
    turn_s = sys.getswitchinterval()
    with pytest.raises(RuntimeError), undisturbed():
        raise RuntimeError
    assert gc.get_threshold() == (700, 10, 10)
    assert sys.getswitchinterval() == turn_s


def test_runs_that_overlap_leave_no_trace_whichever_ends_first() -> None:
    gc.set_threshold(700, 10, 10)
    turn_s = sys.getswitchinterval()
    first, second = undisturbed(), undisturbed()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == (20_000, 10, 10)
    assert sys.getswitchinterval() < turn_s
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)
    assert sys.getswitchinterval() == turn_s
