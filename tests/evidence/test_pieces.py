"""A secret that a page marks up or breaks into lines is hidden, from its first piece to its last."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from e2e_linker.evidence.redact import SecretRegistry

CODE = "rBq8ZtTkq9nLxV3mW5pYc7Jd"
SIGNS = "abcXYZ0189_~.-"
GAPS = st.sampled_from(["<b>", "</b>", "<wbr/>", '<span class="x y">', "<!-- x -->", " ", "\n", "\u00a0", "\u200b"])


@pytest.fixture
def registry() -> SecretRegistry:
    registry = SecretRegistry()
    registry.register(CODE, "code")
    return registry


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Code: {CODE[:9]}<b>{CODE[9:]}</b>.", "Code: <code#1></b>."),
        (f"<td>{CODE[:9]}</td>\n  <td data-n='2'>{CODE[9:]}</td>", "<td><code#1></td>"),
        (f"Your code {CODE[:9]} {CODE[9:]} Copy", "Your code <code#1> Copy"),
        (f"Your code\n{CODE[:5]}\n{CODE[5:9]}\n{CODE[9:]}", "Your code\n<code#1>"),
        (" ".join(CODE), "<code#1>"),
        (f"{CODE} and {CODE[:9]}<i>{CODE[9:]}", "<code#1> and <code#1>"),
        (json.dumps({"html": f'{CODE[:9]}<b class="x">{CODE[9:]}'}), '{"html": "<code#1>"}'),
        (json.dumps({"text": f"{CODE[:9]}\n\t{CODE[9:]}"}), '{"text": "<code#1>"}'),
        (f'{{"html": "{CODE[:9]}\\u003cb\\u003e{CODE[9:]}"}}', '{"html": "<code#1>"}'),
        (f"<p>{CODE[:9]}&shy;{CODE[9:12]}&nbsp;{CODE[12:]}</p>", "<p><code#1></p>"),
        (f"<p>{CODE[:9]}&#8203;{CODE[9:]}</p>", "<p><code#1></p>"),
        (f"/cb?x={CODE[:9]}%20{CODE[9:]}&y=1", "/cb?x=%3Ccode%231%3E&y=1"),
        (f'<a title="{CODE[:9]} {CODE[9:]}">{CODE}</a>', '<a title="<code#1>"><code#1></a>'),
        (f"{CODE[:9]}\u2009{CODE[9:12]}\u202f{CODE[12:]}", "<code#1>"),
        (f'{CODE[:9]}<b title="a>b" style="{"x" * 900}">{CODE[9:]}', "<code#1>"),
        (f'<a title="{CODE}">Copy</a> {CODE[:9]} {CODE[9:]}', '<a title="<code#1>">Copy</a> <code#1>'),
    ],
)
def test_pieces_are_hidden(registry: SecretRegistry, text: str, shown: str) -> None:
    assert registry.redact(text) == shown


@given(
    st.text(SIGNS, min_size=12, max_size=30),
    st.lists(st.tuples(st.integers(1, 11), GAPS), min_size=1, max_size=5, unique_by=lambda gap: gap[0]),
    st.text("défGH=&>, \n", max_size=12),
)
def test_no_piece_is_left_however_it_is_broken(secret: str, gaps: list[tuple[int, str]], around: str) -> None:
    assume(len(set(secret)) > 6)
    broken = secret
    for place, gap in sorted(gaps, reverse=True):
        broken = broken[:place] + gap + broken[place:]
    assume(not set(secret) & set(around))
    registry = SecretRegistry()
    label = registry.register(secret, "access_token")
    redacted = registry.redact(f"{around}|{broken}|{around}")
    assert redacted == f"{around}|{label}|{around}"


@pytest.mark.parametrize(
    "text",
    [
        f"{CODE[:9]}, {CODE[9:]}",
        f"{CODE[:9]}</b> <code#7>{CODE[9:]}",
        f'["{CODE[:9]}", "{CODE[9:]}"]',
        "Summer of 2024 <b>x</b>",
    ],
)
def test_what_stands_between_others_is_no_piece(registry: SecretRegistry, text: str) -> None:
    assert registry.redact(text) == text


def test_texts_that_are_redacted_together_are_not_joined(registry: SecretRegistry) -> None:
    assert registry.redact_many([CODE[:9], CODE[9:], f"{CODE[:9]} {CODE[9:]}"]) == [CODE[:9], CODE[9:], "<code#1>"]


def test_a_name_is_left_as_people_write_it(registry: SecretRegistry) -> None:
    registry.register("JaneDoe77", "username")
    registry.register("lamplover", "password")
    assert registry.redact("Jane Doe 77 is a lamp lover") == "Jane Doe 77 is a lamp lover"


def test_a_public_value_stays_in_pieces_too(registry: SecretRegistry) -> None:
    registry.public(CODE)
    assert registry.redact(f"{CODE[:9]} {CODE[9:]}") == f"{CODE[:9]} {CODE[9:]}"


def test_a_secret_in_pieces_that_begins_as_another_is_hidden_to_its_end() -> None:
    registry = SecretRegistry()
    registry.register(CODE[:12], "code")
    registry.register(CODE, "access_token")
    assert registry.redact(f"{CODE[:12]} {CODE[12:]}") == "<access_token#1>"


def test_a_secret_with_blanks_is_hidden_to_its_end_where_its_beginning_is_another_in_pieces(
    registry: SecretRegistry,
) -> None:
    passphrase = f"{CODE[:9]} {CODE[9:]} ijkl9#"
    registry.register(passphrase, "password")
    assert registry.redact(passphrase) == "<password#1>"


def test_what_stands_beside_pieces_is_hidden_at_once(registry: SecretRegistry) -> None:
    registry.register("x1y2z", "password")
    redacted = registry.redact(f"{CODE[:9]} {CODE[9:]}x1y2z")
    assert redacted == "<code#1><password#1>"
    assert registry.redact(redacted) == redacted


@pytest.mark.parametrize("gap", ["\n", "  ", "&nbsp;", "</b> <b>", "\u00a0"])
def test_a_passphrase_is_hidden_whatever_stands_between_its_words(gap: str) -> None:
    registry = SecretRegistry()
    registry.register("correct horse 7 staple", "password")
    assert registry.redact(f"It is correct{gap}horse{gap}7 staple.") == "It is <password#1>."


def test_many_secrets_in_pieces_take_no_longer_than_one() -> None:
    registry = SecretRegistry()
    values = [f"{n:03}Zx{n * 7919 % 9973:04}kQ{CODE}" for n in range(300)]
    for value in values:
        registry.register(value, "access_token")
    began = time.process_time()
    redacted = registry.redact(
        "".join("the lamp <b>is</b> on " * 500 + value[:9] + " " + value[9:] for value in values)
    )
    assert time.process_time() - began < 6
    assert not any(value[9:] in redacted for value in values)


@pytest.mark.parametrize(
    "text",
    [
        '<a "' * 250_000,
        "<a '\" " * 200_000,
        "<a " * 300_000,
        "r <b>" * 200_000,
        f"{CODE[:9]} " * 90_000,
        "<" + "a" * 900_000,
    ],
)
def test_pages_of_tags_and_blanks_take_no_time(registry: SecretRegistry, text: str) -> None:
    began = time.process_time()
    assert registry.redact(f"{text}{CODE[:9]} {CODE[9:]}").endswith("<code#1>")
    assert time.process_time() - began < 3
