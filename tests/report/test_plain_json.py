"""The report as JSON, which is also read in a terminal."""

from __future__ import annotations

import json

from pydantic import JsonValue

from e2e_linker.model import Record
from e2e_linker.report.plain_json import json_of


class Said(Record):
    """Anything."""

    what: dict[str, JsonValue]


def test_nothing_in_it_moves_the_cursor_or_turns_the_line_around() -> None:
    told = Said(what={"\x9b2J": "\x7f\x80\x9f \u202egnp.exe\u2066 \ufeff\u2028\U000e0041 \x1b[31m"})
    text = json_of(told)
    assert r'"\u009b2J": "\u007f\u0080\u009f \u202egnp.exe\u2066 \ufeff\u2028\udb40\udc41 \u001b[31m"' in text
    assert all(sign == "\n" or sign.isprintable() for sign in text)
    assert Said.model_validate_json(text) == told


def test_what_people_write_stays_as_it_is() -> None:
    told = Said(what={"Zoë": "日本語 می\u200cخواهم 👩\u200d💻 \\u202e"})
    assert json_of(told) == told.model_dump_json(indent=2)


def test_half_a_surrogate_pair_does_not_cost_the_rest() -> None:
    assert json.loads(json_of(Said(what={"a": ["\udfff\x85", 1]}))) == {"what": {"a": ["?\x85", 1]}}
    assert json.loads(json_of(Said(what={"a\ud800": 1})))["what"].popitem()[1] == 1
