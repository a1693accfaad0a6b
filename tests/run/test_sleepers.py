"""The probes that wait: when they are asleep, when there is room between their calls, and how they are let go."""

from __future__ import annotations

import asyncio

import pytest

from e2e_linker.run.prober import Ledger, Prober, Skip
from e2e_linker.run.sleepers import Sleepers


class Bed:
    """Sleepers that lie down and wake when the test says so."""

    def __init__(self):
        self.ledger = Ledger()
        self.sleepers = Sleepers(self.ledger)
        self.over = asyncio.Event()
        self.alarms, self.nights = {}, {}

    def begin(self, probe):
        self.alarms[probe], self.nights[probe] = asyncio.Event(), asyncio.Event()
        self.sleepers.begin(probe, self._work(probe))

    async def _work(self, probe):
        await self.nights[probe].wait()
        await self.alarms[probe].wait()

    def lie_down(self, probe, for_s):
        """``probe`` falls asleep, to wake in ``for_s`` seconds of the loop's clock."""
        self.ledger.wakes[probe] = asyncio.get_running_loop().time() + for_s
        self.nights[probe].set()
        self.ledger.lain_down.set()

    def wake(self, probe):
        del self.ledger.wakes[probe]
        self.alarms[probe].set()

    async def gap(self, room_s=12.0):
        """A search for a gap that has gone as far as it can without anything new."""
        search = asyncio.create_task(self.sleepers.gap(self.over, room_s))
        await settled()
        return search


async def settled():
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def bed():
    return Bed()


async def test_a_gap_is_waited_for_until_the_cases_are_over(bed):
    bed.begin("code_later")
    bed.lie_down("code_later", 30)
    search = await bed.gap()
    assert not search.done()
    bed.over.set()
    assert await search == pytest.approx(bed.ledger.wakes["code_later"])
    await bed.sleepers.let_go()


async def test_there_is_no_gap_before_a_call_that_comes_soon(bed):
    for probe, for_s in (("reuse_5s", 5), ("reuse_29s", 29)):
        bed.begin(probe)
        bed.lie_down(probe, for_s)
    bed.over.set()
    search = await bed.gap()
    assert not search.done()
    bed.wake("reuse_5s")
    assert await search == pytest.approx(bed.ledger.wakes["reuse_29s"])
    await bed.sleepers.let_go()


async def test_nobody_is_asleep_who_is_calling(bed):
    bed.begin("reuse_29s")
    bed.begin("code_later")
    bed.lie_down("code_later", 30)
    bed.over.set()
    search = await bed.gap()
    assert not search.done()
    bed.lie_down("reuse_29s", 29)
    bed.wake("code_later")
    assert await search == pytest.approx(bed.ledger.wakes["reuse_29s"])
    await bed.sleepers.let_go()


async def test_where_all_have_ended_there_was_no_gap(bed):
    bed.begin("code_later")
    bed.lie_down("code_later", 3)
    search = await bed.gap()
    bed.wake("code_later")
    assert await search is None


async def test_all_are_seen_asleep_and_those_that_ended_are_forgotten(bed):
    for probe in ("code_later", "reuse_29s"):
        bed.begin(probe)
    seen = asyncio.create_task(bed.sleepers.asleep())
    await settled()
    bed.lie_down("code_later", 30)
    await settled()
    assert not seen.done()
    bed.nights["reuse_29s"].set()
    bed.alarms["reuse_29s"].set()
    await seen
    assert "code_later" in bed.sleepers
    assert "reuse_29s" not in bed.sleepers
    await bed.sleepers.let_go()


async def test_who_is_let_go_may_begin_anew(bed):
    bed.begin("code_later")
    await settled()
    await bed.sleepers.let_go()
    assert "code_later" not in bed.sleepers
    bed.begin("code_later")
    bed.lie_down("code_later", 30)
    bed.wake("code_later")
    await bed.sleepers.woken()


def prober(ledger):
    return Prober(probe="reuse_29s", seat=None, mint=None, ledger=ledger, endpoint=None)


async def test_who_wakes_in_time_goes_on(bed):
    now = asyncio.get_running_loop().time()
    await prober(bed.ledger).pause(now + 0.01, late_s=5.0)
    assert asyncio.get_running_loop().time() >= now + 0.01
    assert bed.ledger.wakes == {}
    assert bed.ledger.lain_down.is_set()


async def test_who_wakes_too_late_gives_up(bed):
    with pytest.raises(Skip, match=r"busy, and came to it 3\.0 s too late"):
        await prober(bed.ledger).pause(asyncio.get_running_loop().time() - 3, late_s=0.5)
    assert bed.ledger.wakes == {}
