"""Whatever the secret, whatever encodings it went through, nothing of it is left and it is found."""

from __future__ import annotations

import base64
import html
import json
import time
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from e2e_linker.evidence import needles
from e2e_linker.evidence.needles import Strength, strength_of
from e2e_linker.evidence.redact import SecretRegistry

Encoder = Callable[[str], str]


def in_base64(prefix: str, suffix: str, *, url: bool = False, pad: bool = True) -> Encoder:
    def encode(value: str) -> str:
        data = (prefix + value + suffix).encode()
        text = (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode()
        return text if pad else text.rstrip("=")

    return encode


def in_jwt(value: str) -> str:
    head = in_base64('{"alg":"RS256"}', "", url=True, pad=False)("")
    return (
        f"{head}.{in_base64('', '', url=True, pad=False)(json.dumps({'sub': 'a', 'at': value, 'n': 1}))}.c2lnbmF0dXJl"
    )


def each(pattern: str) -> Encoder:
    return lambda value: "".join(pattern.format(unit) for unit in value.encode("utf-16-be")[1::2])


ESCAPES: dict[str, Encoder] = {
    "raw": lambda value: value,
    "NFD": lambda value: unicodedata.normalize("NFD", value),
    "NFC": lambda value: unicodedata.normalize("NFC", value),
    "quote": lambda value: quote(value, safe=""),
    "quote keeping /": quote,
    "quote lower": lambda value: (
        "".join(c if c.isalnum() else f"%{ord(c):02x}" for c in value) if value.isascii() else quote(value)
    ),
    "quote all": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "quote mixed": lambda value: (
        "".join(f"%{byte:02x}" if n % 2 else chr(byte) for n, byte in enumerate(value.encode()))
        if value.isascii()
        else quote(value)
    ),
    "quote_plus": quote_plus,
    "encodeURIComponent": lambda value: quote(value, safe="!'()*~-_."),
    "quoted twice": lambda value: quote(quote(value, safe=""), safe=""),
    "html": html.escape,
    "html decimal": lambda value: "".join(f"&#{ord(c)};" for c in value),
    "html hex": lambda value: "".join(f"&#x{ord(c):x};" for c in value),
    "html without semicolons": lambda value: "".join(f"&#x{ord(c):06X}" for c in value),
    "json": lambda value: json.dumps(value),
    "json with \\/": lambda value: json.dumps(value).replace("/", "\\/"),
    "json unicode": lambda value: json.dumps(value, ensure_ascii=False),
    "js \\u": lambda value: (
        "".join(f"\\u{unit:04x}" for unit in map(ord, value)) if max(value) <= "\uffff" else json.dumps(value)
    ),
    "js \\x": lambda value: "".join(f"\\x{ord(c):02X}" for c in value) if max(value) <= "\xff" else json.dumps(value),
    "js \\u{}": lambda value: "".join(f"\\u{{{ord(c):x}}}" for c in value),
}
WRAPS: dict[str, Encoder] = {
    "base64 at 0": in_base64("", ""),
    "base64 at 1": in_base64(":", ""),
    "base64 at 2": in_base64("i:", "", pad=False),
    "base64 within": in_base64("client:", "&more=1"),
    "base64url at 0": in_base64("", "~?>", url=True),
    "base64url at 1": in_base64("????", "", url=True, pad=False),
    "base64url at 2": in_base64("~~~~~", "", url=True),
}
CONTEXTS = st.text(alphabet="abcXYZ019 &=%\\/+-_.;:#é<>\"'{}\n", max_size=20)
MIXED = st.from_regex(r"[!-~]{2,20}[A-Z][0-9][a-z][!-~]{3,30}", fullmatch=True)
SECRETS = st.one_of(
    MIXED,
    st.from_regex(r"[A-Za-z0-9_-]{6}[A-Z][0-9][a-z][A-Za-z0-9_-]{10,60}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=8, max_size=30),
)


def registry_of(*secrets: str) -> SecretRegistry:
    registry = SecretRegistry()
    for secret in secrets:
        registry.register(secret, "code")
    return registry


def assert_hidden(secret: str, encoded: str, before: str = "", after: str = "") -> None:
    registry = registry_of(secret)
    text = f'{before} "{encoded}" {after}'
    assert registry.find(text) == "<code#1>"
    assert registry.find(text.encode()) == "<code#1>"
    redacted = registry.redact(text)
    assert encoded not in redacted
    assert "<code#1>" in redacted or "%3Ccode%231%3E" in redacted
    assert registry.find(redacted) is None
    assert registry.redact(redacted) == redacted


@given(st.data(), SECRETS, CONTEXTS, CONTEXTS)
def test_no_form_is_left_behind(data: st.DataObject, secret: str, before: str, after: str) -> None:
    assume(strength_of(secret) is Strength.UNIQUE)
    inner = ESCAPES[data.draw(st.sampled_from(sorted(ESCAPES)))]
    outer = ESCAPES[data.draw(st.sampled_from(sorted(ESCAPES)))]
    assert_hidden(secret, outer(inner(secret)), before, after)


@given(st.data(), SECRETS, CONTEXTS, CONTEXTS)
def test_no_form_is_left_behind_in_base64(data: st.DataObject, secret: str, before: str, after: str) -> None:
    assume(strength_of(secret) is Strength.UNIQUE)
    wrap = WRAPS[data.draw(st.sampled_from(sorted(WRAPS)))]
    outer = ESCAPES[data.draw(st.sampled_from(sorted(ESCAPES)))]
    assert_hidden(secret, outer(wrap(secret)), before, after)


@given(st.data(), SECRETS)
def test_no_form_is_left_behind_in_base64_of_an_encoded_secret(data: st.DataObject, secret: str) -> None:
    assume(strength_of(secret) is Strength.UNIQUE)
    inner = data.draw(
        st.sampled_from(["quote", "quote_plus", "encodeURIComponent", "html", "json", "json with \\/", *WRAPS])
    )
    wrap = WRAPS[data.draw(st.sampled_from(sorted(WRAPS)))]
    assert_hidden(secret, wrap((ESCAPES | WRAPS)[inner](secret)))


@given(SECRETS)
def test_a_secret_in_a_jwt_is_hidden(secret: str) -> None:
    assume(strength_of(secret) is Strength.UNIQUE)
    assert_hidden(secret, in_jwt(secret))


@pytest.mark.parametrize("name", sorted(ESCAPES | WRAPS))
@pytest.mark.parametrize("secret", ["pA5$w/ör+d &x", "a%20b\\n&amp;c", "-_~.-_9aZ", "日本語のひみつ1", "x9y8"])
def test_every_encoding_of_awkward_secrets(name: str, secret: str) -> None:
    assert_hidden(secret, (ESCAPES | WRAPS)[name](secret))


@given(st.lists(MIXED, min_size=1, max_size=4, unique=True), st.lists(CONTEXTS, max_size=6))
@example(["Abcdefg1", "Abcdefg1hijk"], ["Abcdefg1hijkAbcdefg1"])
def test_several_secrets_and_texts_at_once(secrets: list[str], contexts: list[str]) -> None:
    registry = registry_of(*secrets)
    texts = [f"{context} {secret}" for context in contexts for secret in secrets] + ["", "nothing here"]
    redacted = registry.redact_many(texts)
    assert redacted == [registry.redact(text) for text in texts]
    assert registry.redact_many(redacted) == redacted
    assert redacted[-2:] == ["", "nothing here"]
    assert not any(secret in text for secret in secrets for text in redacted)


@given(st.text(max_size=400))
def test_a_text_without_a_secret_is_untouched(text: str) -> None:
    registry = registry_of("Zq7-long_random~value", "hunter2x", "p4ss")
    assume("p4ss" not in text)
    assert registry.redact(text) == text
    assert registry.find(text) is None


def test_prose_and_base64_without_a_secret_are_untouched() -> None:
    registry = registry_of("Zq7-long_random~value", "hunter2x", "p4s5", "password", "123456", "0f9c")
    blob = base64.b64encode(bytes(range(256)) * 40).decode()
    text = f"https://password.example/my-password-page?v=1234567 {blob} %41%42 &amp; \\u0041 0f9c2 step 1.123456"
    assert registry.redact(text) == text
    assert registry.find(text) is None


@pytest.mark.parametrize("secret", ["Zk3-x_9", "Zk3-x_9Qw1pLm4", "Zk3-x_9Qw1pLm4vB8nT2", "Zk3-x_9Qw1pLm4vB8nT2" * 9])
@pytest.mark.parametrize("enclosed", [quote, lambda value: base64.b64encode(f"ab {value}".encode()).decode()])
def test_no_secret_hides_where_one_stretch_of_a_long_text_meets_the_next(
    secret: str, enclosed: Callable[[str], str]
) -> None:
    registry = SecretRegistry()
    registry.register(secret, "access_token")
    form = enclosed(secret)
    places = range(needles._STRETCH - len(form) - 20, needles._STRETCH + 20)
    texts = ["." * place + f" {form} ." for place in places]
    for text, hidden in zip(texts, registry.redact_many(texts), strict=True):
        assert form not in hidden
        assert hidden.startswith("." * (len(text) - len(form) - 3))


_MISREAD = {
    "UTF-8 as Windows-1252": lambda text: text.encode().decode("cp1252"),
    "UTF-8 as Latin-1": lambda text: text.encode().decode("latin-1"),
    "twice": lambda text: text.encode().decode("cp1252").encode().decode("cp1252"),
    "Latin-1 as UTF-8": lambda text: text.encode("latin-1").decode("utf-8", "replace"),
    "and back": lambda text: text.encode("latin-1").decode("utf-8", "replace").encode().decode("cp1252"),
    "ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "bytes of Python": lambda text: repr(text.encode())[2:-1],
    "percent": lambda text: quote(text.encode().decode("cp1252")),
    "JSON": lambda text: json.dumps(text.encode().decode("cp1252"))[1:-1],
}


@pytest.mark.parametrize("misread", _MISREAD)
def test_a_value_that_was_read_in_another_character_set_is_hidden(misread: str) -> None:
    secret = "GroßeÄpfel77!x"
    registry = SecretRegistry()
    label = registry.register(secret, "password")
    assert registry.redact(f"the password '{_MISREAD[misread](secret)}' is wrong") == f"the password '{label}' is wrong"


def test_what_is_left_of_few_plain_characters_is_not_looked_for() -> None:
    registry = SecretRegistry()
    registry.register("пароль-ключ", "password")
    for text in ("was it ??????-????", "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd-\ufffd\ufffd\ufffd\ufffd"):
        assert registry.redact(text) == text
    assert registry.redact("пароль-ключ".encode().decode("latin-1")) == "<password#1>"


def test_a_value_of_nothing_but_escapes_is_registered_at_once() -> None:
    registry, began = SecretRegistry(), time.process_time()
    registry.register("%" * 100_000, "code")
    assert time.process_time() - began < 10  # twice that where each form of it was encoded again
    assert registry.redact("a=" + "%25" * 100_000) == "a=<code#1>"
