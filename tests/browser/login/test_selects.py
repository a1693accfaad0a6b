"""Which option of a select is meant, and how one that is not there is told."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login.selects import Option, Options

HOMES = Options(
    "Home",
    (Option("1", "2"), Option("2", "One"), Option("one", "Two", closed=True), Option("x", "TWO"), Option("y", "y")),
)


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        pytest.param("2", "2", id="a value before a text"),
        pytest.param("One", "2", id="an exact text before a value of other case"),
        pytest.param("ONE", "one", id="a value before a text, whatever the case"),
        pytest.param("Two", "one", id="one that is closed, where it is meant exactly"),
        pytest.param(" two ", "x", id="one that is open, where both are meant"),
        pytest.param("three", None, id="none"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_is_meant(wanted: str, value: str | None) -> None:
    found = HOMES.find(wanted)
    assert (found.value if found else None) == value


def test_options_are_told_by_text_and_value() -> None:
    assert str(HOMES) == (
        "The options of the select “Home”: “2” (value “1”); “One” (value “2”); “Two” (value “one”), disabled; "
        "“TWO” (value “x”); “y”"
    )
