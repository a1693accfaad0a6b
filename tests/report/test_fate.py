"""What became of a case, in few words."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.report.fate import became, fate


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


def test_where_no_form_was_found_the_list_of_what_was_looked_for_is_left_out(make: Any) -> None:
    case, blank = make.case("phone-na", "login_not_found"), make.finding("screen-blank", symptom=True)
    assert fate(case, (blank,)) == "fails"
    assert became(case, (blank,)) == "login form not found"
