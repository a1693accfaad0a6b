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


@pytest.mark.parametrize(
    "member",
    [
        '"created_at": 1732285678123456',
        '"issued_at_ns": 1732285678123456789',
        '"timestamp": 17322856781234567',
        '"iat": 1732285678123456',
        '"updatedTime": 1732285678123456',
    ],
)
def test_a_moment_to_the_microsecond_is_no_token(member: str) -> None:
    body = f'{{"access_token": "{ACCESS}", {member}}}'
    assert member in redacted(body)


@pytest.mark.parametrize(
    "member",
    [
        '"created_at": 9732285678123456',
        '"token_at": 1732285678123456',
        '"lifetime_secret": 1732285678123456',
        '"organization": 1732285678123456',
        '"issued_to": 1732285678123456',
        '"session_id": 987654321098765432109876',
        '"session_id": -987654321098765432109876',
    ],
)
def test_a_long_number_stays_a_secret_in_an_answer_that_stays_json(member: str) -> None:
    shown = json.loads(redacted(f'{{"access_token": "{ACCESS}", {member}}}'))
    name = member.split('"')[1]
    assert readable(str(shown[name])).startswith("<")


@pytest.mark.parametrize("token", ["1234567890123456", "48213377", "-48213377", "4821.3377e4"])
def test_a_token_that_is_a_number_is_hidden_and_its_answer_stays_json(token: str) -> None:
    for name in ("access_token", "refreshToken"):
        shown = redacted(f'{{"{name}": {token}, "expires_in": 3600}}')
        assert token.strip("-") not in shown
        assert json.loads(shown)["expires_in"] == 3600


@pytest.mark.parametrize(("status", "issued"), [(400, True), (200, False), (503, True)])
def test_numbers_of_requests_stay_readable_where_no_token_was_issued(status: int, issued: bool) -> None:
    body = json.dumps({"error": "invalid_grant", "trace": ACCESS})
    assert redacted(body, status=status, issued=issued) == body


def test_what_an_error_page_names_its_error_by_stays_readable() -> None:
    page = (
        "<pre>server_error: SequelizeDatabaseError: value too long<br> at AuthorizationCodeGrantType.handle "
        "(/srv/node_modules/@node-oauth/oauth2-server/lib/handlers/token-handler.js:101:13)</pre>"
    )
    assert redacted(page, status=503) == page
    assert ACCESS not in redacted(f"{page} {ACCESS}", status=503)
    assert redacted("SequelizeDatabaseError", status=200) == "<token#1>"


@pytest.mark.parametrize(
    "said",
    [
        "<access_token>{}</access_token>",
        "Authorization: Bearer {}",
        "The refresh token {} is not known",
        "connect ECONNREFUSED postgres://app:{}@db.example:5432/oauth",
        "$password = '{}'",
    ],
)
def test_what_an_error_page_calls_a_token_or_a_password_is_hidden_though_it_is_made_of_words(said: str) -> None:
    assert "SunnyKitchen" not in redacted(said.format("SunnyKitchenTable2024"), status=500)


ENCRYPTED = (
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo.XFBoMYUZod"
)
UUID = "6d6c1f0a-5b3e-4c1d-9a27-0f4e8b7c2d11"
IN_HEADERS = {
    "a parameter of a challenge": ("WWW-Authenticate", f'Bearer error="invalid_token", access_token="{ACCESS}"'),
    "a bare parameter": ("WWW-Authenticate", f"Bearer error=invalid_token,refresh_token={ACCESS}"),
    "a signed token in words": ("WWW-Authenticate", f'Bearer error_description="token {SIGNED} expired"'),
    "an encrypted token in words": ("WWW-Authenticate", f'Bearer error_description="{ENCRYPTED}. Ask for another."'),
    "an opaque token in words": ("WWW-Authenticate", f'Bearer realm="x", error_description="Unknown: {ACCESS}."'),
    "a token with dots": ("WWW-Authenticate", f'Bearer error_description="ya29.{ACCESS} has been revoked"'),
    "a token that looks like an id": ("WWW-Authenticate", f'Bearer error_description="Invalid access token: {UUID}"'),
    "a challenge that is one": ("Proxy-Authenticate", f"Bearer {ACCESS}"),
    "a query": ("Location", f"https://login.example.test/error?lang=en&access_token={ACCESS}"),
    "a query by another name": ("Location", f"/error?lang=en&t={ACCESS}"),
    "a URL in a URL": ("Location", f"/login?next=%2Fdone%3Ftoken%3D{ACCESS}"),
    "a path": ("Content-Location", f"/sessions/{SIGNED}"),
    "a refresh": ("Refresh", f"0; url=https://login.example.test/?id_token={SIGNED}"),
    "a header of its own": ("X-Access-Token", ACCESS),
    "a header with a scheme": ("X-Auth-Token", f"Bearer {ACCESS}"),
    "a header with a date": ("Refresh-Token", f"{ACCESS}; 2026-11-21T13:57:59Z"),
    "a short one by its name": ("X-Refresh-Token", "c0de-12345"),
    "JSON": ("X-Debug", json.dumps(PAIR)),
    "a signed token anywhere": ("X-Upstream", f"sub=alice {SIGNED}"),
    "a link": ("Link", f'<https://example.test/?access_token={ACCESS}>; rel="next"'),
    "a cookie": ("Set-Cookie", f"session={ACCESS}; Path=/; HttpOnly"),
}


@pytest.mark.parametrize("place", IN_HEADERS)
@pytest.mark.parametrize("status", [200, 302, 401])
def test_a_token_in_a_header_is_hidden(place: str, status: int) -> None:
    registry, header = SecretRegistry(), IN_HEADERS[place]
    register_tokens(registry, Answer(status=status, headers=(header,)))
    shown = registry.redact(header[1])
    assert "#1>" in readable(shown)
    parts = [ACCESS, REFRESH, SIGNED, UUID, "c0de-12345", *(part for part in ENCRYPTED.split(".") if part)]
    assert not [part for part in parts if part in shown]


READABLE = (
    ("Date", "Sat, 21 Nov 2026 13:57:59 GMT"),
    ("ETag", 'W/"5f3a1b9c7d2e4f60-a81bc3d9e0"'),
    ("Cache-Control", "no-store, no-cache, max-age=0, must-revalidate"),
    ("Content-Type", "application/json;charset=UTF-8"),
    ("Content-Security-Policy", "script-src 'nonce-Zq8n3Vt7Lk2Xw9Rb4Ym6Pd' 'self'; report-uri /csp"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("X-Request-Id", ACCESS),
    ("X-Correlation-Id", UUID),
    ("x-amzn-RequestId", UUID),
    ("x-amz-cf-id", f"{ACCESS}=="),
    ("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ("CF-RAY", "8f2b1c7d9e0a4b3c-FRA"),
    ("Report-To", json.dumps({"group": "cf-nel", "endpoints": [{"url": f"https://a.nel.example.test/v4?s={ACCESS}"}]})),
    ("Server-Timing", "token;dur=53.2, tokenCheck;dur=1.5"),
    ("Access-Control-Allow-Headers", "Authorization, X-Access-Token, X-Refresh-Token"),
    ("Vary", "Authorization, X-Access-Token"),
    ("X-Token-Type", "Bearer"),
    ("X-Token-Status", "invalid_or_expired_token"),
    ("X-Token-Expires", "2026-11-21T13:57:59Z"),
    ("X-Token-Issued-At", "1795257623000"),
    ("X-Token-Endpoint", "https://login.example.test/oauth/token"),
    ("X-RateLimit-Remaining-Tokens", "149984"),
    ("X-Error", "org.springframework.security.oauth2.common.exceptions.InvalidTokenException"),
    ("WWW-Authenticate", 'Bearer realm="oauth", error="invalid_token", error_description="The access token expired"'),
    ("WWW-Authenticate", 'Bearer error_description="JsonWebTokenError: jwt malformed (OAuth2AuthenticationException)"'),
    ("WWW-Authenticate", f'Bearer error_description="AADSTS700082: expired. Trace ID: {UUID} Request: {ACCESS}"'),
    (
        "WWW-Authenticate",
        f'Bearer error="invalid_token", error_description="No key for kid {ACCESS}", request_id={UUID}',
    ),
    ("WWW-Authenticate", 'Bearer error_description="expired at 2026-11-21T13:57:59.000Z, 1795257623000000000"'),
    ("WWW-Authenticate", f'Digest realm="x", qop="auth", nonce="{ACCESS}", opaque="{REFRESH}"'),
    (
        "WWW-Authenticate",
        'Bearer scope="openid profile alexa::skills:account_linking", code="InvalidAccessTokenException"',
    ),
    ("Location", "https://login.example.test/oauth2/v2.0/token/"),
    ("Location", f"/login?next=%2Foauth%2Ftoken&client_id={ACCESS}&state={REFRESH}&code_challenge={ACCESS}"),
    ("Location", f"/error?error=invalid_grant&error_description=The+refresh+token+is+invalid&requestId={ACCESS}"),
)


@pytest.mark.parametrize(("name", "value"), READABLE)
def test_what_tells_requests_and_errors_apart_stays_readable(name: str, value: str) -> None:
    registry = SecretRegistry()
    register_tokens(registry, Answer(status=401, headers=((name, value),)))
    assert registry.redact(value) == value


@pytest.mark.parametrize("token", [ACCESS, SIGNED, ENCRYPTED, f"ya29.{ACCESS}"])
def test_a_token_that_an_error_quotes_is_hidden(token: str) -> None:
    body = json.dumps({"error": "invalid_grant", "error_description": f"The refresh token {token} was revoked."})
    shown = redacted(body, status=400)
    assert json.loads(shown)["error_description"] == "The refresh token <token#1> was revoked."


def test_a_text_of_nothing_but_beginnings_of_tokens_is_read_at_once() -> None:
    body = json.dumps({"error": "invalid_token", "detail": "/" + "eyJ" * 300_000, "trace": ACCESS})
    assert ACCESS in redacted(body, status=401)


@pytest.mark.parametrize("word", ["undefined", "null", "NULL", "[object Object]"])
def test_a_word_for_nothing_in_place_of_a_token_is_shown(word: str) -> None:
    body = json.dumps({"access_token": word, "refresh_token": word, "expires_in": 3600})
    assert redacted(body) == body
