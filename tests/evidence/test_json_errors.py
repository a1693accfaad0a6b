"""What a JSON answer says of an error."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.redact import SecretRegistry


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ('{"error": "invalid_grant", "error_description": "No  such\\ncode"}', ("invalid_grant", "No such code")),
        (b'{"code": "A1", "message": "Wrong"}', ("A1", "Wrong")),
        ('{"error": {"code": "A1", "message": "Wrong"}}', ("A1", "Wrong")),
        ('{"error": "Wrong", "message": "Wrong"}', ("Wrong",)),
        ('{"errorCode": "A1", "errorSummary": "Wrong", "errorCauses": []}', ("A1", "Wrong")),
        ('{"message": "Half \\ud83d"}', ("Half ?",)),
        ('{"detail": "' + "a" * 201 + '"}', ("a" * 200 + "…",)),
        *(("{", ()), ("[1]", ()), ('"no"', ()), ("{}", ()), ('{"error": 5}', ()), (b"\xff\xfe\xff", ()), ("", ())),
        ("[" * 100_000, ()),
    ],
)
def test_the_name_of_an_error_and_its_description_are_found(answer: str | bytes, words: tuple[str, ...]) -> None:
    assert error_words(answer) == words


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ({"device_name": ["The device name field is required."]}, ("The device name field is required.",)),
        ({"email": "is taken", "x": ["a", "b", "c"]}, ("is taken", "a", "b")),
        ([{"message": "too short", "field": "pin"}, "odd", {"field": "x"}, 7], ("too short", "odd")),
        ([], ("The given data was invalid.",)),
        ({"email": []}, ("The given data was invalid.",)),
        ("no", ("The given data was invalid.",)),
    ],
)
def test_what_is_said_of_fields_goes_before_what_is_said_of_all(errors, words):
    assert error_words(json.dumps({"message": "The given data was invalid.", "errors": errors})) == words


@pytest.mark.parametrize("before", range(170, 215, 3))
def test_no_part_of_a_secret_is_left_where_a_text_is_cut(before):
    registry = SecretRegistry()
    registry.register("Tr0ub4dorhorseZqx9Wm", "password")
    said = f"{'It was wrong. ' * 20}"[: before - 1] + " Tr0ub4dorhorseZqx9Wm and so on, until the text is long enough"
    (words,) = error_words(json.dumps({"message": said}), redacted=False)
    assert words.startswith("It was wrong.")
    assert "Tr0u" not in registry.redact(words)
