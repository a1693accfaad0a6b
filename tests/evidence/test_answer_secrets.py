"""What of a server's answer to a script is a secret, and what is not."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.answer_secrets import secrets_in_answer

TOKEN = "N4rYtTq8Lx2-Vw7cKz3P_b9mRd5JhQ1s"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"sessionToken": TOKEN}, "token"),
        ({"idToken": TOKEN}, "id_token"),
        ({"data": [{"login": {"access_token": TOKEN}}]}, "access_token"),
        ({"AuthenticationResult": {"RefreshToken": TOKEN}}, "refresh_token"),
        ({"Session": TOKEN}, "token"),
        ({"login_ticket": TOKEN}, "token"),
        ({"ticket": TOKEN}, "code"),
        ({"tokenId": TOKEN}, "token"),
        ({"co_verifier": TOKEN}, "token"),
        ({"session": {"id": TOKEN}}, "token"),
        ({"tokens": {"access": TOKEN}}, "token"),
        ({"token": {"value": TOKEN}}, "token"),
        ({"tokens": [TOKEN]}, "token"),
        ({"redirect": f"https://login.example/cb?token={TOKEN}"}, "token"),
        ({"next": f"/cb?code={TOKEN}"}, "code"),
    ],
)
def test_a_token_is_known_by_its_name_or_that_of_what_holds_it(told, kind):
    for text in (json.dumps(told), json.dumps([told]), f")]}}',\n{json.dumps(told)}", f"for(;;);{json.dumps(told)}"):
        assert list(secrets_in_answer(text.encode())) == [(TOKEN, kind)]


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "ticket", "code"])
def test_a_token_of_letters_and_a_hyphen_is_no_plain_word(name):
    (found,) = secrets_in_answer(json.dumps({name: "qwx-RtzKpLmVbNcXzQj"}).encode())
    assert found[0] == "qwx-RtzKpLmVbNcXzQj"
    assert not [*secrets_in_answer(json.dumps({name: "login-RequiredAgainNow"}).encode())]


@pytest.mark.parametrize(
    "told",
    [
        {"id": TOKEN, "state": TOKEN, "nonce": TOKEN, "version": TOKEN, "requestId": TOKEN, "key": TOKEN, "x": [TOKEN]},
        {"token": "invalid", "session": "2026-11-23T05:14:33Z", "code": "E0000004", "password": "Type it, please, 2"},
        {"tokenLabel": TOKEN, "token_type": "BearerTokenOfType2", "tokenExpiresAt": "2026-11-23T05:14:33Z"},
        {"token": "com.example.errors.TokenExpiredException2", "secret": 1234567890123456789, "jwt": None},
        {"session": {"user": {"id": TOKEN}}, "tickets": [{"id": TOKEN}], "sessions": {"id": TOKEN}},
        {"help": f"https://login.example/{TOKEN}/reset?code=12345&page={TOKEN}", "token": "/oauth2/v1/Token1234567"},
        {"countries": [{"code": "+1684"}, {"code": "en-US"}], "items": [TOKEN]},
    ],
)
def test_what_has_other_names_or_is_not_made_up_is_none(told):
    assert list(secrets_in_answer(json.dumps(told).encode())) == []


@pytest.mark.parametrize(
    "data", [b"", b"{broken", b"<html>", b"[" * 100_000, b'"x"', b"\xff\xfe{", b"for(;;);", b'{"token": ' + b"1" * 9999]
)
def test_what_is_no_json_holds_none(data):
    assert list(secrets_in_answer(data)) == []
