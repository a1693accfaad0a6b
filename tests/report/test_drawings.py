"""The ladder, the film strip, the map of hosts and the headroom, as numbers for drawings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from e2e_linker.report.build import build_report
from e2e_linker.report.domain_map import domain_map
from e2e_linker.report.film import film
from e2e_linker.report.headroom import tightest
from e2e_linker.report.ladder_picture import MOST, ladder_picture, narrow_ladder
from e2e_linker.report.rungs import drawing
from e2e_linker.report.sections import LadderHop, PageEvent, ReportScreen, StatePlace, StateTrail


def hop(n: int, host: str, **more: Any) -> LadderHop:
    given: dict[str, Any] = dict.fromkeys(("target", "failure", "window"))
    given |= {"n": n, "request": n, "at": 0.1, "method": "GET", "url": f"https://{host}/path/{n}?q=1", "host": host}
    given |= {"status": 302, "head_bytes": 812, "time_ms": 84.0, "how": "redirect", "main_frame": True}
    return LadderHop(**given | {"arrival": False} | more)


def test_arrows_go_from_host_to_host_and_say_what_happened() -> None:
    places = (
        StatePlace(request=1, place="query", name="state", drift=None, detail=None, value="v"),
        StatePlace(request=2, place="query", name="state", drift="cut", detail="was cut off", value="v"),
    )
    trail = StateTrail(sent="v", places=places, first_change="at request 2")
    hops = [hop(1, "a.example"), hop(2, "b.example"), hop(3, "b.example", status=500), hop(4, "a.example")]
    picture = ladder_picture(drawing(hops, trail), True, True)
    assert picture is not None
    assert [column.name for column in picture.columns] == ["Alexa app", "a.example", "b.example"]
    first, second, third, fourth = picture.arrows
    assert first.title == "1  GET /path/1"
    assert first.detail.startswith("302 · 84 ms · 812 B")
    assert (first.state, first.fate, first.anchor) == ("✓ state unchanged", "right", "start")
    assert (second.state, second.fate) == ("✗ state was cut off", "wrong")
    assert (third.state, third.tone) == ("state not seen", "fails")
    assert fourth.anchor == "end"
    assert "Alexa" not in first.detail
    assert second.detail.endswith("redirected")
    assert "changed from hop 2 on" in picture.words
    assert all(0 <= arrow.text_x <= picture.width and arrow.y < picture.height for arrow in picture.arrows)


@pytest.mark.parametrize(("linked", "tone"), [(True, "links"), (False, "moved")])
def test_an_arrival_that_links_nothing_is_no_success(linked: bool, tone: str) -> None:
    hops = [hop(1, "a.example"), hop(2, "pitangui.amazon.com", status=None).model_copy(update={"arrival": True})]
    picture = ladder_picture(drawing(hops, None), False, linked)
    assert picture is not None
    assert picture.arrows[-1].tone == tone


def test_a_long_ladder_says_what_it_leaves_to_the_list() -> None:
    picture = ladder_picture(drawing([hop(n, "a.example") for n in range(1, MOST + 8)], None), False, True)
    assert picture is not None
    assert (len(picture.arrows), picture.undrawn) == (MOST, 7)
    assert all(arrow.state is None for arrow in picture.arrows)
    assert ladder_picture(drawing([], None), False, True) is None


def test_strange_addresses_are_short_and_visible() -> None:
    picture = ladder_picture(drawing([hop(1, "x" * 400, url="https://x/\u202e" + "y" * 9_000)], None), False, True)
    assert picture is not None
    assert len(picture.columns[1].name) < 60
    assert len(picture.arrows[0].title) < 80
    assert "\u202e" not in picture.arrows[0].title


def screen(n: int, at: float, walk: str = "measured") -> ReportScreen:
    empty = dict.fromkeys(("picture", "width", "height", "missing"))
    return ReportScreen(walk=walk, n=n, at=at, label=f"screen {n}", url="", title="", text="", **empty)


def event(kind: Any, at: float, text: str = "x") -> PageEvent:
    return PageEvent(walk="measured", kind=kind, n=1, at=at, window=0, text=text)


def test_the_strip_tells_screens_and_events_in_the_order_of_time(make: Any) -> None:
    events = (
        event("dialog", 1.0),
        event("login", 0.5),
        event("console", 2.0, "log: nothing"),
        event("console", 3.0, "error: broken"),
        event("window", 2.5),
    )
    case = make.case(screens=(screen(0, 0.4), screen(1, 1.0), screen(2, 3.5), screen(0, 0.1, "warm")), events=events)
    strip = film(case, 4.0)
    assert [frame.tone for frame in strip.frames] == ["screen", "dialog", "screen", "window", "error", "screen"]
    assert [mark.tone for mark in strip.marks].count("login") == 1
    assert [mark.x for mark in strip.marks] == sorted(mark.x for mark in strip.marks)
    assert all(0 <= mark.x <= 100 for mark in strip.marks)
    assert [one.walk for one in strip.others] == ["warm"]
    assert strip.words.startswith("Time axis of 4.0 s with 3 screens, 1 dialog, 1 error, 1 popup")


def test_a_violated_policy_is_told_once(make: Any) -> None:
    line = "error: Refused to load the script: it violates the following Content Security Policy directive"
    console, broken = event("console", 1.0, line), event("csp_violation", 1.1, "script-src: https://cdn.example.com")
    assert [frame.event for frame in film(make.case(events=(console, broken)), 2.0).frames] == [broken]
    assert [frame.event for frame in film(make.case(events=(console,)), 2.0).frames] == [console]


def test_a_page_that_complains_for_ever_fills_no_strip(make: Any) -> None:
    strip = film(make.case(events=tuple(event("page_error", n / 10) for n in range(100))), 10.0)
    assert (len(strip.frames), strip.hidden) == (24, 76)


def test_every_kind_of_limit_has_its_tightest_place(build: Any) -> None:
    asked = build.authorization()
    walk = build.walk([build.get(asked.url, cookie="session=" + "x" * 700, status=200)], asked=asked, answer=None)
    sizes = build_report(build.run(), [build.case(walk)]).size_headroom["phone-na"]
    assert {one.room.limit for one in tightest(sizes)} >= {"request_line", "query", "header_line", "head_total"}
    for hop_ in sizes.hops:
        used = [room.used for room in hop_.headroom]
        assert used == sorted(used, reverse=True)


def test_the_map_shows_who_asks_whom_and_which_host_the_list_lacks(samples: Any) -> None:
    found = domain_map(samples.report("sick"))
    assert found is not None
    signs = {node.name: node.sign for node in found.asked}
    assert signs["login.example.com"] == "not_applicable"
    assert signs["cdn.example.com"] == "links"
    assert signs["idp.example.org"] == "fails"
    assert found.asked[0].sign == "fails"
    assert "the Alexa app" in [node.name for node in found.asking]


def test_the_map_names_what_a_host_is_to_blame_for(samples: Any) -> None:
    found = domain_map(samples.report("sick"))
    assert found is not None
    blame = {node.name: node.blame for node in found.asked}
    assert "domains-complete" in (blame["idp.example.org"] or "")
    assert blame["cdn.example.com"] is None
    assert "; to blame: " in found.words
    tops = [node.y for node in found.asked]
    assert all(later - earlier > found.box for earlier, later in pairwise(tops))
    healthy = domain_map(samples.report("healthy"))
    assert healthy is not None
    assert [node.blame for node in healthy.asked] == [None] * len(healthy.asked)
    assert healthy.box < found.box
    assert "lacks idp.example.org" in found.words
    assert len(found.edges) >= len(found.asked) - 1
    assert all(0 < edge.start < found.height and 0 < edge.end < found.height for edge in found.edges)


def test_without_traffic_there_is_no_map(build: Any) -> None:
    assert domain_map(build_report(build.run(), [])) is None


def test_the_tightest_place_of_every_limit(samples: Any) -> None:
    sizes = samples.report("sick").size_headroom["iphone-na"]
    found = tightest(sizes)
    assert {"URL", "cookies or another header", "whole head"} <= {one.name for one in found}
    for one in found:
        rooms = [room.used for hop in sizes.hops for room in hop.headroom if room.limit == one.room.limit]
        assert one.room.used == max(rooms)


@pytest.mark.parametrize("hosts", [1, 3, 9])
def test_for_a_phone_the_lanes_move_together_and_the_words_stand_beside_them(hosts: int) -> None:
    hops = [hop(n, f"{n % hosts}.example", status=None if n == 5 else 302) for n in range(1, 12)]
    drawn = drawing(hops, None)
    wide, narrow = ladder_picture(drawn, True, True), narrow_ladder(drawn, True, True)
    assert wide is not None
    assert narrow is not None
    assert narrow.width <= 330 < wide.width
    assert [arrow.tone for arrow in narrow.arrows] == [arrow.tone for arrow in wide.arrows]
    assert {(arrow.text_x, arrow.anchor) for arrow in narrow.arrows} == {(narrow.arrows[0].text_x, "start")}
    assert all(column.x + narrow.radius < narrow.arrows[0].text_x for column in narrow.columns)
    apart = [b.x - a.x for a, b in pairwise(narrow.columns)]
    assert min(apart) >= 2 * narrow.radius
    assert narrow.arrows[0].detail.startswith("302 · 84 ms")
    assert narrow.words == wide.words
    assert narrow_ladder(drawing([], None), True, True) is None
