from __future__ import annotations

import ast
import re

import pytest

from e2e_linker.alexa.providers import Lacking, Quirk, provider_at, providers
from e2e_linker.alexa.rules import rules

QUIRKS = [(each.id, quirk) for each in providers() for quirk in each.quirks]


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://accounts.google.com/o/oauth2/v2/auth?access_type=offline", "google"),
        ("https://oauth2.googleapis.com/token", "google"),
        ("https://www.googleapis.com/oauth2/v4/token", "google"),
        ("https://github.com/login/oauth/access_token", "github"),
        ("https://www.facebook.com/v19.0/dialog/oauth", "facebook"),
        ("https://www.amazon.com/ap/oa", "lwa"),
        ("https://api.amazon.co.jp/auth/o2/token", "lwa"),
        ("https://acme.auth0.com/authorize", "auth0"),
        ("https://ACME.EU.Auth0.com:443/oauth/token", "auth0"),
        ("https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token", "cognito"),
        ("https://dev-1.okta.com/oauth2/default/v1/token", "okta"),
        ("https://acme.b2clogin.com/acme.onmicrosoft.com/b2c_1_a/oauth2/v2.0/token", "azure-ad-b2c"),
        ("https://acme.logto.app/oidc/auth", "logto"),
    ],
)
def test_own_hosts_are_known(url: str, known: str) -> None:
    found = provider_at(url)
    assert found is not None
    assert found.id == known


@pytest.mark.parametrize(
    "url",
    [
        "https://auth0.com.evil.example/authorize",
        "https://notauth0.com/authorize",
        "https://auth0.com/authorize",
        "https://accounts.google.com.evil.example/",
        "https://evil.example/accounts.google.com/o/oauth2",
        "https://accounts.google.com@evil.example/",
        "https://evil.example?https://acme.okta.com/",
        "https://www.googleapis.com/drive/v3/files",
        "https://github.com/somebody/project",
        "https://www.amazon.com/dp/B000",
        "https://login.example.com/oauth2/v2.0/token",
        "https://login.example.com/auth/authorize",
        "https://[nonsense",
        "",
    ],
)
def test_look_alikes_are_nobody(url: str) -> None:
    assert provider_at(url) is None


@pytest.mark.parametrize(("name", "quirk"), QUIRKS, ids=[f"{name}-{q.rules[0]}" for name, q in QUIRKS])
def test_a_quirk_is_one_sourced_sentence_about_known_rules(name: str, quirk: Quirk) -> None:
    assert set(quirk.rules) <= set(rules())
    assert quirk.sources
    assert quirk.confidence
    assert re.fullmatch(r"[A-Zd].*\.", quirk.hint)
    assert not re.search(r"[.!?] [A-Z]", quirk.hint)
    assert (quirk.paste is None) <= (quirk.where is None)
    assert ("MEMORY" in {source.key for source in quirk.sources}) <= ("R" in quirk.confidence)


def test_what_is_pasted_into_django_settings_leaves_the_other_settings_alone() -> None:
    (toolkit,) = (each for each in providers() if each.id == "django-oauth-toolkit")
    added = {}
    for quirk in toolkit.quirks:
        assert quirk.where is not None
        assert "after the OAUTH2_PROVIDER dictionary" in quirk.where
        (line,) = ast.parse(quirk.paste or "").body
        assert isinstance(line, ast.Assign)
        (place,) = line.targets
        assert isinstance(place, ast.Subscript)
        assert ast.unparse(place.value) == "OAUTH2_PROVIDER"
        added[ast.literal_eval(place.slice)] = ast.literal_eval(line.value)
    assert added == {"REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 60, "PKCE_REQUIRED": False}


def test_every_provider_can_be_recognised_and_has_something_to_say() -> None:
    assert len({each.id for each in providers()}) == len(providers())
    for each in providers():
        assert each.hosts or each.signs
        assert each.quirks
        assert all(host.host or host.suffix for host in each.hosts)


@pytest.mark.parametrize(
    ("url", "scopes", "lacks"),
    [
        ("https://a.example/x", (), True),
        ("https://a.example/x?access_type=offline", (), True),
        ("https://a.example/x?access_type=offline&prompt=consent", (), False),
        ("https://a.example/x#access_type=offline&prompt=consent", (), True),
        ("https://[nonsense?prompt=consent", (), True),
    ],
)
def test_parameters_that_are_there_need_no_hint(url: str, scopes: tuple[str, ...], lacks: bool) -> None:
    lacking = Lacking(parameters={"access_type": "offline", "prompt": "consent"})
    assert lacking.holds(url, scopes) is lacks


def test_a_scope_that_is_asked_needs_no_hint() -> None:
    lacking = Lacking(scope="offline_access")
    assert lacking.holds("https://a.example", ("profile",))
    assert not lacking.holds("https://a.example", ("profile", "offline_access"))
