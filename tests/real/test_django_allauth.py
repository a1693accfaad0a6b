"""django-allauth's identity provider: its own login and consent pages, opaque tokens that are rows of one table.

``IDP_OIDC_ROTATE_REFRESH_TOKEN`` ("Configuration" of its OpenID Connect provider) keeps a refresh token or replaces it;
a replaced one is deleted at once (``OAuthLibRequestValidator._prep_refresh_token``) and access tokens live on, which is
where it differs from django-oauth-toolkit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from e2e_linker.model import Depth

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.patient, pytest.mark.timeout(600)]

PHONE = {"name": "phone", "use": {"device": "iPhone 15", "surface": "custom-tab", "browserName": "chromium"}}
FIREFOX = {
    "name": "Desktop Firefox",
    "use": {"device": "Desktop Firefox", "surface": "browser", "browserName": "firefox"},
}
BASIC, BODY = "HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"
USERINFO = {"resource": "/identity/o/api/userinfo", "revocation": "/identity/o/api/revoke"}
INTROSPECTION = {"introspection": "/identity/o/api/introspect", "revocation": "/identity/o/api/revoke"}

FONT = ("auth-mobile-friendly", "font accounts.example.com")
"""The login has no style sheet: its fields are written as small as the browser's own, 13.3 pixels."""
TOUCH = ("auth-mobile-friendly", "small accounts.example.com")
"""And they are 21 pixels high."""
LONG_STATE = ("size-own-hops", "state_length")
"""Django follows no ``next`` of more than 2,048 characters: the login then ends on /accounts/profile/, a 404."""
AT_ONCE = ("token-rotation-grace-30s", "reuse")
"""A refresh token is worthless from its first use on; no setting gives it a grace period."""

Link = Callable[..., Awaitable[Any]]


@pytest.fixture
def link(serve: Callable[..., Any], link_with: Link) -> Link:
    """Links with a server that has those settings of allauth; what came of it."""

    async def linked(settings: dict[str, Any] | None = None, **how: Any) -> Any:
        how = {"project": PHONE, "scheme": BASIC, "linker": USERINFO, **how}
        skill = {"authorizationUrl": "/identity/o/authorize", "accessTokenUrl": "/identity/o/api/token"}
        server = serve("allauth_server.py", **(settings or {}))
        return await link_with(server, scopes=["openid", "profile"], skill=skill, **how)

    return linked


async def test_a_phone_finds_rotation_without_grace(link: Link) -> None:
    got = await link(pkce=True, depth=Depth.THOROUGH)
    assert got.report.cases[0].linked
    assert got.undecided == []
    assert got.report.verdict == "failed"
    assert got.grave == {AT_ONCE}
    assert got.advice == {FONT, TOUCH, LONG_STATE}
    assert "“invalid_grant”. The new refresh token goes on working." in got.message(*AT_ONCE)
    assert "5 of 5 races" in got.message(*AT_ONCE)  # the whole token request is one transaction
    assert {"previous-access", "code-verifier", "code-reuse", "second-link", "error-codes"} <= got.passed
    assert got.unrevoked == []


async def test_a_phone_finds_nothing_where_the_refresh_token_is_kept(link: Link) -> None:
    settings = {"IDP_OIDC_ROTATE_REFRESH_TOKEN": False, "IDP_OIDC_INTROSPECTION_ENABLED": True}
    got = await link(settings, scheme=BODY, linker=INTROSPECTION)
    assert got.report.cases[0].linked
    assert got.undecided == []
    assert got.report.verdict == "passed"
    assert got.found == {FONT, TOUCH}
    assert {"previous-access", "refresh-reuse", "refresh-race", "second-link"} <= got.passed
    assert got.unrevoked == []


async def test_a_single_look_finds_nothing_else(link: Link) -> None:
    got = await link(depth=Depth.PASSIVE)
    assert got.report.cases[0].linked
    assert (got.report.verdict, got.found, got.undecided) == ("passed", {FONT, TOUCH}, [])


async def test_firefox_links_without_a_false_alarm(link: Link) -> None:
    settings = {"IDP_OIDC_ROTATE_REFRESH_TOKEN": False, "IDP_OIDC_INTROSPECTION_ENABLED": True}
    got = await link(settings, project=FIREFOX, scheme=BODY, linker=INTROSPECTION)
    if got.report.cases[0].ending.kind == "engine_missing":
        pytest.skip("no Firefox on this machine")
    assert got.report.cases[0].linked
    assert got.report.verdict == "passed", got.undecided
    assert got.found == set()  # fonts and touch targets are measured on phones only
    assert {"token-status", "token-fields"} <= got.passed
