from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.derive.provider import Mark, Recognised, marks_of_calls, recognised
from e2e_linker.evidence.models import Present, TokenCall
from e2e_linker.model import Confidence

HERE = "login.example.com"


def call(**more: Any) -> TokenCall:
    given: dict[str, Any] = {
        "n": 1,
        "purpose": "exchange",
        "at": datetime(2026, 11, 20, tzinfo=UTC),
        "url": f"https://{HERE}/token",
        "method": "POST",
        "request_headers": (),
        "request_body": "",
        "status": 400,
        "response_headers": (("Content-Type", "application/json"),),
        "response_body": '{"error": "invalid_grant"}',
    }
    return TokenCall(**(given | more))


def seen(build: Any, *steps: Any, skill: Any = None) -> tuple[Recognised, ...]:
    skill = skill or build.skill()
    facts = case_facts(build.case(build.walk(steps), skill=skill))
    part = facts.get("provider_pages")
    assert isinstance(part, Present)
    return recognised(skill, part.value)


def names(found: tuple[Recognised, ...]) -> set[tuple[str, str]]:
    return {(each.provider.id, place) for each in found for place in each.places}


def test_a_host_of_the_providers_own_is_certain(build: Any) -> None:
    skill = build.skill(
        authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
        access_token_url="https://oauth2.googleapis.com/token",
    )
    (found,) = recognised(skill, ())
    assert (found.provider.id, found.places) == ("google", {"authorization", "token"})
    assert found.confidence is Confidence.CERTAIN
    assert found.by == "the host accounts.google.com"


def test_each_endpoint_has_its_own_provider(build: Any) -> None:
    skill = build.skill(
        authorization_url="https://acme.okta.com/oauth2/v1/authorize",
        access_token_url="https://github.com/login/oauth/access_token",
    )
    assert names(recognised(skill, ())) == {("okta", "authorization"), ("github", "token")}


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ({"response_headers": [("X-Auth0-RequestId", "1")]}, "auth0"),
        ({"set_cookies": {"auth0_compat": 90}}, "auth0"),
        ({"response_headers": [("x-amz-cognito-request-id", "1")]}, "cognito"),
        ({"response_headers": [("x-okta-request-id", "1")]}, "okta"),
        ({"set_cookies": {"x-ms-cpim-csrf": 90}}, "azure-ad-b2c"),
        ({"set_cookies": {"KC_RESTART": 700}}, "keycloak"),
        ({"set_cookies": {"_logto": 30}}, "logto"),
    ],
)
def test_a_custom_domain_is_known_by_what_it_answers(build: Any, answer: Any, known: str) -> None:
    (found,) = seen(build, build.get(f"https://{HERE}/authorize", **answer))
    assert found.provider.id == known
    assert found.places == {"authorization", "token"}
    assert found.confidence is Confidence.LIKELY
    assert HERE in found.by


@pytest.mark.parametrize(
    ("body", "headers", "known"),
    [
        ('{"error": "x", "error_uri": "https://documentation.openiddict.com/errors/ID2004"}', (), "openiddict"),
        ('{"access_token": "<access_token#1>", "not-before-policy": 0}', (), "keycloak"),
        ('{"error": {"type": "OAuthException", "fbtrace_id": "A"}}', (), "facebook"),
        ("<html>", (("CF-Ray", "8c1"),), "cloudflare"),
    ],
)
def test_the_token_endpoint_is_known_by_its_answers(build: Any, body: str, headers: Any, known: str) -> None:
    found = recognised(build.skill(), marks_of_calls([call(response_body=body, response_headers=headers)]))
    assert {each.provider.id for each in found} == {known}


@pytest.mark.parametrize(
    "body",
    [
        '{"error": "x", "error_uri": "https://documentation.openiddict.com.evil.example/"}',
        '{"error": "x", "error_uri": ["https://documentation.openiddict.com/"]}',
        '{"error": "fbtrace_id"}',
        '{"error": ["fbtrace_id"]}',
        "not-before-policy",
    ],
)
def test_answers_that_only_look_alike_are_nobodys(build: Any, body: str) -> None:
    assert recognised(build.skill(), marks_of_calls([call(response_body=body)])) == ()


def home(build: Any) -> Any:
    return build.skill(
        authorization_url=f"https://{HERE}/auth/authorize", access_token_url=f"https://{HERE}/auth/token"
    )


def test_home_assistant_is_known_by_all_its_signs_together(build: Any) -> None:
    steps = [build.get(f"https://{HERE}/auth/authorize"), build.sub(f"https://{HERE}/auth/login_flow", "fetch")]
    (found,) = seen(build, *steps, skill=home(build))
    assert found.provider.id == "home-assistant"
    assert found.confidence is Confidence.LIKELY


@pytest.mark.parametrize("said", ["403: Forbidden", "400: Bad Request\n"])
def test_home_assistant_is_known_by_how_it_refuses_where_no_page_comes(build: Any, said: str) -> None:
    asked, status = f"https://{HERE}/auth/authorize", int(said[:3])
    (found,) = seen(build, build.get(asked, status=status, excerpt=said), skill=home(build))
    assert found.provider.name == "Home Assistant"
    assert "a refusal of the form “STATUS: REASON”" in found.by
    assert seen(build, build.get(asked, status=404, excerpt=said), skill=home(build)) == ()
    assert seen(build, build.get(asked, status=status, excerpt=f"<h1>{said}</h1>"), skill=home(build)) == ()
    assert seen(build, build.sub(asked, "fetch", status=status, excerpt=said), skill=home(build)) == ()
    assert seen(build, build.get(asked, status=status, excerpt=said)) == ()


def test_paths_alone_are_no_sign(build: Any) -> None:
    assert seen(build, build.get(f"https://{HERE}/auth/authorize"), skill=home(build)) == ()
    microsoft_like = build.skill(access_token_url=f"https://{HERE}/tenant/oauth2/v2.0/token")
    assert recognised(microsoft_like, ()) == ()


def test_signs_of_other_hosts_are_not_the_servers(build: Any) -> None:
    other = "https://shop.example.net"
    steps = [
        build.get(f"https://{HERE}/authorize"),
        build.sub(f"{other}/x.js", "script", response_headers=[("x-okta-request-id", "1"), ("cf-ray", "1")]),
        build.sub(f"{other}/auth/login_flow", "fetch"),
    ]
    assert seen(build, *steps, skill=home(build)) == ()


def test_a_social_login_on_the_way_does_not_own_the_endpoints(build: Any) -> None:
    steps = [
        build.get(f"https://{HERE}/authorize", location="https://accounts.google.com/signin"),
        build.get("https://accounts.google.com/signin"),
        build.sub("https://www.facebook.com/tr", "image"),
    ]
    found = seen(build, *steps)
    assert names(found) == {("google", "login")}
    assert found[0].by == "a page of accounts.google.com on the way"


def test_nothing_known_nothing_said(build: Any) -> None:
    assert seen(build, build.get(f"https://{HERE}/authorize")) == ()
    assert recognised(build.skill(authorization_url="", access_token_url=None), [Mark("", "path", "")]) == ()
    assert recognised(build.skill(authorization_url="https://[", access_token_url="::"), ()) == ()


def test_answers_of_other_endpoints_are_not_read() -> None:
    assert marks_of_calls([call(endpoint="resource", response_headers=(("x-okta-request-id", "1"),))]) == frozenset()
    assert marks_of_calls([call(status=None, response_body=None)]) == frozenset()
