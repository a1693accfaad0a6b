"""JSON stays JSON where a secret stands in it as a bare number, and the number is gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.evidence.redact import SecretRegistry

NUMBER = "98765432109876543"
HIDDEN = "<token#1> (a number)"


@pytest.fixture
def registry() -> SecretRegistry:
    registry = SecretRegistry()
    registry.register(NUMBER, "token")
    return registry


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'{{"a":{NUMBER}}}', {"a": HIDDEN}),
        (f'{{"a": {NUMBER} , "b": 1}}', {"a": HIDDEN, "b": 1}),
        (f'{{"a": "{NUMBER}"}}', {"a": "<token#1>"}),
        (f'{{"a": "say \\"{NUMBER}, 1\\" or :{NUMBER}"}}', {"a": 'say "<token#1>, 1" or :<token#1>'}),
        (f'{{"a": {{"b": [1, {NUMBER}, [{NUMBER}]]}}}}', {"a": {"b": [1, HIDDEN, [HIDDEN]]}}),
        (f"[{NUMBER},{NUMBER}]", [HIDDEN, HIDDEN]),
        (f'{{"a":-{NUMBER}}}', {"a": HIDDEN}),
        (f'{{"a":{NUMBER}.0,"b":{NUMBER}e3,"c":-{NUMBER}E+2}}', dict.fromkeys("abc", HIDDEN)),
        (f'{{"a":1{NUMBER}1}}', {"a": HIDDEN}),
        (f'{{"a":{NUMBER}{NUMBER}}}', {"a": HIDDEN}),
        (f'\n {{"{NUMBER}": {NUMBER}}}', {"<token#1>": HIDDEN}),
        (f'{{"a": "{{\\"b\\":{NUMBER}}}"}}', {"a": '{"b":<token#1>}'}),
    ],
)
def test_a_bare_number_becomes_a_string(registry: SecretRegistry, text: str, shown: object) -> None:
    assert json.loads(registry.redact(text)) == shown
    assert registry.find(registry.redact(text)) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER, "<token#1>"),
        (f"no JSON: {NUMBER}, is it", "no JSON: <token#1>, is it"),
        (f"a={NUMBER}&b=1", "a=<token#1>&b=1"),
        (f"[12:00] token:{NUMBER}x", "[12:00] token:<token#1>x"),
        (f"https://example.com/?a={NUMBER}", "https://example.com/?a=%3Ctoken%231%3E"),
        (f"<script>x = [{NUMBER}]</script>", "<script>x = [<token#1>]</script>"),
    ],
)
def test_what_is_no_json_is_shown_as_before(registry: SecretRegistry, text: str, shown: str) -> None:
    assert registry.redact(text) == shown


def test_texts_that_are_redacted_together_do_not_mix(registry: SecretRegistry) -> None:
    texts = ['{"open": "', f'{{"a":{NUMBER}}}', f"x:{NUMBER},", f"[{NUMBER}]"]
    shown = registry.redact_many(texts)
    assert shown == ['{"open": "', f'{{"a":"{HIDDEN}"}}', "x:<token#1>,", f'["{HIDDEN}"]']


def test_a_short_number_that_somebody_chose_is_hidden_so_too() -> None:
    registry = SecretRegistry()
    registry.register("482913", "password")
    assert registry.redact('{"pin":482913,"n":1482913}') == '{"pin":"<password#1> (a number)","n":1482913}'
    assert json.loads(registry.redact("[482913, 482913.5]"))[0] == "<password#1> (a number)"


LONG = 98765432109876
numbers = st.integers(-LONG * 1000, LONG * 1000) | st.floats(allow_nan=False, allow_infinity=False)
known = st.sampled_from([LONG, -LONG, LONG * 10 + 7, float(LONG), LONG * 1e9])
leaves = numbers | known | st.text(max_size=12) | known.map(lambda n: f'say "{n}", [{n}] or \\:{n},') | st.booleans()
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner), max_leaves=12
)


@given(value=st.lists(values, max_size=5), ascii_only=st.booleans(), indent=st.sampled_from([None, 1]))
def test_whatever_holds_the_number_stays_json(value: object, ascii_only: bool, indent: int | None) -> None:
    registry = SecretRegistry()
    registry.register(str(LONG), "token")
    shown = registry.redact(json.dumps(value, ensure_ascii=ascii_only, indent=indent))
    json.loads(shown)
    assert str(LONG) not in shown


def test_a_secret_that_begins_in_a_hidden_number_is_hidden_to_its_end() -> None:
    registry = SecretRegistry()
    registry.register("12345678901234", "token")
    registry.register('5,"zz99":', "token")
    assert "zz99" not in registry.redact('{"a":123456789012345,"zz99":1}')
