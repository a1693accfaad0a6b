"""Long texts of pages are cut without leaving a part of a secret behind."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from e2e_linker.evidence.cutting import SPARE, cut
from e2e_linker.evidence.redact import SecretRegistry

SECRET = "Kv9 correct-horse 7b2e"


@pytest.fixture
def registry() -> SecretRegistry:
    """A registry that knows :data:`SECRET`."""
    made = SecretRegistry()
    made.register(SECRET, "password")
    return made


@pytest.mark.parametrize("text", ["", "a b", "x" * 50])
def test_what_fits_stays_as_it_is(text):
    assert cut(text, 50, lambda _: "redacted later") == text


@pytest.mark.parametrize("before", range(20, 60))
def test_a_secret_at_the_cut_goes_whole(registry, before):
    kept = cut("x " * (before // 2) + SECRET + " tail" * 20, 50, registry.redact)
    assert len(kept) <= 50
    assert not any(part in kept for part in ("Kv9", "correct", "horse", "7b2e"))


@pytest.mark.parametrize("before", range(20, 60))
def test_a_secret_that_nobody_knows_yet_is_not_cut_either(before):
    kept = cut("x" * before + " c0de-c0de-c0de and so on " * 4, 50)
    assert re.fullmatch(r"x*( c0de-c0de-c0de| and| so| on| )*", kept)
    assert len(kept) > 30 or before > 30


def test_words_of_other_letters_are_not_dropped():
    assert cut("\u5229\u7528\u898f\u7d04" * 50, 50) == "\u5229\u7528\u898f\u7d04" * 12 + "\u5229\u7528"


def test_one_endless_word_loses_no_more_than_a_secret_is_long():
    assert len(cut("x" * 1_000_000, 4_000)) == 4_000 - 2_048


@pytest.mark.parametrize("more", range(0, 30))
def test_what_was_cut_before_hides_the_beginning_of_a_secret_at_its_end(registry, more):
    many = (SECRET + " ") * 300
    kept = cut((many + "y" * more + " " + many)[: 4_000 + SPARE], 4_000, registry.redact)
    assert "<password#1>" in kept
    assert not any(part in kept for part in ("Kv9", "correct", "horse", "7b2e"))


def test_the_page_hands_over_as_much_more_as_is_needed():
    script = files("e2e_linker.browser.pages").joinpath("digest.js").read_text(encoding="utf-8")
    assert f"const SPARE = {SPARE}," in script
