"""The token endpoint and its neighbours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e_linker.demo import PracticeRange
from e2e_linker.demo.store import CODE_LIFETIME_S, EXPIRES_IN_S

BOTH = ["HTTP_BASIC", "REQUEST_BODY_CREDENTIALS"]


def good(reply: Any) -> dict[str, Any]:
    assert reply.status == 200, reply.body
    assert reply.header("content-type") == "application/json"
    assert reply.header("cache-control") == "no-store"
    return json.loads(reply.body)


def bad(reply: Any, error: str, status: int = 400) -> None:
    assert (reply.status, json.loads(reply.body)["error"]) == (status, error)
    assert reply.header("cache-control") == "no-store"


@pytest.fixture
def later(practice: PracticeRange) -> Any:
    """Turns the server's clock forward by so many seconds."""
    store = practice._world.store
    started = store.clock

    def turn(seconds: float) -> None:
        store.clock = lambda: started() + seconds

    return turn


@pytest.mark.parametrize("scheme", BOTH)
def test_both_schemes_redeem_and_refresh(visitor: Any, scheme: str) -> None:
    tokens = good(visitor.redeem(visitor.link(), scheme=scheme))
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for _ in range(3):
        again = good(visitor.ask("token", fields, scheme=scheme))
        assert again["expires_in"] == 3600
        assert visitor.me(again["access_token"]).status == 200
    assert visitor.me(tokens["access_token"]).status == 200


def test_a_code_is_good_once_and_the_first_tokens_survive(visitor: Any) -> None:
    walk = visitor.link()
    tokens = good(visitor.redeem(walk))
    bad(visitor.redeem(walk), "invalid_grant")
    assert visitor.me(tokens["access_token"]).status == 200


def test_a_code_dies_after_ten_minutes(visitor: Any, later: Any) -> None:
    walk = visitor.link()
    later(CODE_LIFETIME_S + 1)
    bad(visitor.redeem(walk), "invalid_grant")


def test_a_code_belongs_to_its_redirect_uri(visitor: Any) -> None:
    walk = visitor.link()
    bad(visitor.redeem(walk, redirect_uri=visitor.redirect_uri().replace("pitangui", "layla")), "invalid_grant")
    bad(visitor.redeem(walk, redirect_uri=""), "invalid_request")
    good(visitor.redeem(walk))


@pytest.mark.parametrize("verifier", ["wrong" * 10, ""])
def test_pkce_is_verified(visitor: Any, practice: PracticeRange, verifier: str) -> None:
    practice.switch(pkce=True)
    assert practice.linker["pkce"] is True
    walk = visitor.link()
    bad(visitor.redeem(walk, code_verifier=verifier), "invalid_grant")
    good(visitor.redeem(walk))


def test_a_verifier_without_challenge_is_refused(visitor: Any) -> None:
    bad(visitor.redeem(visitor.link(), code_verifier="v" * 43), "invalid_grant")


def test_errors_have_their_names(visitor: Any) -> None:
    walk = visitor.link()
    bad(visitor.redeem(walk, code="unknown"), "invalid_grant")
    bad(visitor.redeem(walk, code=""), "invalid_request")
    bad(visitor.redeem(walk, grant_type="password"), "unsupported_grant_type")
    bad(visitor.redeem(walk, grant_type=""), "invalid_request")
    bad(visitor.ask("token", {"grant_type": "refresh_token", "refresh_token": "no"}), "invalid_grant")
    for scheme in BOTH:
        bad(visitor.ask("token", {"grant_type": "refresh_token"}, scheme=scheme, secret="no"), "invalid_client", 401)


def test_malformed_requests_are_told_so(visitor: Any) -> None:
    url = "https://oauth.brightbulb.test/token"
    bad(visitor.send("GET", url), "invalid_request", 405)
    bad(visitor.send("POST", url, content="{}", headers={"Content-Type": "application/json"}), "invalid_request")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    bad(visitor.send("POST", url, content="grant_type=a&grant_type=b", headers=form), "invalid_request")
    for header in ("Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic"):
        bad(visitor.send("POST", url, {"grant_type": "x"}, {"Authorization": header}), "invalid_client", 401)
    fields = {"grant_type": "x", "client_id": "alexa-brightbulb", "client_secret": visitor.practice.client_secret}
    bad(visitor.ask("token", fields, scheme="HTTP_BASIC"), "invalid_request")
    bad(visitor.ask("token", {"client_id": "other"}, scheme="HTTP_BASIC"), "invalid_request")


def test_scopes_can_be_narrowed_only(visitor: Any) -> None:
    tokens = good(visitor.redeem(visitor.link()))
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert good(visitor.ask("token", fields | {"scope": "lights"}))["scope"] == "lights"
    bad(visitor.ask("token", fields | {"scope": "lights openid"}), "invalid_scope")


def test_access_tokens_expire_and_refresh_tokens_do_not(visitor: Any, later: Any) -> None:
    tokens = good(visitor.redeem(visitor.link()))
    later(EXPIRES_IN_S + 1)
    refused = visitor.me(tokens["access_token"])
    assert refused.status == 401
    assert "invalid_token" in refused.header("www-authenticate")
    later(200 * 24 * 3600)
    good(visitor.ask("token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}))


def test_rotation_has_a_minute_of_grace(visitor: Any, practice: PracticeRange, later: Any) -> None:
    practice.switch(variants=["refresh-rotation"])
    store = practice._world.store
    old = good(visitor.redeem(visitor.link()))["refresh_token"]
    fields = {"grant_type": "refresh_token", "refresh_token": old}
    new = good(visitor.ask("token", fields))["refresh_token"]
    assert new != old
    good(visitor.ask("token", fields))
    started = store.clock
    store.clock = lambda: started() + 61
    bad(visitor.ask("token", fields), "invalid_grant")
    good(visitor.ask("token", fields | {"refresh_token": new}))


def test_introspection_and_revocation(visitor: Any) -> None:
    tokens = good(visitor.redeem(visitor.link()))
    seen = good(visitor.ask("introspect", {"token": tokens["access_token"]}))
    assert (seen["active"], seen["client_id"]) == (True, "alexa-brightbulb")
    assert good(visitor.ask("introspect", {"token": tokens["refresh_token"]}))["active"] is True
    assert visitor.ask("revoke", {"token": tokens["refresh_token"]}).status == 200
    assert visitor.ask("revoke", {"token": "unknown"}).status == 200
    assert good(visitor.ask("introspect", {"token": tokens["access_token"]})) == {"active": False}
    assert visitor.me(tokens["access_token"]).status == 401
    bad(visitor.ask("introspect", {}), "invalid_request")
    bad(visitor.ask("revoke", {"token": "x"}, secret="no"), "invalid_client", 401)


def test_the_resource_wants_a_bearer(visitor: Any) -> None:
    assert visitor.send("GET", "https://api.brightbulb.test/me").status == 401
