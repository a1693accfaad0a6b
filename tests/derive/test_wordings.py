"""Words are looked for in every text, however long, and in no more of it than a page could have."""

from __future__ import annotations

import pytest

from e2e_linker.browser.words import topics
from e2e_linker.derive.wordings import ERROR, FORGED, first_match

TAKEN_FOR_FORGED = [phrase for phrases in topics()["forged"].values() for phrase in phrases]


def test_the_first_text_that_holds_any_of_the_words_tells_which() -> None:
    assert first_match(ERROR, "Welcome", "Page not found", "Access denied") == "not found"
    assert first_match(ERROR, "Welcome") is None


def test_the_end_of_a_text_that_no_page_could_have_is_not_read() -> None:
    assert first_match(ERROR, "A " * 9_000 + "not found") == "not found"
    assert first_match(ERROR, "A" * 10_000_000 + " not found") is None
    assert first_match(ERROR, "A" * 10_000_000, "not found") == "not found"


@pytest.mark.parametrize("phrase", TAKEN_FOR_FORGED)
def test_what_ends_a_login_as_forged_is_known_as_such_afterwards(phrase: str) -> None:
    assert first_match(FORGED, f"403: {phrase.title()}.") is not None
