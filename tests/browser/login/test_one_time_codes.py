"""When a login may type the time-based code that another login has typed."""

from __future__ import annotations

import asyncio

import pyotp
import pytest
from pydantic import SecretStr

from e2e_linker.browser.login.credentials import Answers, Credentials
from e2e_linker.browser.login.one_time_codes import CodeTurn, TypedCodes
from e2e_linker.browser.plan import Reprieve

pytestmark = pytest.mark.asyncio
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MAKER = pyotp.TOTP(SECRET)
START = 1_800_000_010.0
"""Twenty seconds before a window ends."""


class Hours(TypedCodes):
    """Codes whose clock stands until somebody waits, and then is where they wait for."""

    def __init__(self):
        self.at, self.apart_told = START, 0
        super().__init__(now=lambda: self.at, on_apart=self._told)

    def _told(self):
        self.apart_told += 1

    async def change(self, seconds):
        self.at += seconds


@pytest.fixture
def codes():
    return Hours()


async def typed(codes, count):
    turns = [CodeTurn(codes) for _ in range(count)]
    return turns, [await turn.take(MAKER) for turn in turns]


async def test_the_first_code_is_typed_at_once_and_once_more_to_see_how_that_is_taken(codes):
    _, shown = await typed(codes, 2)
    assert shown == [MAKER.at(int(START))] * 2
    assert codes.at == START


async def test_until_that_is_known_nobody_else_types_it(codes):
    _, shown = await typed(codes, 3)
    assert codes.at == START + 20
    assert shown[2] == MAKER.at(int(START) + 20) != shown[1]


async def test_a_server_that_takes_a_code_twice_keeps_nobody_waiting(codes):
    turns, _ = await typed(codes, 2)
    for turn in turns:
        turn.passed()
    await typed(codes, 20)
    assert codes.at == START


async def test_one_that_refuses_it_gets_no_code_twice_from_then_on(codes):
    (first, second), _ = await typed(codes, 2)
    first.passed()
    assert second.refused()
    shown = [await turn.take(MAKER) for turn in (second, CodeTurn(codes), CodeTurn(codes))]
    assert len(set(shown)) == 3
    assert codes.at == START + 20 + 30 + 30
    assert codes.apart_told == 1


async def test_the_code_that_was_typed_first_may_be_the_one_that_is_refused(codes):
    (first, second), _ = await typed(codes, 2)
    second.passed()
    assert first.refused()
    assert not first.refused()


async def test_a_wrong_secret_makes_nobody_wait(codes):
    (only,), _ = await typed(codes, 1)
    assert not only.refused()
    turns, _ = await typed(codes, 8)
    assert codes.at == START
    assert not any(turn.refused() for turn in turns)


async def test_a_login_may_type_its_own_code_again(codes):
    (_, second), shown = await typed(codes, 2)
    assert await second.take(MAKER) == shown[1]
    assert codes.at == START


async def test_a_login_that_typed_no_code_was_refused_for_another_reason(codes):
    turn = CodeTurn(codes)
    turn.passed()
    assert not turn.refused()


async def test_who_waits_goes_on_as_soon_as_it_is_known_and_gives_the_rest_back():
    codes, given = TypedCodes(now=lambda: START), []
    turns = [CodeTurn(codes, given.append) for _ in range(3)]
    for turn in turns[:2]:
        await turn.take(MAKER)
    third = asyncio.create_task(turns[2].take(MAKER))
    await asyncio.sleep(0)
    for turn in turns[:2]:
        turn.passed()
    assert await third == MAKER.at(int(START))
    assert given == [20, -20]


@pytest.mark.parametrize("first", [CodeTurn.ended, CodeTurn.passed])
async def test_nobody_waits_for_a_login_that_shows_nothing_any_more(first):
    codes, given = TypedCodes(now=lambda: START), []
    turns = [CodeTurn(codes, given.append) for _ in range(4)]
    for turn in turns[:2]:
        await turn.take(MAKER)
    waiting = [asyncio.create_task(turn.take(MAKER)) for turn in turns[2:]]
    await asyncio.sleep(0)
    first(turns[0])
    turns[1].ended()
    done, late = await asyncio.wait(waiting, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert {task.result() for task in done} == {MAKER.at(int(START))}
    for turn in turns[2:]:
        turn.passed()
    assert await asyncio.gather(*late) in ([], [MAKER.at(int(START))])
    assert sum(given) == 0


async def test_a_refusal_of_more_than_the_code_is_the_codes_only_where_another_login_arrived(codes):
    (first, second), _ = await typed(codes, 2)
    third = CodeTurn(codes)
    assert not second.refused(alone=False)
    first.passed()
    await third.take(MAKER)
    assert third.refused(alone=False)
    assert codes.apart_told == 1


async def test_logins_of_a_run_share_what_was_typed_and_different_secrets_do_not(codes):
    other = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA"
    for secret in (SECRET, other, SECRET, other):
        account = Credentials(totp=SecretStr(secret), turn=CodeTurn(codes))
        code, kind = await Answers(account, lambda value, kind: None).code(sent=False)
        assert (code, kind) == (pyotp.TOTP(secret).at(int(START)), "totp")
    assert codes.at == START


async def test_a_deadline_is_put_off_by_what_was_waited_for():
    reprieve, loop = Reprieve(), asyncio.get_running_loop()
    async with asyncio.timeout(60) as reprieve.limit:
        ends = reprieve.limit.when()
        reprieve.give(30)
        reprieve.give(-12)
        assert reprieve.limit.when() - ends == pytest.approx(18)
    assert reprieve.given_s == 18
    assert reprieve.limit.when() > loop.time()


async def test_a_deadline_that_has_passed_is_not_put_off():
    reprieve = Reprieve()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0) as reprieve.limit:
            await asyncio.Event().wait()
    reprieve.give(30)
    assert reprieve.given_s == 0
