from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from e2e_linker.config.document import MAX_BYTES, MAX_DEPTH, parse_document, read_document
from e2e_linker.errors import ConfigurationError

WORDS = frozenset({"use", "device", "password"})


def parse(content: bytes | str):
    return parse_document(content, where="file", vocabulary=lambda: WORDS)


def refused(content: bytes | str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(content)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_that_a_shell_writes_is_read(encoding: str) -> None:
    assert parse('{"use": "Ä"}'.encode(encoding)).value == {"use": "Ä"}


def test_a_byte_order_mark_in_text_is_dropped() -> None:
    assert parse("\ufeff[1]").value == [1]


def test_duplicate_keys_are_named() -> None:
    document = parse('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}')
    assert document.duplicates == ("c", "a")
    assert document.value == {"a": 3, "b": {"c": 2}}


def test_a_syntax_error_names_line_column_and_shows_the_line() -> None:
    text = refused('{\n  "use": {\n    "device" "Pixel 7"\n  }\n}')
    assert text.startswith("file:3:14: not JSON")
    assert '"device" →"…"' in text


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ('{"use": 1,}', "comma before the closing bracket"),
        ('{"use": [1,]}', "comma before the closing bracket"),
        ('{"use": 1 // why\n}', "no comments"),
        ('{"use": "https://x.example/",}', "comma before the closing bracket"),
        ("{'use': 1}", "double quotes"),
        ("", "empty"),
        ('{"use": 1 "device": 2}', "missing just before the arrow"),
    ],
)
def test_a_syntax_error_says_what_to_try(content: str, hint: str) -> None:
    assert hint in refused(content)


@pytest.mark.parametrize(
    "line",
    [
        '{"password": "hunter2" 1}',
        '{"password": hunter2}',
        '{"password": "hunter2}',
        '{"password": "hun\\qhunter2"}',
        '{password": "hunter2": 1}',
        "{'password': 'hunter2'}",
        '{"password" "hunter2": 1}',
        '{"use": 1 "password": "hunter2"}',
    ],
)
def test_a_broken_line_never_shows_a_value(line: str) -> None:
    assert "hunter2" not in refused(line)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *((number, f"{number} is not JSON") for number in ("NaN", "Infinity", "-Infinity")),
        ("1e999", "a number is too large"),
        ("1" * 5000, "a number has more digits than can be read"),
    ],
)
def test_numbers_beyond_json_are_refused(number: str, words: str) -> None:
    assert words in refused(f'{{"use": {number}}}')


@pytest.mark.parametrize("content", ["[" * 10_000, "[" * 10_000 + "]" * 10_000, '{"a":' * 500 + "1" + "}" * 500])
def test_hostile_nesting_is_refused(content: str) -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in refused(content)


def test_nesting_is_read_up_to_the_limit() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH).value
    assert "nested deeper" in refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    assert "right file" in refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize("content", ["<!doctype html><title>Sign in</title>", "\n <html>it's</html>", "<?xml?>"])
def test_a_page_is_not_searched_for_a_comma(content: str) -> None:
    said = refused(content)
    assert "this is HTML or XML" in said
    assert "comma" not in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b'{"a": "\xc3\x28"}', "not text in UTF-8"),
        (b"\x00\x01\x02", "not JSON"),
        ('"\\ud800"', "half of a surrogate pair"),
        ('{"\\udfff": 1}', "half of a surrogate pair"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes | str, words: str) -> None:
    assert words in refused(content)


def test_a_long_line_is_shown_in_part() -> None:
    assert len(refused('{"use": [' + '"x", ' * 10_000 + "!]}")) < 500


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(ConfigurationError, match=f"more than {MAX_BYTES // 1_000_000} MB"):
        read_document(path, vocabulary=frozenset, hint="")


@pytest.mark.parametrize("name", ["", "missing", "a\0b", "x" * 5000])
def test_a_path_that_cannot_be_read_is_an_error_with_a_hint(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_document(tmp_path / name, vocabulary=frozenset, hint="write one")
    assert caught.value.hint == "write one"


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text("[1]"))
    writer.start()
    assert read_document(pipe, vocabulary=frozenset, hint="").value == [1]
    writer.join()
