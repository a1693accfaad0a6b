"""What stops every case at once is said once."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from e2e_linker.errors import StoreError
from e2e_linker.run import engine
from e2e_linker.run.budget import LoginBudget
from e2e_linker.run.gathered import Gathered


async def test_a_disk_that_fills_up_is_one_error_with_its_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> None:
        raise StoreError("cannot write this: No space left on device", where="reports", hint="free some space")

    monkeypatch.setattr(engine, "_case", full)
    plans = [SimpleNamespace(id="phone"), SimpleNamespace(id="desktop")]
    idle = AsyncExitStack()
    shared = SimpleNamespace(budget=LoginBudget(2), battery=idle, survey=idle, left_out=[])
    with pytest.raises(StoreError, match="No space left") as caught:
        await engine._gather(plans, shared, Gathered())  # type: ignore[arg-type]
    assert caught.value.hint == "free some space"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (3, []),
        (4, ["linker.limits.logins is 3: 1 more was wanted, so that something was left out; raise it to 4 or more"]),
        (6, ["linker.limits.logins is 3: 3 more were wanted, so that something was left out; raise it to 6 or more"]),
    ],
)
async def test_how_many_logins_would_have_done_is_told(
    monkeypatch: pytest.MonkeyPatch, asked: int, told: list[str]
) -> None:
    async def linking(plan: Any, shared: Any, _: Any) -> None:
        shared.budget.take(case=plan.id)
        for _ in range(asked - 1):
            shared.budget.take(spare=True)

    monkeypatch.setattr(engine, "_case", linking)
    heard: list[str] = []
    idle = AsyncExitStack()
    shared = SimpleNamespace(budget=LoginBudget(3), battery=idle, survey=idle, left_out=[])
    shared.tell = lambda notice: heard.append(notice.text)
    await engine._gather([SimpleNamespace(id="phone")], shared, Gathered())  # type: ignore[arg-type,list-item]
    assert heard == told
