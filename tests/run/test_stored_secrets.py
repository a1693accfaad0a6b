"""What of a storage state is kept out of the records."""

from __future__ import annotations

import json

import pytest

from e2e_linker.config.load import load_config
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.run.credentials import read_credentials

CLIENT = "kR7wQ2mZ9xT4vB6n"
NAME = "xW3rT6yU9iO2pA5s@example.com"
TOKEN = "lsTok_77ab88cd99ef00"
SKILL = {
    "type": "IMPLICIT",
    "authorizationUrl": "https://login.example.com/authorize",
    "clientId": CLIENT,
    "scopes": ["read:lights2-AllOfThem"],
    "domains": [],
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The registry of a run whose projects begin with a storage state."""

    def registry(state, *, shared=False):
        monkeypatch.setenv("JANE", NAME)
        text = state if isinstance(state, str) else json.dumps(state)
        (tmp_path / "state.json").write_text(text, "utf-8")
        (tmp_path / "skill.json").write_text(json.dumps({"accountLinkingResponse": SKILL}))
        use = {"storageState": "state.json"}
        linker = {"skill": "skill.json", "vendorId": "M2AAAAAAAAAAAA", "account": {"username": "env:JANE"}}
        config = {"linker": linker, **({"use": use} if shared else {"projects": [{"name": "warm", "use": use}]})}
        (tmp_path / "playwright.config.json").write_text(json.dumps(config))
        loaded = load_config(tmp_path / "playwright.config.json")
        known = SecretRegistry()
        read_credentials(loaded, known)
        return known

    return registry


def stored(*entries, cookies=(), **more):
    items = [{"name": name, "value": value if isinstance(value, str) else json.dumps(value)} for name, value in entries]
    place = {"domain": "login.example.com", "path": "/"}
    return {
        "cookies": [{"name": name, "value": value, **place} for name, value in cookies],
        "origins": [{"origin": "https://login.example.com", "localStorage": items, **more}],
    }


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    "state",
    [
        stored(("auth", TOKEN)),
        stored(("@@spa@@::client", {"body": {"client_id": CLIENT, "tokens": [{"access": TOKEN}]}})),
        stored(("persist:root", {"auth": json.dumps({"session": json.dumps(TOKEN)})})),
        stored(cookies=[("sid", TOKEN)]),
        stored(indexedDB=[{"name": "auth", "version": 1, "stores": [{"records": [{"value": {"token": TOKEN}}]}]}]),
    ],
    ids=["plain", "in JSON", "in JSON in JSON", "cookie", "database"],
)
def test_a_session_that_is_brought_along_is_a_secret(run, state, shared):
    registry = run(state, shared=shared)
    assert TOKEN not in registry.redact(f"signed in with {TOKEN}, GET /api/ping?x={TOKEN}")
    assert registry.find(f"session {TOKEN} is live")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "dark"),
        ("lastSeen", "2026-11-23T05:14:53Z"),
        ("user", "auth0|5f7c8ec7c33c6c004bbafe82"),
        ("account", NAME),
        ("account", "somebody.1987@example.com"),
        ("client", CLIENT),
        ("granted", "read:lights2-AllOfThem"),
        ("flags", "new-lamp-wizard-2024-enabled"),
        ("home", "https://login.example.com/start?tab=lamps2"),
        ("greeting", "Welcome back, Jane the 2nd"),
        ("appVersion", "2024.11.23-a1b2c3d4e5f6"),
        ("avatar", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"),
    ],
)
def test_what_else_is_kept_there_stays_legible(run, name, value):
    for state in (stored((name, value)), stored(("all", {"one": {name: value}}))):
        assert run(state).redact(f"it is {value} here") == f"it is {value} here"


def test_the_user_name_in_a_cookie_stays_a_user_name(run):
    registry = run(stored(cookies=[("who", NAME.upper()), ("sid", TOKEN)]))
    registry.register(NAME, "username")
    assert registry.redact(f"{NAME} {TOKEN}") == "<username#1> <cookie#1>"


def test_a_large_store_is_read_to_a_limit_only(run):
    many = {f"entry{n}": f"zK8{n:04}qWvB7nMxP3cR" for n in range(3000)}
    assert run(stored(("cache", many))).learnt < 3000
