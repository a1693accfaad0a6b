"""django-oauth-toolkit with each of the settings that its documentation has for refresh tokens ("Settings")."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from e2e_linker.model import Depth

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.patient, pytest.mark.timeout(600)]

PHONE = {"name": "phone", "use": {"device": "Pixel 7", "surface": "custom-tab", "browserName": "chromium"}}
FIREFOX = {
    "name": "Desktop Firefox",
    "use": {"device": "Desktop Firefox", "surface": "browser", "browserName": "firefox"},
}
BASIC, BODY = "HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"
RESOURCE = {"resource": "/devices", "revocation": "/o/revoke_token/"}
INTROSPECTION = {"introspection": "/o/introspect/", "revocation": "/o/revoke_token/"}

TOUCH = ("auth-mobile-friendly", "small accounts.example.com")
"""The admin's login draws fields and buttons 24 to 40 pixels high or wide; 44 is this tool's own threshold."""
LONG_STATE = ("size-own-hops", "state_length")
"""Django follows no ``next`` of more than 2,048 characters: the login then ends on /accounts/profile/, a 404."""
PREVIOUS = ("token-previous-access-valid", "previous access token")
"""``RefreshToken.revoke`` deletes the access token with the refresh token that rotation replaces, and without rotation
``OAuth2Validator._save_bearer_token`` writes the new access token over the old one; no setting keeps it."""
AT_ONCE = ("token-rotation-grace-30s", "reuse")
"""REFRESH_TOKEN_GRACE_PERIOD_SECONDS is 0 by default: a refresh token is worthless from its first use on."""
FAMILY = ("token-rotation-grace-30s", "family")
"""REFRESH_TOKEN_REUSE_PROTECTION: a replaced refresh token that comes again revokes all that came of it."""
LATER = ("token-rotation-grace-30s", "grace")
"""A REFRESH_TOKEN_GRACE_PERIOD_SECONDS that is shorter than Alexa's 30 s."""
RACE = ("token-rotation-grace-30s", "race")
"""``TokenView`` looks its new access token up after it was saved. Where another refresh at that very moment wrote over
it (no rotation) or revoked it (reuse protection), the answer is status 500: now and then."""

Link = Callable[..., Awaitable[Any]]


@pytest.fixture
def link(serve: Callable[..., Any], link_with: Link) -> Link:
    """Links with a server that has those settings of the toolkit; what came of it."""

    async def linked(settings: dict[str, Any] | None = None, **how: Any) -> Any:
        how = {"project": PHONE, "scheme": BASIC, "linker": RESOURCE, **how}
        skill = {"authorizationUrl": "/o/authorize/", "accessTokenUrl": "/o/token/"}
        return await link_with(serve("toolkit_server.py", **(settings or {})), scopes=["read"], skill=skill, **how)

    return linked


@pytest.mark.parametrize(
    ("scheme", "pkce"), [pytest.param(BODY, False, id="body"), pytest.param(BASIC, True, id="basic-pkce")]
)
async def test_a_phone_links_without_a_false_alarm(link: Link, scheme: str, pkce: bool) -> None:
    got = await link(scheme=scheme, pkce=pkce, depth=Depth.PASSIVE)
    assert got.report.cases[0].linked
    assert got.report.verdict == "passed", got.undecided
    assert got.found == {TOUCH}
    assert {"token-status", "token-fields"} <= got.passed
    asked = "code_challenge=" in got.report.cases[0].ladder[0].url
    assert asked is pkce


async def test_firefox_links_without_a_false_alarm(link: Link) -> None:
    got = await link(project=FIREFOX, depth=Depth.PASSIVE)
    if got.report.cases[0].ending.kind == "engine_missing":
        pytest.skip("no Firefox on this machine")
    assert got.report.cases[0].linked
    assert got.report.verdict == "passed", got.undecided
    assert got.found == set()  # touch targets are measured on phones only
    assert {"token-status", "token-fields"} <= got.passed


async def test_everything_that_can_be_tried_finds_only_what_is_true(link: Link, serve: Callable[..., Any]) -> None:
    got = await link(pkce=True, depth=Depth.THOROUGH)
    assert got.report.cases[0].linked
    assert got.undecided == []
    assert got.report.verdict == "failed"
    assert got.grave == {PREVIOUS, AT_ONCE}
    assert got.advice == {TOUCH, LONG_STATE}
    assert "/devices refuses it with status 403" in got.message(*PREVIOUS)
    assert "“invalid_grant”. The new refresh token goes on working." in got.message(*AT_ONCE)
    assert "2,048" in got.message(*LONG_STATE)
    assert "404" in got.message(*LONG_STATE)
    assert {"code-verifier", "code-reuse", "second-link", "error-codes"} <= got.passed
    assert got.unrevoked == []
    server = serve("toolkit_server.py")
    written = [path.read_bytes() for path in got.folder.rglob("*") if path.is_file()]
    assert written
    for secret in (server.password, server.client_secret):
        assert not any(secret.encode() in content for content in written)


async def test_reuse_protection_is_told_from_a_mere_refusal(link: Link) -> None:
    got = await link({"REFRESH_TOKEN_REUSE_PROTECTION": True})
    assert got.undecided == []
    assert got.grave - {RACE} == {PREVIOUS, FAMILY}
    assert got.advice - {RACE} == {TOUCH}
    assert "one repeated request unlinks the customer" in got.message(*FAMILY)


async def test_a_grace_period_is_measured(link: Link) -> None:
    """Both wait for half a minute, so they do it together."""
    how = {"linker": INTROSPECTION, "depth": Depth.THOROUGH}
    short, long = await asyncio.gather(
        *(link({"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": seconds}, **how) for seconds in (15, 60))
    )
    assert (short.undecided, long.undecided) == ([], [])
    assert short.grave == {PREVIOUS, LATER}
    assert long.grave == {PREVIOUS}
    assert short.advice == long.advice == {TOUCH, LONG_STATE}
    assert {"refresh-reuse", "refresh-race"} <= short.passed
    assert {"refresh-reuse", "refresh-race", "refresh-grace"} <= long.passed
    assert "29 seconds after it was replaced was answered with status 400" in short.message(*LATER)
    assert "/o/introspect/ calls it inactive" in long.message(*PREVIOUS)


async def test_a_refresh_token_that_is_kept_works_for_ever(link: Link) -> None:
    got = await link({"ROTATE_REFRESH_TOKEN": False}, scheme=BODY, linker=INTROSPECTION, depth=Depth.THOROUGH)
    assert got.undecided == []
    assert got.grave - {RACE} == {PREVIOUS}
    assert got.advice - {RACE} == {TOUCH, LONG_STATE}
    assert {"refresh-reuse", "refresh-grace"} <= got.passed
    assert ("refresh-race" in got.passed) is (RACE not in got.found)
    assert RACE not in got.found or "one was answered with status 500" in got.message(*RACE)
    assert got.unrevoked == []
