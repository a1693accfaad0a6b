"""When a control is known to stand still, going by where looks have found it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from e2e_linker.browser.login import stillness as module
from e2e_linker.browser.login.stillness import Stillness
from e2e_linker.browser.pages.controls import Box, Seen, View

BUTTON = Seen(frame=0, document="d", uid=1, kind="button", type="submit", box=Box(10, 20, 100, 40))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def seen_at(still: Stillness, clock: list[float], moment: float, button: Seen = BUTTON) -> None:
    clock[0] = moment
    still.note(View((), (button,)))


def test_one_look_tells_nothing(clock: list[float]) -> None:
    still = Stillness()
    seen_at(still, clock, 100.0)
    assert still.at(BUTTON, 100.0) is None
    assert still.at(BUTTON, 100.0, drawn=True) is None


@pytest.mark.parametrize(
    ("later_s", "drawn", "stands"),
    [(0.020, False, False), (0.020, True, True), (0.005, True, False), (0.040, False, True)],
)
def test_it_stands_still_where_two_looks_some_frames_apart_agree(
    clock: list[float], later_s: float, drawn: bool, stands: bool
) -> None:
    still = Stillness()
    seen_at(still, clock, 100.0)
    asked_at = 100.0 + later_s
    seen_at(still, clock, asked_at + 0.003)
    assert still.at(BUTTON, asked_at, drawn=drawn) == (asked_at if stands else None)


def test_one_that_has_moved_is_watched_anew(clock: list[float]) -> None:
    still, moved = Stillness(), replace(BUTTON, box=Box(10, 21, 100, 40))
    seen_at(still, clock, 100.0)
    seen_at(still, clock, 101.0, moved)
    assert still.at(moved, 101.0) is None
    assert still.at(BUTTON, 101.0) is None
    seen_at(still, clock, 102.0, moved)
    assert still.at(moved, 102.0) == 102.0


@pytest.mark.parametrize("how", [{"frame": 1}, {"enabled": False}, {"covered_by": "div"}], ids=str)
def test_nothing_is_said_of_one_that_may_not_get_the_press(clock: list[float], how: dict[str, object]) -> None:
    still, button = Stillness(), replace(BUTTON, **how)  # type: ignore[arg-type]
    seen_at(still, clock, 100.0, button)
    seen_at(still, clock, 101.0, button)
    assert still.at(button, 101.0) is None
