"""What the README shows of pytest is what pytest prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def block(name: str) -> str:
    """The code block behind the comment ``name``."""
    return README.partition(f"<!-- {name} -->\n")[2].partition("\n")[2].partition("\n```")[0]


def in_order(shown: str, said: str) -> None:
    """Every line of ``shown`` is a line of ``said``, but for pytest's per cent, in this order."""
    lines = iter(re.sub(r" +\[ *\d+%\]$", "", said, flags=re.MULTILINE).splitlines())
    for line in shown.splitlines():
        assert any(one.rstrip() == line for one in lines), line


def test_the_test_prints_what_is_shown(suite):
    suite.arm("state-truncated")
    suite.write(test_linking=block("pytest-test"))
    result = suite.run()
    result.assert_outcomes(failed=1)
    in_order(block("pytest-test-output"), suite.said(result))


def test_the_configuration_prints_what_is_shown(suite):
    suite.arm("state-truncated")
    command, _, shown = block("pytest-config-output").partition("\n")
    assert command == '$ pytest playwright.config.json -v -k "iphone and state"'
    result = suite.run("playwright.config.json", "-v", "-k", "iphone and state")
    result.assert_outcomes(failed=1, passed=1, deselected=result.parseoutcomes()["deselected"])
    in_order(shown, suite.said(result))
