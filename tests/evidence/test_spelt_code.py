"""A one-time code that a page takes to pieces is in no file, and what only looks like its pieces stays readable."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from e2e_linker.evidence.contents import body_of
from e2e_linker.evidence.models import Body, Param, Present
from e2e_linker.evidence.redact import SecretRegistry, readable
from e2e_linker.evidence.store import RunStore

CODE = "482913"
LABEL = "<totp#1>"
NUMBER = f"{LABEL} (a number)"
FORM = "d0=4&d1=8&d2=2&d3=9&d4=1&d5=3"
HIDDEN_FORM = "&".join(f"d{n}={LABEL}" for n in range(6))


@pytest.fixture
def registry() -> SecretRegistry:
    registry = SecretRegistry()
    registry.register(CODE, "totp")
    return registry


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (FORM, HIDDEN_FORM),
        (f"csrf=abc&{FORM}&remember=1&n=20", f"csrf=abc&{HIDDEN_FORM}&remember=1&n=20"),
        (f"step=2&{FORM}", f"step=2&{HIDDEN_FORM}"),
        ("&".join(f"c[]={digit}" for digit in CODE), "&".join([f"c[]={LABEL}"] * 6)),
        ("&".join(f"c%5B%5D={digit}" for digit in CODE), "&".join([f"c%5B%5D={LABEL}"] * 6)),
        ("a=4&b=8&c=2&d=9&e=1&f=3&next=1", "&".join(f"{name}={LABEL}" for name in "abcdef") + "&next=1"),
        (FORM.replace("&", "\r\n") + "\r\n", HIDDEN_FORM.replace("&", "\r\n") + "\r\n"),
        (f'<a href="?{FORM.replace("&", "&amp;")}">', f'<a href="?{HIDDEN_FORM.replace("&", "&amp;")}">'),
    ],
)
def test_fields_of_one_character_are_hidden(registry: SecretRegistry, text: str, shown: str) -> None:
    hidden = registry.redact(text)
    assert readable(hidden) == shown
    assert registry.redact(hidden) == hidden


@pytest.mark.parametrize("joint", ["?", "#"])
def test_an_address_stays_an_address(registry: SecretRegistry, joint: str) -> None:
    hidden = registry.redact(f"https://a.example/verify{joint}{FORM}&state=visible-state")
    assert parse_qsl(re.split("[?#]", hidden)[1]) == [*((f"d{n}", LABEL) for n in range(6)), ("state", "visible-state")]


DIGITS = [int(digit) for digit in CODE]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (list(CODE), [LABEL] * 6),
        (DIGITS, [NUMBER] * 6),
        ({"c": list(CODE), "try": 1}, {"c": [LABEL] * 6, "try": 1}),
        ({"try": 1, "c": DIGITS}, {"try": 1, "c": [NUMBER] * 6}),
        (
            {"step": "2", **{f"d{n}": digit for n, digit in enumerate(CODE)}, "remember": "1"},
            {"step": "2", **{f"d{n}": LABEL for n in range(6)}, "remember": "1"},
        ),
        ({f"d{n}": digit for n, digit in enumerate(DIGITS)}, {f"d{n}": NUMBER for n in range(6)}),
        ({str(n): digit for n, digit in enumerate(CODE)}, {str(n): LABEL for n in range(6)}),
        (
            {"boxes": [{"at": n, "value": digit} for n, digit in enumerate(CODE)]},
            {"boxes": [{"at": n, "value": LABEL} for n in range(6)]},
        ),
        (
            [{"id": f"box-{n}", "value": digit, "valid": True, "ms": 120 + n} for n, digit in enumerate(DIGITS)],
            [{"id": f"box-{n}", "value": NUMBER, "valid": True, "ms": 120 + n} for n in range(6)],
        ),
        (
            [{"name": name, "value": value} for name, value in (("lang", "en"), *parse_qsl(FORM), ("keep", "1"))],
            [
                {"name": n, "value": v}
                for n, v in (("lang", "en"), *((f"d{n}", LABEL) for n in range(6)), ("keep", "1"))
            ],
        ),
    ],
    ids=lambda value: json.dumps(value)[:24],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_stays_json(registry: SecretRegistry, value: object, shown: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert json.loads(registry.redact(text)) == shown
    assert json.loads(registry.redact(text.replace(": ", ":").replace(", ", ","))) == shown


@pytest.mark.parametrize("text", [json.dumps(list(CODE)), json.dumps({f"d{n}": d for n, d in enumerate(CODE)}), FORM])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: json.dumps({"variables": text}),
        lambda text: f"q={quote(text, safe='')}&x=1",
        lambda text: f"sent {text} at 10:31",
        lambda text: f"<script>send({text})</script>",
    ],
)
def test_pieces_within_something_else_are_hidden_too(registry: SecretRegistry, text: str, wrap: Any) -> None:
    hidden = registry.redact(wrap(text))
    assert readable(hidden).count(LABEL) == 6


def test_a_text_that_was_cut_off_behind_the_last_piece(registry: SecretRegistry) -> None:
    assert registry.redact('{"c":[4,8,2,9,1,3').count(LABEL) == 6
    assert registry.redact('{"d":{"a":"4","b":"8","c":"2","d":"9","e":"1","f":"3"').count(LABEL) == 6


def multipart(fields: list[tuple[str, str]]) -> str:
    parts = (f'--b0\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields)
    return "".join(parts) + "--b0--\r\n"


def test_parts_of_one_character_are_hidden(registry: SecretRegistry) -> None:
    fields = [("user", "ada"), *parse_qsl(FORM), ("keep", "1")]
    shown = [("user", "ada"), *parse_qsl(HIDDEN_FORM), ("keep", "1")]
    assert registry.redact(multipart(fields)) == multipart(shown)


@pytest.mark.parametrize(
    "text",
    [
        "d0=4&d1=8&d2=2&d3=9&d4=1",
        "d0=4&d1=8&d2=2&d3=9&d4=1&d5=4",
        "d0=4&d1=8&d2=2&d3=9&d4=1&d5=3&d6=7",
        "d0=4&d1=8&d2=2&d3=9&d4=1&d5=37",
        "d0=4&d1=8&d2=2&x=yes&d3=9&d4=1&d5=3",
        "[4,8,2,9,1,3,5]",
        "[0,4,8,2,9,1,3]",
        "[4,8,2,9,1,35]",
        "[4,8,2,9,1,3.5]",
        '[4,8,2,9,1,3,"more"]',
        '{"page":4,"of":8}',
        '{"d0":4,"d1":8,"d2":2,"x":"yes","d3":9,"d4":1,"d5":3}',
        '{"d0":4,"d1":8,"d2":2,"d3":9,"d4":1,"d5":35}',
        '{"d0":"4","d1":"8","d2":"2","d3":"9","d4":"1","d5":"3","d6":"0"}',
        "1, 4, 8, 2, 9, 1, 3",
    ],
)
def test_what_spells_something_else_stays(registry: SecretRegistry, text: str) -> None:
    assert registry.redact(text) == text


def test_pieces_of_different_texts_do_not_spell_a_code(registry: SecretRegistry) -> None:
    texts = ["d0=4&d1=8&d2=2", "d3=9&d4=1&d5=3", "[4,8,2,9", "1,3]", "4", "8", "2", "9", "1", "3"]
    assert registry.redact_many(texts) == texts


@pytest.mark.parametrize("kind", ["password", "code", "totp_secret"])
def test_only_one_time_codes_are_taken_to_pieces(kind: str) -> None:
    registry = SecretRegistry()
    registry.register(CODE, kind)
    assert registry.redact(FORM) == FORM
    assert registry.redact("482 913") == "482 913"


def test_a_code_of_letters_and_one_of_four_digits() -> None:
    registry = SecretRegistry()
    registry.register("K7pQ", "otp")
    registry.register("1407", "otp")
    assert registry.redact('["K","7","p","Q"]') == '["<otp#1>","<otp#1>","<otp#1>","<otp#1>"]'
    assert registry.redact("a=1&b=4&c=0&d=7") == "a=<otp#2>&b=<otp#2>&c=<otp#2>&d=<otp#2>"
    assert registry.redact("14-07, 14 07, 14:07") == "14-07, 14 07, 14:07"


@pytest.mark.parametrize(
    "text", ["{}", "Your code is {}.", "otp={}&x=1", '{{"otp": "{}"}}', "<b>{}</b>", "({})", "code {}, 5 minutes"]
)
@pytest.mark.parametrize(
    "groups", ["482 913", "482-913", "482+913", "482%20913", "48 29 13", "482\u00a0913", "482&nbsp;913"]
)
def test_a_code_in_groups_is_hidden(registry: SecretRegistry, text: str, groups: str) -> None:
    assert registry.redact(text.format(groups)) == text.format(LABEL)


@pytest.mark.parametrize(
    "text",
    [
        "1 482 913",
        "482 913 000",
        "482-913-5550",
        "1-482-913",
        "+49 482 913 22",
        "482 9130",
        "7482 913",
        "a482-913",
        "482.913",
        "482, 913",
        "482 914",
        "482 users, 913 lamps",
        "https://482-913.example/",
        "482-913.js",
    ],
)
def test_a_longer_number_is_no_code_in_groups(registry: SecretRegistry, text: str) -> None:
    assert registry.redact(text) == text
    assert registry.find(text) is None


@pytest.mark.parametrize("printed", ["482 913", "482-913"])
def test_a_code_that_was_given_in_groups_is_known_without_them(printed: str) -> None:
    registry = SecretRegistry()
    registry.register(printed, "otp")
    assert registry.redact(f"{printed}, 482913, 482 913, 482-913; {FORM}") == (
        "<otp#1>, <otp#1>, <otp#1>, <otp#1>; " + HIDDEN_FORM.replace("totp", "otp")
    )


def sent_in(build: Any, body: Body) -> dict[str, Any]:
    return {**build.post(f"{build.login}/verify"), "body": body}


BODIES = [
    (f"csrf=abc&{FORM}&remember=1", "application/x-www-form-urlencoded"),
    (multipart([("csrf", "abc"), *parse_qsl(FORM), ("remember", "1")]), "multipart/form-data; boundary=b0"),
    (json.dumps({"csrf": "abc", "code": list(CODE), "remember": 1}), "application/json"),
    (json.dumps({"csrf": "abc", "code": DIGITS, "remember": 1}), "application/json"),
    (json.dumps({"csrf": "abc", **{f"d{n}": d for n, d in enumerate(CODE)}}), "application/json"),
    ("csrf=abc&otp=482+913", "application/x-www-form-urlencoded"),
    ("csrf=abc&otp=482-913", "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize(("data", "kind"), BODIES, ids=[f"{kind[:20]}-{n}" for n, (_, kind) in enumerate(BODIES)])
@pytest.mark.parametrize("late", [False, True])
def test_no_file_of_a_run_tells_the_code(tmp_path: Path, build: Any, data: str, kind: str, late: bool) -> None:
    registry = SecretRegistry()
    if not late:
        registry.register(CODE, "totp")
    body = body_of(data.encode(), kind)
    assert body
    other = build.post(f"{build.login}/other", {"a": "4", "b": "8", "page": "2"})
    asked = [sent_in(build, body), build.get(f"{build.login}/verify?{FORM}&page=7"), other]
    case = registry.redact_record(build.case(build.walk(asked)))
    with RunStore.create(tmp_path, "run", registry) as store:
        store.write_case(case)
        registry.register(CODE, "totp")
        case = store.settled(case)
    for path in (store.path / "evidence", store.path / "network"):
        (file,) = path.iterdir()
        text = file.read_text("utf-8")
        assert "totp#1" in text
        assert "abc" in text
        assert "page=7" in text
        assert not re.search(r"4\W*8\W*2\W*9\W*1\W*3|d\d\W{1,8}(value)?\W{1,40}[0-9]\b", text.replace("482-", "482"))
    assert isinstance(case.walks[0].requests, Present)
    told = case.walks[0].requests.value[2].body
    assert told
    assert [field.value for field in told.fields] == ["4", "8", "2"]


def test_fields_keep_their_names_and_lengths(registry: SecretRegistry, build: Any) -> None:
    walk = build.walk([sent_in(build, body_of(FORM.encode(), "application/x-www-form-urlencoded"))])
    hidden = registry.redact_record(walk).requests.value[0].body.fields
    assert hidden == tuple(Param(name=f"d{n}", value=LABEL, length=1, place="body") for n in range(6))


def test_codes_cost_next_to_nothing_where_no_value_has_one_character(registry: SecretRegistry) -> None:
    line = 'const a={b:"https:\\/\\/cdn.example.com\\/x?y=%2Fz&amp;q",d:12.5,e:[1,2]};f(g=h&i=jk)\n'
    text = line * (6_000_000 // len(line))
    plain = SecretRegistry()
    plain.register(CODE, "password")
    spent = []
    for each in (plain, registry):
        began = time.process_time()
        assert each.redact(text) == text
        spent.append(time.process_time() - began)
    # A fifth more on one quiet core; the bound only has to catch what goes over the text for each code.
    assert spent[1] < 3 * spent[0] + 1
