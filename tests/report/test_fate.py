"""What became of a case, in few words."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.report.fate import became, cut_short, fate


@pytest.mark.parametrize(
    ("ending", "more", "told"),
    [
        ("arrived", {}, "linked"),
        ("arrived", {"flaky": True}, "linked, flaky"),
        ("dead_end", {"flaky": True}, "not always linked, flaky"),
        ("arrived", {"linked": False}, "came back to Alexa, but is not linked"),
        ("arrived", {"linked": False, "came_back": True}, "came back to Alexa"),
        ("dead_end", {}, "the walk ended: dead_end"),
        ("captcha", {}, "captcha"),
    ],
)
def test_every_end_has_its_words(make: Any, ending: str, more: dict[str, Any], told: str) -> None:
    assert became(make.case("phone-na", ending, **more), ()) == told


def test_a_browser_that_was_lost_after_the_link_is_told(make: Any) -> None:
    lost = {"kind": "crashed", "message": "the browser ended"}
    attempt = {"number": 1, "reason": "first", "linked": True, "ending": lost, "duration_s": 1.0}
    attempt |= {"started_at": "2026-11-23T12:00:00Z", "evidence": "evidence/phone-na.json"}
    case = make.case("phone-na", "crashed", linked=True, attempts=(attempt,))
    assert cut_short(case)
    assert became(case, ()) == "linked, but the browser ended before everything was tried"
    before = make.case("phone-na", "crashed", attempts=({**attempt, "linked": False},))
    assert not cut_short(before)


def test_where_no_form_was_found_the_list_of_what_was_looked_for_is_left_out(make: Any) -> None:
    case, blank = make.case("phone-na", "login_not_found"), make.finding("screen-blank", symptom=True)
    assert fate(case, (blank,)) == "fails"
    assert became(case, (blank,)) == "login form not found"


def hop(status: int | None, how: str = "redirect", **more: Any) -> dict[str, Any]:
    url = "https://login.example.com/authorize"
    told = {"n": 1, "request": 1, "at": 0.0, "method": "GET", "url": url, "host": "login.example.com", "status": status}
    rest = dict.fromkeys(("target", "head_bytes", "time_ms", "window", "failure"))
    return {**told, **rest, "how": how, "main_frame": True, "arrival": False, **more}


@pytest.mark.parametrize(
    ("ladder", "told"),
    [
        ([hop(503, "opened")], "login.example.com answered the authorization request with status 503"),
        ([hop(302, "opened"), hop(400)], "login.example.com answered the authorization request with status 400"),
        ([hop(200, "opened"), hop(500, "navigation")], "login.example.com answered with status 500"),
        ([hop(200, "opened"), hop(404, "frame", main_frame=False)], "login form not found"),
        ([hop(404, "opened"), hop(200, "navigation")], "login form not found"),
        ([hop(None, "opened")], "login form not found"),
    ],
)
def test_an_error_in_place_of_the_login_is_told_by_its_status(make: Any, ladder: list[Any], told: str) -> None:
    case = make.case("phone-na", "login_not_found", ladder=ladder)
    assert became(case, ()) == told
    assert became(make.case("phone-na", "captcha", ladder=ladder), ()) == "captcha"


def blocked(make: Any, *proven_in: str, **more: Any) -> Any:
    cause = {"cause": "proven", "proven_in": proven_in} if proven_in else {"cause": "suspected"}
    return make.finding("screen-unsupported-browser", symptom=True, **cause, **more)


def test_a_login_that_is_blocked_for_a_proven_cause_fails_for_it(make: Any) -> None:
    case = make.case("phone-na", "login_blocked")
    assert fate(case, (blocked(make, "phone-na"),)) == "fails"
    assert became(case, (blocked(make, "phone-na"),)) == "login blocked"


@pytest.mark.parametrize("ending", ["login_rejected", "captcha", "unreachable"])
def test_what_is_proven_of_another_ending_says_nothing_of_the_server(make: Any, ending: str) -> None:
    assert fate(make.case("phone-na", ending), (blocked(make, "phone-na"),)) == "unknown"


def test_a_blocked_login_whose_cause_is_not_proven_on_its_own_device_is_not_judged(make: Any) -> None:
    case = make.case("phone-na", "login_blocked")
    assert fate(case, (blocked(make),)) == "unknown"
    assert fate(case, (blocked(make, "tablet-na", cases=("phone-na", "tablet-na")),)) == "unknown"
    assert fate(case, (blocked(make, "phone-na", severity="recommended"),)) == "unknown"
