"""The shapes of secrets are measured as sent, and say nothing of their values."""

from __future__ import annotations

import base64
import json

import pytest

from e2e_linker.service.answers import Answer
from e2e_linker.service.shapes import shapes_of


def shapes(fields=None, **said):
    found = shapes_of(fields or {}, Answer(status=200, text=json.dumps(said)))
    return {shape.name: (shape.length, shape.unusual) for shape in found}


def test_code_and_tokens_are_measured():
    found = shapes({"code": "a+b/c=="}, access_token="x" * 1500, refresh_token="r-._~9", id_token="y")
    assert found == {"code": (7, "+/="), "access_token": (1500, ""), "refresh_token": (6, "")}


def test_lengths_are_bytes_and_characters_are_told_once():
    assert shapes(access_token="ü%%ü+") == {"access_token": (7, "%+ü")}


def test_half_a_character_is_no_reason_to_stop():
    assert shapes(access_token="ab\ud800") == {"access_token": (3, "?")}


def signed(payload):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return f"eyJhbGciOiJSUzI1NiJ9.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("payload", "ends", "issued"),
    [
        ({"exp": 1795257743, "iat": 1795257623, "sub": "mia"}, 1795257743.0, 1795257623.0),
        ({"exp": 1795257743.5}, 1795257743.5, None),
        ({"exp": 1795257743000, "iat": True}, None, None),
        ({"exp": "soon", "iat": -1}, None, None),
        ({"sub": "mia"}, None, None),
        ([1], None, None),
        (b"\xff", None, None),
        (b"[" * 20_000, None, None),
        (b" " * 40_000 + b'{"exp": 1795257743}', None, None),
    ],
)
def test_the_end_that_a_signed_token_claims_is_told(payload, ends, issued):
    (shape,) = shapes_of({}, Answer(status=200, text=json.dumps({"access_token": signed(payload)})))
    assert (shape.ends, shape.issued) == (ends, issued)


@pytest.mark.parametrize("token", ["a.b.c", "eyJhbGciOiJSUzI1NiJ9.ü.c", "eyJ.eyJleHAiOjF9", "eyJ.eyJleHAiOjF9.b.c.d"])
def test_other_tokens_claim_nothing(token):
    (shape,) = shapes_of({}, Answer(status=200, text=json.dumps({"access_token": token})))
    assert (shape.ends, shape.issued) == (None, None)


@pytest.mark.parametrize("said", [{"access_token": 7}, {"access_token": ""}, {"access_token": None}, {"data": {}}])
def test_what_is_no_token_has_no_shape(said):
    assert shapes(**said) == {}


@pytest.mark.parametrize("text", [None, "", "[1]", "<html>", "[" * 100_000, '{"access_token": "x'])
def test_an_answer_that_is_no_json_has_none(text):
    assert shapes_of({"grant_type": "refresh_token"}, Answer(text=text)) == ()
