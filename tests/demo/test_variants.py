"""Every healthy variant links; every trouble does what it is called after."""

from __future__ import annotations

import http.client
import json
import re
import threading
from typing import Any

import pytest

from e2e_linker.demo import PracticeRange, names
from e2e_linker.demo.catalogue import troubles, variants


@pytest.mark.parametrize("name", sorted(variants()))
def test_variant_links(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(variants=[name])
    walk = visitor.link()
    assert walk.query["state"] == walk.state
    tokens = json.loads(visitor.redeem(walk).body)
    assert visitor.me(tokens["access_token"]).status == 200


@pytest.mark.parametrize("name", sorted(variants()))
def test_variant_with_a_fault(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(variants=[name], faults=["no-code"])
    walk = visitor.link()
    assert walk.query == {"state": walk.state}


PAGES = {
    "two-page": (1, 'type="hidden" name="username"'),
    "script-built": (0, "<template data-form>"),
    "worker-built": (0, "/await.js"),
    "spa-fragment": (0, '<template data-view="login">'),
    "api-login": (0, f'action="https://{names.API}/login"'),
    "german": (0, '<html lang="de">'),
    "japanese": (0, '<html lang="ja">'),
    "remember-me": (0, 'type="checkbox" name="remember"'),
    "cookie-banner": (0, 'class="banner"'),
    "totp": (1, 'autocomplete="one-time-code"'),
    "otp-by-command": (1, 'autocomplete="one-time-code"'),
    "consent-tick": (2, 'type="checkbox" name="agree"'),
}


@pytest.mark.parametrize("name", PAGES)
def test_variant_looks_as_it_says(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(variants=[name])
    index, text = PAGES[name]
    assert text in visitor.link().replies[index].body


def test_bare_form_has_no_names_and_no_labels(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["bare-form"])
    first, second = (visitor.send("GET", visitor.authorization_url(state="s")).body for _ in range(2))
    visible = re.findall(r'<input id="(\w+)" type="(?:email|password)"[^>]*>', first)
    assert len(visible) == 2
    assert not set(visible) & set(re.findall(r'<input id="(\w+)"', second))
    assert "<label" not in first
    assert 'name="username"' not in first


def order_of(visitor: Any) -> list[str]:
    return re.findall(r'name="decision" value="(\w+)"', visitor.link().replies[2].body)


def test_order_of_the_consent_buttons(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["consent-allow-first"])
    assert order_of(visitor) == ["allow", "cancel"]
    practice.switch(variants=["consent-cancel-first"])
    visitor.jar.clear()
    assert order_of(visitor) == ["cancel", "allow"]


def test_how_often_consent_is_asked(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["consent-every-time"])
    assert ["decision" in visitor.link().replies[-2].body for _ in range(2)] == [True, True]
    practice.switch(variants=["consent-never"])
    visitor.jar.clear()
    assert not any("decision" in reply.body for reply in visitor.link().replies)


def test_a_consent_box_has_to_be_ticked(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["consent-tick"])
    page = visitor.link(decision="maybe").replies[2]
    reply = visitor.send("POST", f"https://{names.LOGIN}/consent", visitor.fields_of(page) | {"decision": "allow"})
    assert reply.status == 303
    practice.switch(variants=["consent-tick"])
    visitor.jar.clear()
    walk = visitor.link(decision="cancel")
    assert walk.query["error"] == "access_denied"


def test_remembered_sessions_outlive_the_browser(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["remember-me"])
    page = visitor.send("GET", visitor.authorization_url(state="s"))
    user = practice.users[0]
    fields = visitor.fields_of(page) | {"username": user.username, "password": user.password, "remember": "yes"}
    reply = visitor.send("POST", f"https://{names.LOGIN}/login", fields)
    assert "Max-Age=7776000" in reply.header("set-cookie")


def test_cookie_banner_goes_when_answered(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["cookie-banner"])
    visitor.jar = {names.LOGIN: {"bb_cookies": "all"}}
    assert 'class="banner"' not in visitor.link().replies[0].body


def test_a_long_session_cookie_is_kept(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["long-session-cookie"])
    assert visitor.link().arrival
    assert 3_000 < len(visitor.jar[names.LOGIN]["bb_session"]) < 4_000


def test_signed_in_needs_no_page(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["signed-in"])
    (cookie,) = practice.storage_state()["cookies"]
    visitor.jar = {cookie["domain"]: {cookie["name"]: cookie["value"]}}
    walk = visitor.link()
    assert walk.arrival
    assert len(walk.replies) == 1


def test_federated_login_uses_listed_hosts(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["federated-redirect"])
    assert any(reply.url.startswith(f"https://{names.HOMEPASS}/authorize?") for reply in visitor.link().replies)
    assert names.HOMEPASS in practice.skill["accountLinkingResponse"]["domains"]


def test_single_page_login_answers_in_json(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["spa-fragment"])
    page = visitor.send("GET", visitor.authorization_url(state="s"))
    fields = visitor.fields_of(page) | {"username": practice.users[0].username, "password": "wrong"}
    url, headers = f"https://{names.LOGIN}/login", {"Accept": "application/json"}
    assert "not right" in json.loads(visitor.send("POST", url, fields, headers).body)["error"]
    fields["password"] = practice.users[0].password
    assert json.loads(visitor.send("POST", url, fields, headers).body)["next"].startswith("/consent?")


def test_the_api_host_lets_only_the_login_page_log_in(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["api-login"])
    page = visitor.send("GET", visitor.authorization_url(state="s"))
    user, url = practice.users[0], f"https://{names.API}/login"
    fields = visitor.fields_of(page) | {"username": user.username, "password": user.password}
    foreign = visitor.send("POST", url, fields, {"Origin": "https://lamps.example"})
    assert "error" in json.loads(foreign.body)
    assert not foreign.header("access-control-allow-origin")
    origin = f"https://{names.LOGIN}"
    wrong = visitor.send("POST", url, fields | {"password": "wrong"}, {"Origin": origin})
    assert "not right" in json.loads(wrong.body)["error"]
    right = visitor.send("POST", url, fields, {"Origin": origin})
    assert json.loads(right.body)["next"].startswith(f"{origin}/consent?")
    assert right.header("access-control-allow-origin") == wrong.header("access-control-allow-origin") == origin
    assert right.header("access-control-allow-credentials") == "true"
    assert "bb_session" in visitor.jar[names.SITE]


@pytest.mark.parametrize("kind", ["totp", "otp-by-command"])
def test_a_wrong_second_factor_is_told_inline(practice: PracticeRange, visitor: Any, kind: str) -> None:
    practice.switch(variants=[kind])
    page = visitor.send("GET", visitor.authorization_url(state="s"))
    user = practice.users[0]
    fields = visitor.fields_of(page) | {"username": user.username, "password": user.password}
    asked = visitor.send("POST", f"https://{names.LOGIN}/login", fields)
    again = visitor.send("POST", f"https://{names.LOGIN}/verify", visitor.fields_of(asked) | {"code": "12345"})
    assert 'role="alert"' in again.body
    code = visitor.one_time_code()
    done = visitor.send("POST", f"https://{names.LOGIN}/verify", visitor.fields_of(again) | {"code": f" {code} "})
    assert done.status == 303


def test_mails_are_for_those_with_the_key(practice: PracticeRange, visitor: Any) -> None:
    assert visitor.send("GET", "http://127.0.0.1/outbox?key=no&to=mia").status == 403


def captcha(visitor: Any) -> None:
    walk = visitor.link()
    assert not walk.arrival
    assert "captcha" in walk.last.body


def endless_redirect(visitor: Any) -> None:
    walk = visitor.link()
    assert not walk.arrival
    assert {reply.status for reply in walk.replies} == {302}
    assert len({reply.url for reply in walk.replies}) == len(walk.replies)


def never_settles(visitor: Any) -> None:
    page = visitor.link().last
    assert "<form" not in page.body
    assert "poll.js" in page.body
    poll = visitor.send("GET", f"https://{names.LOGIN}/poll")
    assert (poll.status, poll.header("cache-control")) == (200, "no-store")


def huge_response(visitor: Any) -> None:
    assert f"https://{names.IMAGES}/poster.png" in visitor.link().replies[0].body
    picture = visitor.send("GET", f"https://{names.IMAGES}/poster.png")
    assert picture.header("content-type") == "image/png"
    assert len(picture.body) > 50_000_000


def hang(visitor: Any) -> None:
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises((http.client.HTTPException, OSError)):
            visitor.send("GET", visitor.authorization_url(state="s"), timeout=0.3)
        ended.set()

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    assert ended.is_set()


TROUBLES = {
    "captcha": captcha,
    "endless-redirect": endless_redirect,
    "never-settles": never_settles,
    "huge-response": huge_response,
    "hang": hang,
}


def test_every_trouble_has_a_check() -> None:
    assert TROUBLES.keys() == troubles().keys()


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(variants=[name])
    TROUBLES[name](visitor)
