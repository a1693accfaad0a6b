"""The search for the few among many: always right, always minimal, and with few trials."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.run.minimal_set import smallest_set


class Oracle:
    """Heals with any one of ``ways`` complete; remembers what it was asked, and how many at once."""

    def __init__(self, *ways: frozenset[int]) -> None:
        self.ways = ways
        self.asked: list[frozenset[int]] = []
        self.at_once = self.most_at_once = 0

    async def __call__(self, chosen: frozenset[int]) -> bool:
        self.asked.append(chosen)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return self.answer(chosen)

    def answer(self, chosen: frozenset[int]) -> bool:
        return any(way <= chosen for way in self.ways)


def search(oracle: Oracle, n: int, *guesses: frozenset[int]) -> frozenset[int] | None:
    return asyncio.run(smallest_set(range(n), oracle, guesses=guesses))


sets = st.frozensets(st.integers(0, 24), min_size=1, max_size=8)


@given(st.lists(sets, min_size=1, max_size=3), st.lists(sets, max_size=2))
def test_what_is_found_heals_and_every_member_is_needed(ways, guesses):
    oracle = Oracle(*ways)
    found = search(oracle, 25, *guesses)
    assert found is not None
    assert oracle.answer(found)
    assert not any(oracle.answer(found - {member}) for member in found)


@given(st.lists(sets, min_size=1, max_size=3), st.lists(sets, max_size=2))
def test_each_member_is_proven_by_trials_that_were_made(ways, guesses):
    oracle = Oracle(*ways)
    found = search(oracle, 25, *guesses)
    assert found in oracle.asked
    broken = [frozenset(), *(chosen for chosen in oracle.asked if not oracle.answer(chosen))]
    assert all(any(found - {member} <= chosen and member not in chosen for chosen in broken) for member in found)


@given(st.lists(sets, min_size=1, max_size=3))
def test_nothing_is_asked_twice(ways):
    oracle = Oracle(*ways)
    search(oracle, 25)
    assert len(oracle.asked) == len(set(oracle.asked))


@given(st.integers(0, 19))
def test_one_in_twenty_takes_at_most_fifteen_trials(needed):
    oracle = Oracle(frozenset({needed}))
    assert search(oracle, 20) == {needed}
    assert len(oracle.asked) <= 15 - 2


@given(st.frozensets(st.integers(0, 19), min_size=3, max_size=3))
def test_three_of_twenty_needed_together_take_at_most_forty(needed):
    oracle = Oracle(needed)
    assert search(oracle, 20) == needed
    assert len(oracle.asked) <= 40 - 2


def test_trials_are_made_side_by_side():
    oracle = Oracle(frozenset({11}))
    search(oracle, 20)
    assert oracle.most_at_once == 2


def test_a_right_guess_takes_one_trial_and_a_wrong_one_costs_no_more():
    right, wrong = Oracle(frozenset({7})), Oracle(frozenset({7}))
    assert search(right, 20, frozenset({7})) == {7}
    assert right.asked == [frozenset({7})]
    assert search(wrong, 20, frozenset({3})) == {7}
    assert len(wrong.asked) <= 15 - 1


def test_a_guess_that_holds_too_much_is_narrowed():
    oracle = Oracle(frozenset({7}))
    assert search(oracle, 20, frozenset({3, 7, 9})) == {7}
    assert all(chosen <= {3, 7, 9} for chosen in oracle.asked)


def test_guesses_about_other_things_are_left_alone():
    oracle = Oracle(frozenset({1}))
    assert search(oracle, 3, frozenset({99}), frozenset()) == {1}
    assert all(99 not in chosen for chosen in oracle.asked)


@pytest.mark.parametrize("n", [0, 1, 20])
def test_what_no_item_heals_has_no_answer(n):
    oracle = Oracle(frozenset({99}))
    assert search(oracle, n) is None
    assert len(oracle.asked) <= 1


@given(st.randoms(use_true_random=False), st.integers(1, 20))
def test_answers_that_contradict_each_other_end_the_search_all_the_same(random, n):
    class Moody(Oracle):
        def answer(self, chosen: frozenset[int]) -> bool:
            return random.random() < 0.5

    oracle = Moody()
    found = search(oracle, n)
    assert found is None or found <= set(range(n))
    assert len(oracle.asked) <= n * n + 2


def test_an_error_of_a_trial_goes_through():
    async def broken(chosen: frozenset[int]) -> bool:
        raise LookupError("no budget")

    with pytest.raises(LookupError, match="no budget"):
        asyncio.run(smallest_set([1, 2], broken))
