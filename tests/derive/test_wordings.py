"""Words are looked for in every text, however long, and in no more of it than a page could have."""

from __future__ import annotations

from e2e_linker.derive.wordings import ERROR, first_match


def test_the_first_text_that_holds_any_of_the_words_tells_which() -> None:
    assert first_match(ERROR, "Welcome", "Page not found", "Access denied") == "not found"
    assert first_match(ERROR, "Welcome") is None


def test_the_end_of_a_text_that_no_page_could_have_is_not_read() -> None:
    assert first_match(ERROR, "A " * 9_000 + "not found") == "not found"
    assert first_match(ERROR, "A" * 10_000_000 + " not found") is None
    assert first_match(ERROR, "A" * 10_000_000, "not found") == "not found"
