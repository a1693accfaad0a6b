"""Which few of many things are needed: the smallest set that still makes the difference, found with few trials.

It is delta debugging for things that only ever help: whatever heals still heals with more. The things are parted until
the first one is found without which nothing heals, then the next. Every answer it rests on was asked: that the set
heals, and for each member that all the others, with more beside them, do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

__all__ = ["smallest_set"]

T = TypeVar("T")
Heals = Callable[[frozenset[T]], Awaitable[bool]]
_AT_A_TIME = 2
"""Trials made side by side: with two, each round leaves a third."""


async def smallest_set(
    items: Sequence[T], heals: Heals[T], *, guesses: Iterable[frozenset[T]] = ()
) -> frozenset[T] | None:
    """A set of ``items`` that heals and from which nothing can be left out; None where not even all of them heal.

    Nothing at all is taken not to heal. ``items`` are tried the likeliest first, ``guesses`` before anything else. For
    n items of which k are needed it asks at most about 2 + k (2 log3 n + 2) times. What ``heals`` raises goes through.
    """
    asked = _Asked(heals)
    for guess in guesses:
        if guess and guess <= frozenset(items) and await asked(guess):
            items = [item for item in items if item in guess]
            break
    left, found = list(items), frozenset[T]()
    if not left or not await asked(frozenset(left)):
        return None
    while left:
        needed = await _fewest(left, found, asked)
        if needed == 0:
            break
        found |= {left[needed - 1]}
        left = left[: needed - 1]
    return found


async def _fewest(left: Sequence[T], found: frozenset[T], asked: _Asked[T]) -> int:
    """How many of the first of ``left`` heal together with ``found``; all of them are known to."""
    breaks, whole = -1, len(left)
    while whole - breaks > 1:
        points = _between(breaks, whole)
        answers = await _together([asyncio.ensure_future(asked(found.union(left[:point]))) for point in points])
        for point, answer in zip(points, answers, strict=True):
            if answer:
                whole = point
                break
            breaks = point
    return whole


async def _together(trials: Sequence[asyncio.Future[bool]]) -> list[bool]:
    """The answers of ``trials``; where one raises, the others are over, too."""
    try:
        return await asyncio.gather(*trials)
    finally:
        for trial in trials:
            trial.cancel()
        await asyncio.gather(*trials, return_exceptions=True)


def _between(low: int, high: int) -> list[int]:
    """Points inside ``low`` and ``high``, evenly spread; nothing at all first, for it ends the search at once."""
    inside = high - low - 1
    if inside <= _AT_A_TIME:
        return list(range(low + 1, high))
    even = [low + (high - low) * n // (_AT_A_TIME + 1) for n in range(1, _AT_A_TIME + 1)]
    return sorted({0, even[-1]}) if low < 0 else sorted(set(even))


class _Asked(Generic[T]):
    """Asks nothing twice, and nothing whose answer follows from another one."""

    def __init__(self, heals: Heals[T]) -> None:
        self._heals = heals
        self._whole: list[frozenset[T]] = []
        self._broken: list[frozenset[T]] = [frozenset()]

    async def __call__(self, chosen: frozenset[T]) -> bool:
        if any(known <= chosen for known in self._whole):
            return True
        if any(chosen <= known for known in self._broken):
            return False
        answer = await self._heals(chosen)
        (self._whole if answer else self._broken).append(chosen)
        return answer
