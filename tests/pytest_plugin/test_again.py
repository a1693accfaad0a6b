"""The command by which a test is run again."""

from __future__ import annotations

import pytest

from e2e_linker.pytest_plugin.again import again_by_pytest


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ((), ()),
        (("--browser", "webkit", "--device", "iPhone 15"), ("--browser", "webkit", "--device", "iPhone 15")),
        (("--linker-skill=s.json",), ("--linker-skill", "s.json")),
    ],
)
def test_what_the_ini_file_asks_for_anyway_is_not_named_twice(pytester, given, more):
    """pytest-playwright calls the tests of an engine that is named twice otherwise."""
    pytester.makeini("[pytest]\naddopts = -q --browser=firefox --browser chromium")
    config = pytester.parseconfig(*given)
    assert again_by_pytest(config, "t.py::test_it[chromium]") == ("pytest", "t.py::test_it[chromium]", *more)
