"""Where cookies go by what they say of themselves (RFC 6265, sections 5.1.3, 5.1.4 and 5.4)."""

from __future__ import annotations

import pytest

from e2e_linker.derive.cookie_scopes import goes_to
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
