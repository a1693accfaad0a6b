"""The model answer, followed by hand from the authorization request to the resource."""

from __future__ import annotations

import json
import re
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest

from e2e_linker.demo import PracticeRange, names
from e2e_linker.model import Grant, Region

STATES = {
    "short": "x",
    "two kilobytes": "aZ09-_" * 350,
    "special": "%2B+a/b==~%&=?#;<script>\"' ü",
    "reserved": "a+b c%20d%2Fe",
}


def tokens_of(reply: Any) -> dict[str, Any]:
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


@pytest.mark.parametrize("region", list(Region))
def test_links_in_every_region(visitor: Any, region: Region) -> None:
    walk = visitor.link(region=region)
    assert walk.arrival.startswith(f"{walk.redirect_uri}?")
    assert walk.query.keys() == {"code", "state"}
    assert walk.query["state"] == walk.state
    assert walk.by == "303"
    tokens = tokens_of(visitor.redeem(walk))
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert visitor.me(tokens["access_token"]).status == 200


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_returns_any_state_unchanged(visitor: Any, state: str) -> None:
    assert visitor.link(state=state).query["state"] == state


def test_login_page_is_a_model(visitor: Any) -> None:
    page = visitor.link().replies[0]
    policy = page.header("content-security-policy")
    assert page.header("cache-control") == "no-store"
    assert "form-action" not in policy
    assert "unsafe" not in policy
    assert '<meta name="viewport"' in page.body
    assert '<html lang="en">' in page.body
    hosts = {urlsplit(url).hostname for url in re.findall(r'(?:src|href)="(https:[^"]+)"', page.body)}
    listed = set(visitor.practice.skill["accountLinkingResponse"]["domains"])
    assert hosts == listed == {names.STATIC, names.FONTS, names.IMAGES, names.HOMEPASS}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.5", "de"),
        ("ja", "ja"),
        ("fr, ja;q=0.4, de;q=0.6", "de"),
        ("fr-FR", "en"),
        ("de;q=zero, ja", "ja"),
        ("de;q=0", "en"),
        ("", "en"),
    ],
)
def test_speaks_the_language_asked_for(visitor: Any, accepted: str, language: str) -> None:
    visitor.headers["Accept-Language"] = accepted
    assert f'<html lang="{language}">' in visitor.link().replies[0].body


def test_assets_are_there_and_cacheable(visitor: Any) -> None:
    for host, path in (
        (names.STATIC, "/site.css"),
        (names.STATIC, "/site.js"),
        (names.FONTS, "/css"),
        (names.FONTS, "/bulb-icons.ttf"),
        (names.IMAGES, "/hero.svg"),
        (names.HOMEPASS, "/button.svg"),
        *((host, "/favicon.ico") for host in (names.LOGIN, names.OAUTH, names.HOMEPASS)),
    ):
        reply = visitor.send("GET", f"https://{host}{path}")
        assert reply.status == 200, (host, path)
        assert "max-age" in reply.header("cache-control")
        assert reply.body
    assert visitor.send("GET", f"https://{names.STATIC}/nothing.js").status == 404
    assert visitor.send("GET", f"https://{names.STATIC}/site.css", headers={"Host": "other.test"}).status == 421


def test_legal_pages_answer(visitor: Any) -> None:
    for path in ("/privacy", "/terms"):
        assert visitor.send("GET", f"https://{names.LOGIN}{path}").status == 200


def test_session_cookie_is_first_party_and_guarded(visitor: Any) -> None:
    cookies = [value for reply in visitor.link().replies for name, value in reply.headers if name == "set-cookie"]
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
        assert len(cookie) < 150
    assert set(visitor.jar) == {names.LOGIN}


def test_second_link_needs_no_page(visitor: Any) -> None:
    first, second = visitor.link(), visitor.link()
    assert len(second.replies) == 1
    assert second.query["state"] == second.state
    assert second.query["code"] != first.query["code"]


def test_consent_is_asked_once_for_each_user(visitor: Any, another: Any) -> None:
    assert any("decision" in reply.body for reply in visitor.link().replies)
    assert not any("decision" in reply.body for reply in another().link().replies)


def test_cancel_goes_back_with_access_denied(visitor: Any) -> None:
    walk = visitor.link(decision="cancel")
    assert walk.query["error"] == "access_denied"
    assert walk.query["state"] == walk.state
    assert "code" not in walk.query


def test_wrong_password_is_told_inline_and_loses_nothing(visitor: Any, practice: PracticeRange) -> None:
    page = visitor.send("GET", visitor.authorization_url(state="kept"))
    fields = visitor.fields_of(page) | {"username": practice.users[0].username, "password": "wrong"}
    again = visitor.send("POST", f"https://{names.LOGIN}/login", fields)
    assert again.status == 200
    assert 'role="alert"' in again.body
    assert practice.users[0].username in again.body
    assert visitor.fields_of(again) == visitor.fields_of(page)
    fields["password"] = practice.users[0].password
    assert visitor.send("POST", f"https://{names.LOGIN}/login", fields).header("location").startswith("/consent?")


def test_double_click_on_allow_gives_one_code(visitor: Any) -> None:
    page = next(reply for reply in visitor.link(decision="maybe").replies if "ticket" in reply.body)
    fields = visitor.fields_of(page) | {"decision": "allow"}
    visitor.practice._world.store.decided.clear()
    replies = [visitor.send("POST", f"https://{names.LOGIN}/consent", fields) for _ in range(2)]
    assert replies[0].status == 303
    assert replies[0].header("location") == replies[1].header("location")


def test_forged_forms_are_refused(visitor: Any, practice: PracticeRange) -> None:
    page = visitor.send("GET", visitor.authorization_url(state="s"))
    user = practice.users[0]
    fields = visitor.fields_of(page) | {"username": user.username, "password": user.password, "csrf": "x" * 24}
    reply = visitor.send("POST", f"https://{names.LOGIN}/login", fields)
    assert reply.status == 200
    assert 'role="alert"' in reply.body


@pytest.mark.parametrize(
    "uri",
    [
        "https://pitangui.amazon.com.evil.example/api/skill/link/{vendor}",
        "https://pitangui.amazon.com@evil.example/api/skill/link/{vendor}",
        "https://pitangui.amazon.com/api/skill/link/{vendor}/more",
        "https://pitangui.amazon.com/API/skill/link/{vendor}",
        "https://pitangui.amazon.com/api/skill/link/{vendor}/",
        "http://pitangui.amazon.com/api/skill/link/{vendor}",
        "https://pitangui.amazon.com/api/skill/link/MOTHERVENDOR00",
        "",
    ],
)
def test_unknown_redirect_uris_get_a_page_and_no_redirect(visitor: Any, uri: str) -> None:
    url = visitor.authorization_url(state="s", redirect_uri=uri.format(vendor=visitor.practice.vendor_id))
    reply = visitor.send("GET", url)
    assert reply.status == 400
    assert not reply.header("location")
    assert visitor.send("GET", visitor.authorization_url(state="s", client_id="somebody")).status == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": "profile:user_id"}, "invalid_scope"),
        ({"code_challenge": "abc", "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_errors_go_back_by_rfc_6749(visitor: Any, changes: dict[str, str], error: str) -> None:
    walk = visitor.link(**changes)
    assert walk.query["error"] == error
    assert walk.query["state"] == walk.state


def test_duplicated_parameters_are_invalid(visitor: Any) -> None:
    reply = visitor.send("GET", visitor.authorization_url(state="s") + "&state=t")
    assert "error=invalid_request" in reply.header("location")


def test_unknown_parameters_are_ignored(visitor: Any) -> None:
    assert "code" in visitor.link(alexa_new_thing="1", code_challenge="x" * 43, code_challenge_method="S256").query


def test_implicit_grant_answers_in_the_fragment(visitor: Any, practice: PracticeRange) -> None:
    practice.switch(grant=Grant.IMPLICIT)
    walk = visitor.link()
    assert walk.arrival.startswith(f"{walk.redirect_uri}#")
    assert f"vendorId={practice.vendor_id}" in urlsplit(walk.arrival).query
    assert walk.fragment["state"] == walk.state
    assert walk.fragment["token_type"] == "Bearer"
    assert visitor.me(walk.fragment["access_token"]).status == 200


def test_sign_up_comes_back_to_alexa(visitor: Any) -> None:
    page = visitor.send("GET", visitor.authorization_url(state="signup"))
    query = urlsplit(visitor.authorization_url(state="signup")).query
    assert f"/signup?{query.partition('&')[0]}" in page.body
    form = visitor.send("GET", f"https://{names.LOGIN}/signup?{query}")
    fields = visitor.fields_of(form) | {"username": "new@brightbulb.test", "password": "short"}
    refused = visitor.send("POST", f"https://{names.LOGIN}/signup", fields)
    assert 'role="alert"' in refused.body
    done = visitor.send("POST", f"https://{names.LOGIN}/signup", fields | {"password": "long enough"})
    assert done.status == 303
    assert "state=signup" in done.header("location")


def test_recovery_says_the_same_to_everybody(visitor: Any, practice: PracticeRange) -> None:
    query = urlsplit(visitor.authorization_url(state="r")).query
    fields = visitor.fields_of(visitor.send("GET", f"https://{names.LOGIN}/recover?{query}"))
    answers = {
        visitor.send("POST", f"https://{names.LOGIN}/recover", fields | {"username": username}).body
        for username in (practice.users[0].username, "nobody@brightbulb.test")
    }
    assert len(answers) == 1
    assert "/authorize?client_id=" in answers.pop()


def test_federated_login_is_bound_to_the_browser(visitor: Any, another: Any) -> None:
    query = urlsplit(visitor.authorization_url(state="f")).query
    away = visitor.send("GET", f"https://{names.LOGIN}/federated/start?{query}").header("location")
    form = visitor.send("GET", away)
    user = visitor.practice.users[0]
    fields = visitor.fields_of(form) | {"username": user.username, "password": user.password}
    back = visitor.send("POST", f"https://{names.HOMEPASS}/login", fields).header("location")
    stranger = another().send("GET", back)
    assert stranger.header("location") == "/home"


def test_parallel_logins_keep_their_states(practice: PracticeRange, another: Any) -> None:
    walks: list[Any] = []
    threads = [threading.Thread(target=lambda: walks.append(another().link())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(walks) == 6
    assert all(walk.query["state"] == walk.state for walk in walks)


def test_metadata_names_the_endpoints(visitor: Any) -> None:
    reply = visitor.send("GET", f"https://{names.LOGIN}/.well-known/oauth-authorization-server")
    assert json.loads(reply.body)["code_challenge_methods_supported"] == ["S256"]


def test_plain_http_is_sent_to_https(visitor: Any) -> None:
    reply = visitor.send("GET", f"http://{names.LOGIN}/authorize")
    assert (reply.status, reply.header("location")) == (301, f"https://{names.LOGIN}/authorize")
