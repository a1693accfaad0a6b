"""Secrets as people and pages write them, where no encoder explains it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from e2e_linker.evidence.redact import SecretRegistry

SEED = "TAU4TQV4LXPFSZUHKBBKIUJLKAAWRVIQ"


def in_fours(text: str, joint: str) -> str:
    return joint.join(text[n : n + 4] for n in range(0, len(text), 4))


def as_shown(seed: str) -> list[str]:
    return [
        seed,
        in_fours(seed, " "),
        in_fours(seed, "-"),
        *(in_fours(seed, joint).lower() for joint in ("", " ", "-")),
    ]


@pytest.mark.parametrize(
    "given", [*as_shown(SEED), f"otpauth://totp/Acme:alice?secret={SEED}&issuer=Acme", f"{SEED}==", f"{SEED}\n"]
)
@pytest.mark.parametrize("kind", ["totp", "totp_secret"])
def test_the_seed_of_one_time_codes_is_hidden_however_it_is_shown(given: str, kind: str) -> None:
    registry = SecretRegistry()
    label = registry.register(given, kind)
    for text in as_shown(SEED):
        assert registry.redact(f"seed: {text}") == f"seed: {label}"
    assert registry.redact(f"otpauth://totp/x?secret={SEED}&digits=6").count(quote(label)) == 1


@pytest.mark.parametrize("kind", ["totp", "password"])
def test_what_is_no_seed_is_not_taken_to_pieces(kind: str) -> None:
    registry = SecretRegistry()
    registry.register("Dark-Lamps-2", kind)
    registry.register("otpauth://[broken", kind)
    assert registry.redact("dark-lamps-2 dark lamp s2") == "dark-lamps-2 dark lamp s2"


@pytest.mark.parametrize("name", ["Alice.T@Example.com", "alice.t@example.com", "bob7", "jörg.Müller@example.org"])
@pytest.mark.parametrize("encode", [str, lambda text: quote(text, safe=""), html.escape, json.dumps])
@pytest.mark.parametrize("change", [bytes.lower, bytes.upper, bytes.title, bytes.swapcase])
def test_a_user_name_is_hidden_in_any_letters(
    name: str, encode: Callable[[str], str], change: Callable[[bytes], bytes]
) -> None:
    registry = SecretRegistry()
    registry.register(name, "username")
    shown = encode(change(name.encode()).decode())
    assert registry.redact(f"Hello {shown}, welcome").replace('"', "") == "Hello <username#1>, welcome"


def test_a_short_user_name_is_hidden_only_where_it_stands_alone() -> None:
    registry = SecretRegistry()
    registry.register("bob7", "username")
    assert registry.redact("Bob7, BOB77, xBob7") == "<username#1>, BOB77, xBob7"
    assert registry.find("user=BOB7&x") == "<username#1>"


def test_a_plain_word_as_user_name_hides_no_headings_nor_do_passwords_in_other_letters() -> None:
    registry = SecretRegistry()
    registry.register("user", "username")
    registry.register("Kv9-zQ7!wPab", "password")
    assert registry.redact("USER and User: user") == "USER and User: <username#1>"
    assert registry.redact("kv9-zq7!wpab") == "kv9-zq7!wpab"


@pytest.mark.parametrize("password", ["  lead trail9x  ", "lead \t trail9x", "lead  trail9x\n", "\u00a0lead trail9x"])
def test_blanks_that_a_page_does_not_show_hide_nothing_from_us(password: str) -> None:
    registry = SecretRegistry()
    registry.register(password, "password")
    for text in (password, "lead trail9x", "lead+trail9x", "lead%20trail9x", "lead&#32;trail9x"):
        assert registry.redact(f"it is “{text}”") == "it is “<password#1>”"


def test_what_is_left_of_a_password_of_blanks_is_too_short_to_be_searched_for() -> None:
    registry = SecretRegistry()
    registry.register("  a  b  ", "password")
    registry.register("     ", "password")
    assert registry.redact("a b and more") == "a b and more"


def test_a_user_name_beyond_ascii_or_in_base64_is_hidden_in_other_letters() -> None:
    registry = SecretRegistry()
    registry.register("JÖRG.Müller@Example.org", "username")
    for shown in ("jörg.müller@example.org", "JÖRG.MÜLLER@EXAMPLE.ORG", "Jörg.Müller@example.org"):
        assert registry.redact(f"for {shown}.") == "for <username#1>."
    for lowered in ("jörg.müller@example.org", "JÖRG.MÜLLER@EXAMPLE.ORG"):
        assert registry.redact(base64.b64encode(lowered.encode()).decode()) == "<username#1>"


@pytest.mark.parametrize("name", ["BrightBulb", "brightBulb", "Bright Bulb"])
def test_what_is_a_plain_word_in_small_letters_is_no_part_of_a_host(name: str) -> None:
    registry = SecretRegistry()
    registry.register(name, "username")
    shown = name.lower()
    text = f"https://login.{shown.replace(' ', '')}.test/ id={shown}1"
    assert registry.redact(text) == text
    assert registry.find(text) is None
    assert registry.redact(f"Hello {shown}!") == "Hello <username#1>!"


@pytest.mark.parametrize("name", ["brightbulb1", "BrightBulb1", "eu.brightbulb1"])
def test_a_user_name_of_which_the_server_is_named_hides_no_host(name: str) -> None:
    registry = SecretRegistry()
    registry.publish("https://eu.brightbulb1.example/authorize", "skill-of-BRIGHTBULB1")
    registry.register(name, "username")
    text = "https://eu.brightbulb1.example/token, api.eu.brightbulb1.example"
    assert registry.redact(text) == text
    assert registry.redact(f"Hello {name}, how do you do") == "Hello <username#1>, how do you do"


def test_a_user_name_is_hidden_also_where_the_client_is_named_so_in_other_letters() -> None:
    registry = SecretRegistry()
    registry.publish("lamp-1")
    registry.register("Lamp-1", "username")
    assert registry.redact("client_id=lamp-1 for Lamp-1") == "client_id=lamp-1 for <username#1>"


PASSWORD = "Tr0ub4dor&3-h+rse/Zq%x9 ä"
OCTETS = PASSWORD.encode()


@pytest.mark.parametrize(
    "shown",
    [
        ", ".join(map(str, OCTETS)),
        json.dumps(list(OCTETS)).strip("[]"),
        ",".join(map(str, OCTETS)),
        OCTETS.hex(":"),
        ", ".join(PASSWORD),
        json.dumps(list(PASSWORD), ensure_ascii=False).strip('[]"'),
        json.dumps(list(PASSWORD)).strip('[]"'),
        PASSWORD[::-1],
    ],
)
@pytest.mark.parametrize("kind", ["password", "client_secret"])
def test_a_password_taken_apart_is_hidden(shown: str, kind: str) -> None:
    registry = SecretRegistry()
    label = registry.register(PASSWORD, kind)
    assert registry.redact(f"key [{shown}] made") == f"key [{label}] made"
    assert registry.find(json.dumps({"console": f"[{shown}]"})) == label


@pytest.mark.parametrize(
    ("value", "shown"), [("Don't-St0p!Me9now", "Don''t-St0p!Me9now"), ('q"uo-T3d!x', 'q""uo-T3d!x')]
)
def test_a_quote_that_is_written_twice_hides_nothing(value: str, shown: str) -> None:
    registry = SecretRegistry()
    label = registry.register(value, "password")
    assert registry.redact(f"near '{shown}'") == f"near '{label}'"


def test_lists_of_numbers_that_are_no_password_are_left() -> None:
    registry = SecretRegistry()
    registry.register(PASSWORD, "password")
    assert registry.redact("[84, 114, 48] T, r, 0 54:72:30") == "[84, 114, 48] T, r, 0 54:72:30"
