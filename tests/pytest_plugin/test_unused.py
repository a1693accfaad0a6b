"""A plugin that nobody uses costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("playwright", "pydantic", "e2e_linker.run", "e2e_linker.config", "e2e_linker.report", "e2e_linker.browser")


def test_importing_it_imports_nothing_else():
    code = f"import sys, e2e_linker.pytest_plugin; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_suite_without_links_leaves_nothing_and_loads_nothing(suite):
    suite.write(
        test_it=f"import sys\ndef test_it():\n    assert [name for name in {HEAVY!r} if name in sys.modules] == []\n"
    )
    result = suite.run("-p", "no:playwright")
    result.assert_outcomes(passed=1)
    assert "e2e-linker" not in result.stdout.str().partition("collected")[2]
    assert not (suite.pytester.path / "reports").exists()


def test_a_configuration_that_lies_about_is_no_test(suite):
    suite.write(test_it="def test_it():\n    pass\n")
    suite.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("asked", "named"),
    [("--help", ["--linker-config", "--linker-skill", "--linker-report"]), ("--markers", ["@pytest.mark.linker"])],
    ids=["help", "markers"],
)
def test_the_help_names_it(suite, asked, named):
    shown = suite.run(asked).stdout.str()
    assert [name for name in named if name not in shown] == []
