from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.report.texts import (
    cut,
    json_text,
    milliseconds,
    short_url,
    shown,
    size,
    terse,
    trusted_url,
    utc,
    visible,
)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x00\x1b[31m\x7f", "␀␛[31m[U+007F]"),
        ("a\u202egnp.exe", "a[U+202E]gnp.exe"),
        ("a\u2066b\u2069\u200f\ufeff", "a[U+2066]b[U+2069][U+200F][U+FEFF]"),
        ("x\u2028y\u200bz\U000e0041", "x[U+2028]y[U+200B]z[U+E0041]"),
        ("\ud800", "[U+D800]"),
        # Needed to write Persian and to join emoji.
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
        ("日本語 ünïcode", "日本語 ünïcode"),
    ],
)
def test_hidden_characters_become_signs(raw: str, seen: str) -> None:
    assert visible(raw) == seen


@given(st.text())
def test_what_is_shown_can_always_be_written_and_never_hides(text: str) -> None:
    told = shown(text)
    told.encode()
    assert visible(told) == told


def test_a_cut_names_the_whole_length() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("a" * 10_000_000, 5) == "aaaaa… [cut, 10,000,000 characters in all]"


def test_short_urls_keep_the_way_and_shorten_the_values() -> None:
    state = "A2SAAEAE" * 40
    url = f"https://login.example.com/authorize?client_id=alexa&state={state}&code=%3Ccode%237%3E#done"
    assert short_url(url) == (
        "https://login.example.com/authorize?client_id=alexa&state=A2SAAEAEA2SAAEAEA2…(320)&code=<code#7>#done"
    )


@pytest.mark.parametrize(("count", "words"), [(None, "not measured"), (0, "0 B"), (8192, "8,192 B")])
def test_sizes_in_words(count: int | None, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "not measured"), (0.4, "0 ms"), (84.2, "84 ms"), (999.9, "1000 ms"), (4500.0, "4.50 s")]
)
def test_durations_in_words(value: float | None, words: str) -> None:
    assert milliseconds(value) == words


def test_moments_are_told_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert utc(datetime(2026, 11, 20, 21, 0, tzinfo=tokyo)) == "2026-11-20 12:00:00 UTC"
    assert utc(datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) == "2026-11-20 12:00:00 UTC"


def test_json_leaves_strings_plain() -> None:
    assert json_text("ü") == "ü"
    assert json_text(["ü", 1]) == '[\n  "ü",\n  1\n]'


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://developer.amazon.com/docs/x.html", True),
        ("https://github.com/a/b/issues/1", True),
        ("http://developer.amazon.com/", False),
        ("https://developer.amazon.com.evil.example/", False),
        ("https://github.com@evil.example/", False),
        ("https://github.com:444/", False),
        ("javascript:alert(1)//developer.amazon.com", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_only_the_rules_own_sources_become_links(url: str | None, known: bool) -> None:
    assert trusted_url(url) == (url if known else None)


def test_a_long_aside_is_left_out_and_a_short_one_stays() -> None:
    page = "“Sign in” cannot be used: " + "it stays disabled; " * 8
    assert terse(f"The login stops ({page}) on iPhone (EU).") == "The login stops on iPhone (EU)."
    assert terse(f"It stops ({page}") == f"It stops ({page}"
