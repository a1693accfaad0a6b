"""Reading answers: nothing that may be a token stays in sight, and what a body was is kept."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.redact import SecretRegistry, readable
from e2e_linker.service.answers import Answer, register_tokens

ACCESS, REFRESH = "Zq8n3Vt7Lk2Xw9Rb4Ym6Pd1Hs5Gc0Jf", "Mx4c8Tz1Qp7Lw3Vn9Bk5Rd2Ys6Hj0Gf"
SIGNED = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLWhlcmU"
PAIR = {"access_token": ACCESS, "refresh_token": REFRESH}
BY_ANY_NAME = {
    "a name that comes twice": f'{{"access_token": "{ACCESS}", "access_token": "{REFRESH}"}}',
    "JSON in a string of JSON": json.dumps({"statusCode": 200, "body": json.dumps(PAIR)}),
    "JSON that was encoded twice": json.dumps(json.dumps(PAIR)),
    "JSON that was encoded three times": json.dumps(json.dumps(json.dumps(PAIR))),
    "a form in a string": json.dumps({"body": f"access_token={ACCESS}&refresh_token={REFRESH}"}),
    "other names": json.dumps({"access": ACCESS, "refresh": REFRESH}),
    "signed tokens by other names": json.dumps({"access": SIGNED, "jwt": SIGNED}),
    "a token that is an object": json.dumps({"access_token": {"value": ACCESS, "bearer": REFRESH}}),
    "names in values": json.dumps([{"name": "access_token", "value": ACCESS}]),
    "an address": json.dumps({"next": f"https://example.test/?token={ACCESS}"}),
    "a string alone": json.dumps(ACCESS),
    "a token that looks like JSON": json.dumps({"access_token": "{" + ACCESS}),
}


NUMBER = "83920174655810293847"


def redacted(body: str, *, status: int = 200, issued: bool = True) -> str:
    registry = SecretRegistry()
    register_tokens(registry, Answer(status=status, text=body), issued=issued)
    return registry.redact(body)


@pytest.mark.parametrize("form", BY_ANY_NAME)
def test_a_token_is_hidden_in_whatever_form_it_comes(form: str) -> None:
    shown = redacted(BY_ANY_NAME[form])
    assert "token#1>" in readable(shown)
    assert not [secret for secret in (ACCESS, REFRESH, SIGNED) if secret in shown]


def test_what_says_who_is_meant_stays_readable() -> None:
    names = ("sub", "id", "user_id", "userId", "session_state", "scope", "scopes", "username", "email", "token_type")
    body = json.dumps({**dict.fromkeys(names, ACCESS), "athlete": {"login": REFRESH, "displayName": REFRESH}})
    assert redacted(body) == body


def test_a_number_is_hidden_where_it_can_be_a_token() -> None:
    assert NUMBER not in redacted(f'{{"access_token": {NUMBER}, "expires_in": 3600}}')
    plain = (
        '{"code": 4003, "token_lifetime": 3600, "token_issued": 1795257623000, "token": 1e5, "user_id": ' + NUMBER + "}"
    )
    assert redacted(plain) == plain


@pytest.mark.parametrize(("status", "issued"), [(400, True), (200, False), (503, True)])
def test_numbers_of_requests_stay_readable_where_no_token_was_issued(status: int, issued: bool) -> None:
    body = json.dumps({"error": "invalid_grant", "trace": ACCESS})
    assert redacted(body, status=status, issued=issued) == body
