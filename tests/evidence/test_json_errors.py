"""What a JSON answer says of an error."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.json_errors import error_words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ('{"error": "invalid_grant", "error_description": "No  such\\ncode"}', ("invalid_grant", "No such code")),
        (b'{"code": "A1", "message": "Wrong"}', ("A1", "Wrong")),
        ('{"error": {"code": "A1", "message": "Wrong"}}', ("A1", "Wrong")),
        ('{"error": "Wrong", "message": "Wrong"}', ("Wrong",)),
        ('{"detail": "' + "a" * 200 + '"}', ("a" * 160 + "…",)),
        *(("{", ()), ("[1]", ()), ('"no"', ()), ("{}", ()), ('{"error": 5}', ()), (b"\xff\xfe\xff", ()), ("", ())),
        ("[" * 100_000, ()),
    ],
)
def test_the_name_of_an_error_and_its_description_are_found(answer: str | bytes, words: tuple[str, ...]) -> None:
    assert error_words(answer) == words
