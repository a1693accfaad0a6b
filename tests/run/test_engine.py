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
