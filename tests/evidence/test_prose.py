"""What a server says about a password or a code is told from one."""

from __future__ import annotations

import json
import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.evidence.contents import texts_within
from e2e_linker.evidence.prose import is_sentence, names_error
from e2e_linker.evidence.redact import SecretRegistry


def _redacted(body: str, *, sent: bool = False) -> str:
    registry = SecretRegistry()
    registry.register_fields(texts_within(body.encode(), sent=sent))
    return registry.redact(body)


@pytest.mark.parametrize(
    "said",
    [
        "Password is incorrect",
        "Invalid password.",
        "This field is required.",
        "The password must have at least 8 characters!",
        "Das Passwort ist falsch.",
        "Ungültiges Passwort",
        "Le mot de passe est incorrect",
        "La contraseña es incorrecta.",
        "Senha inválida: o campo é obrigatório",
        "パスワードが正しくありません。",
        "비밀번호가 올바르지 않습니다.",
        "INVALID PASSWORD",
        "Password must be between 8 and 64 characters.",
        "Your password must contain at least one uppercase letter and one number",
        "The authorization code is invalid or has expired.",
        "Votre mot de passe doit contenir au moins 8 caractères",
    ],
)
def test_a_sentence_in_an_answer_is_no_secret(said: str) -> None:
    body = json.dumps({"password": said, "errors": [{"code": said}]}, ensure_ascii=False)
    assert is_sentence(said)
    assert _redacted(body) == body


@pytest.mark.parametrize(
    "value",
    [
        "correct horse battery staple",
        "correct horse battery staple is wrong",
        "Your code 48 29 13 is invalid",
        "Your code A B C D E F is invalid",
        "Your code ab cd ef gh is invalid",
        "Code WDJBMJHT is invalid",
        "please enter AbCdEfGhIj",
        "please enter WDJB-MJHT",
        "The token qhzkvbnmwplxrtdabcd is invalid",
        "確認コード４８２９１３を入力してください",
        "Tr0ub4dor and three",
        "incorrect horse battery",
        "the password is hunter2x",
        "Your code 482913 is invalid",
        "invalid",
        "P@ssw0rd is wrong",
        "",
    ],
)
def test_what_may_be_a_password_is_one(value: str) -> None:
    assert not is_sentence(value)
    if " " in value:
        assert value not in _redacted(json.dumps({"password": value}))


def test_what_was_sent_was_typed_by_somebody() -> None:
    body = json.dumps({"password": "my password is wrong"})
    assert _redacted(body, sent=True) == '{"password": "<password#1>"}'


@pytest.mark.parametrize(
    "code",
    [
        "AADSTS50126",
        "oidc.invalid_redirect_uri",
        "invalid_grant",
        "auth/wrong-password",
        "INVALID_CREDENTIALS",
        "UserNotFoundException",
        "ERR-1042",
        "auth/too-many-requests",
    ],
)
def test_the_name_of_an_error_is_no_code(code: str) -> None:
    body = json.dumps({"code": code})
    assert _redacted(body) == body
    # Where a password is meant, somebody may have chosen it.
    assert code not in _redacted(json.dumps({"password": f"{code}9"}))


@pytest.mark.parametrize("name", ["code", "authorization_code", "ticket"])
def test_the_name_of_an_error_is_a_code_where_no_error_is_told(name: str) -> None:
    registry = SecretRegistry()
    registry.register_url(f"https://login.example.net/cb?{name}=Oidc.invalidLamp")
    assert registry.redact("Oidc.invalidLamp") == "<code#1>"
    if name != "code":
        assert "Oidc.invalidLamp" not in _redacted(json.dumps({name: "Oidc.invalidLamp"}))


@pytest.mark.parametrize(
    "code",
    [
        "SplxlOBeZQQYbYS6WxSbIA",
        "AB123456",
        "WDJB-MJHT",
        "error7f3a9c",
        "AADSTS5012x",
        "invalid9",
        "Error-qhzkvbnmwplxrtd",
    ],
)
def test_what_may_be_a_code_is_hidden(code: str) -> None:
    assert not names_error(code)
    assert code not in _redacted(json.dumps({"code": code}))


@given(st.integers(16, 64))
def test_what_a_machine_makes_up_is_never_taken_for_words(length: int) -> None:
    made = "".join(secrets.choice(string.ascii_letters + string.digits + "-_") for _ in range(length))
    assert not names_error(made)
    assert not is_sentence(made)
