"""What is said of pages, in words that secrets can still be found in."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login.shown import describe, new_lines
from e2e_linker.evidence.redact import SecretRegistry
from tests.browser.seen_pages import view

SECRET = "Tr0ub4dorhorseZqx9Wm"


@pytest.mark.parametrize("before", range(170, 215, 3))
def test_no_part_of_a_secret_is_left_where_a_text_is_cut(before: int) -> None:
    registry = SecretRegistry()
    registry.register(SECRET, "password")
    line = f"{'Wrong password for you. ' * 20}"[: before - 1] + f" {SECRET} and so on, until the line is long enough"
    for said in (describe(view(text=line)), *new_lines(view(text=line), {"", "before"})):
        shown = registry.redact(said)
        assert "Wrong password for you." in shown
        assert SECRET[:4] not in shown


def test_a_text_that_must_not_be_cut_is_one_all_the_same() -> None:
    shown = view(text='{"error":"access_denied","trace":"' + "0f" * 120 + '"}')
    assert "its text begins “…”" in describe(shown)
    assert new_lines(shown, {"", "before"}) == ("…",)
    assert "it has no visible text" in describe(view(text=""))
