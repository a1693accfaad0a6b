"""Where cookies go by what they say of themselves (RFC 6265, sections 5.1.3, 5.1.4 and 5.4)."""

from __future__ import annotations

import pytest

from e2e_linker.derive.cookie_scopes import goes_to, lasting_name, lasting_names
from e2e_linker.evidence.models import SetCookie

SETTER = "https://login.example.com/oauth/authorize?state=a/b"


def cookie(**more: str) -> SetCookie:
    return SetCookie(name="session", value="1", size=8, secure=True, http_only=True, **more)


@pytest.mark.parametrize(
    ("said", "url", "sent"),
    [
        ({"path": "/"}, "https://login.example.com", True),
        ({"path": "/"}, "https://login.example.com/cb?to=1", True),
        ({"path": "/"}, "https://www.example.com/cb", False),
        ({"path": "/"}, "https://a.login.example.com/cb", False),
        ({"path": "/", "domain": ".Example.com"}, "https://www.example.com/", True),
        ({"path": "/", "domain": "example.com"}, "https://example.com/", True),
        ({"path": "/", "domain": "example.com"}, "https://notexample.com/", False),
        ({"path": "/cb"}, "https://login.example.com/cb", True),
        ({"path": "/cb/"}, "https://login.example.com/cb/x", True),
        ({"path": "/cb"}, "https://login.example.com/cbx", False),
        ({}, "https://login.example.com/oauth/consent", True),
        ({}, "https://login.example.com/oauth", True),
        ({}, "https://login.example.com/cb", False),
        ({"path": "cb"}, "https://login.example.com/cb", False),
    ],
)
def test_a_cookie_goes_where_its_domain_and_path_say(said: dict[str, str], url: str, *, sent: bool) -> None:
    assert goes_to(cookie(**said), SETTER, url) is sent


def test_one_that_names_no_path_and_was_set_at_the_root_goes_everywhere() -> None:
    for setter in ("https://login.example.com", "https://login.example.com/", "https://login.example.com/start"):
        assert goes_to(cookie(), setter, "https://login.example.com/a/b")


@pytest.mark.parametrize(
    ("name", "lasting"),
    [
        (".AspNetCore.Correlation.UNwTOFFSk3-Qd_0aJr9VbXcE", ".AspNetCore.Correlation.*"),
        ("OpenIdConnect.nonce.HkJ%2F8s7dfj%3Dsdf89sdfj", "OpenIdConnect.nonce.*"),
        ("SignInMessage.5d41402abc4b2a76b9719d911017c592", "SignInMessage.*"),
        ("wordpress_logged_in_0cc175b9c0f1b6a831c399e269772661", "wordpress_logged_in_*"),
        ("_shibsession_64656661756c7468747470733a2f2f", "_shibsession_*"),
        ("oauth_state_1700000000", "oauth_state_*"),
        ("chunk.GQXcfSqWPt80LbR9zP7Yb2qQ.1", "chunk.*.1"),
    ],
)
def test_what_is_made_up_for_each_login_is_no_part_of_a_lasting_name(name: str, lasting: str) -> None:
    assert lasting_name(name) == lasting


@pytest.mark.parametrize(
    "name",
    [
        "connect.sid",
        "KEYCLOAK_3P_COOKIE_SAMESITE",
        "__Secure-next-auth.session-token.0",
        "amplify-signin-with-hostedUI",
        "oauth2_authentication_csrf_insecure",
        "x-ms-cpim-sso:tenant.onmicrosoft.com_0",
        "AWSELBAuthSessionCookie-0",
        "visid_incap_1234567",
        "",
    ],
)
def test_a_name_that_stays_is_its_lasting_name(name: str) -> None:
    assert lasting_name(name) == name


def test_names_that_differ_in_what_is_made_up_are_one() -> None:
    made_up = [f".AspNetCore.Correlation.{each}" for each in ("UNwTOFFSk3QdaJr9VbXcE", "7zwUAtAkpLm3QnR8sTv2")]
    assert lasting_names([*made_up, "sid"]) == "`.AspNetCore.Correlation.*`, `sid`"
