from __future__ import annotations

from typing import Any

from e2e_linker.report.ladder_picture import ladder_picture
from e2e_linker.report.rungs import drawing
from e2e_linker.report.sections import LadderHop, StatePlace, StateTrail


def hop(n: int, host: str, *, arrival: bool = False, request: int | None = None) -> LadderHop:
    given: dict[str, Any] = dict.fromkeys(("status", "target", "head_bytes", "time_ms", "failure", "window"))
    given |= {"n": n, "request": request or n, "at": 0.1, "method": "GET", "url": f"https://{host}/", "host": host}
    return LadderHop(**given, how="redirect", main_frame=True, arrival=arrival)


def place(request: int | None, where: str, drift: str | None = None) -> StatePlace:
    detail = f"was {drift}" if drift else None
    return StatePlace(request=request, place=where, name="state", drift=drift, detail=detail, value="v")


def test_each_host_has_a_lane_and_each_hop_a_rung() -> None:
    drawn = drawing([hop(1, "a"), hop(2, "b"), hop(3, "a")], None)
    assert [(lane.host, lane.letter, lane.colour) for lane in drawn.lanes] == [("a", "A", 1), ("b", "B", 2)]
    assert [(rung.lane.letter, rung.came_from and rung.came_from.letter) for rung in drawn.rungs] == [
        ("A", None),
        ("B", "A"),
        ("A", "B"),
    ]


def test_many_hosts_move_closer_together() -> None:
    few, drawn = (drawing([hop(n, f"h{n}") for n in range(1, most)], None) for most in (4, 31))
    pictures = [ladder_picture(one, False, True) for one in (few, drawn)]
    spaces = [one.columns[1].x - one.columns[0].x for one in pictures if one]
    assert len(spaces) == 2
    assert spaces[1] < spaces[0]
    assert len({lane.letter for lane in drawn.lanes}) == 30
    assert {lane.colour for lane in drawn.lanes} == set(range(1, 7))


def test_the_fate_of_the_state_stands_on_its_rung() -> None:
    places = (place(1, "query"), place(1, "location", "lower-cased"), place(1, "page"), place(None, "arrival", "cut"))
    trail = StateTrail(sent="v", places=places, first_change=None)
    first, second, third = drawing([hop(1, "a"), hop(2, "a"), hop(3, "z", arrival=True)], trail).rungs
    assert [(note.right, note.text, note.places) for note in first.state] == [
        (True, "unchanged", ("query", "page")),
        (False, "was lower-cased", ("location",)),
    ]
    assert first.wrong
    assert second.state == ()
    assert not second.wrong
    assert [note.text for note in third.state] == ["was cut"]


def test_nothing_opened_draws_nothing() -> None:
    drawn = drawing([], None)
    assert drawn.lanes == drawn.rungs == ()
