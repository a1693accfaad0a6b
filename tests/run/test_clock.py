"""How long a run took, whatever happened to the clock of the machine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from e2e_linker.run import clock
from e2e_linker.run.clock import Began

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("moved", "least", "most"), [(-2 * HOUR, 0 * HOUR, HOUR), (2 * HOUR, 2 * HOUR, 3 * HOUR)])
def test_nothing_ends_before_it_began(monkeypatch, moved, least, most):
    began, now = Began(), clock._now
    monkeypatch.setattr(clock, "_now", lambda: now() + moved)
    before = began.seconds
    took = began.by_now() - began.at
    assert before >= 0
    assert took >= timedelta(seconds=before)
    assert least <= took < most
