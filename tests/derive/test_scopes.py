"""Which scopes an answer leaves out, however a server spells what it grants."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.derive.scopes import left_out

LIGHTS = ("profile", "lights")


@pytest.mark.parametrize(
    ("asked", "said", "lacking"),
    [
        (LIGHTS, "profile", ("lights",)),
        (LIGHTS, ["profile"], ("lights",)),
        (LIGHTS, "profile doors", ("lights",)),
        (LIGHTS, "profile,doors", ("lights",)),
        (LIGHTS, "profile highlights", ("lights",)),
        (LIGHTS, "default", LIGHTS),
        (("profile lights", "lights"), "profile", ("lights",)),
        (("lights:read", "lights:write"), "lights:read", ("lights:write",)),
        (("read:lights", "write:lights"), "read:lights", ("write:lights",)),
        (("admin:lights",), "write:lights read:lights", ("admin:lights",)),
        (("read:lights", "write:lights"), "admin:doors write:doors", ("read:lights", "write:lights")),
        (("read:lights",), "delete:lights", ("read:lights",)),
        (("delete:lights",), "admin:lights", ("delete:lights",)),
        (("lights:read",), "lights:write", ("lights:read",)),
        (("read:",), "write: profile", ("read:",)),
        (("https://api.example.com/lights",), "https://api.example.com/doors", ("https://api.example.com/lights",)),
        (("lights,doors",), "lights", ("lights,doors",)),
    ],
)
def test_what_is_missing_is_left_out(asked: tuple[str, ...], said: Any, lacking: tuple[str, ...]) -> None:
    assert left_out(asked, {"scope": said}) == lacking


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (LIGHTS, "lights profile"),
        (LIGHTS, "lights profile openid"),
        (LIGHTS, "profile,lights"),
        (LIGHTS, "profile, lights"),
        (LIGHTS, "profile;lights"),
        (LIGHTS, "profile|lights"),
        (LIGHTS, "profile+lights"),
        (LIGHTS, "profile%20lights"),
        (LIGHTS, ["profile", "lights"]),
        (LIGHTS, ["profile lights"]),
        (LIGHTS, '["profile", "lights"]'),
        (LIGHTS, "['profile', 'lights']"),
        (LIGHTS, "Profile LIGHTS"),
        (LIGHTS, "https://api.example.com/profile https://api.example.com/lights"),
        (LIGHTS, "api://11-22/profile api://11-22/lights"),
        (LIGHTS, "urn:example:profile urn:example:lights"),
        (("https://api.example.com/lights",), "lights"),
        (("https%3A%2F%2Fapi.example.com%2Flights",), "https://api.example.com/lights"),
        (("user", "user:email"), "user"),
        (("repo", "repo:status"), "repo"),
        (("admin:repo_hook", "write:repo_hook", "read:repo_hook"), "admin:repo_hook"),
        (("write:repo_hook", "read:repo_hook"), "write:repo_hook"),
        (("read:issue:jira",), "write:issue:jira"),
        (("READ:lights",), "Write:Lights"),
        (("lights",), "lights.read lights.write"),
        (("lights.read",), "lights.*"),
        (LIGHTS, "*"),
        (("api", "refresh_token", "full"), "refresh_token full"),
        (("profile,lights",), "lights profile"),
        (("a+b",), "a+b"),
        ((), "profile"),
    ],
)
def test_other_spellings_are_the_same_scopes(asked: tuple[str, ...], said: Any) -> None:
    assert left_out(asked, {"scope": said}) == ()


@pytest.mark.parametrize("asked", [("lights.*",), ("lights*",), ("https://api.example.com/lights.*",)])
def test_a_scope_that_is_asked_for_with_an_asterisk_is_granted_by_its_parts(asked: tuple[str, ...]) -> None:
    granted = asked[0].rstrip("*") + "read"
    assert left_out(asked, {"scope": f"{granted} profile"}) == ()
    assert left_out(asked, {"scope": "doors.read profile"}) == asked


@pytest.mark.parametrize("nothing", ["null", "none", "undefined", "NULL", "None", "null null", ["null"]])
def test_an_empty_value_that_became_a_word_grants_what_was_asked(nothing: Any) -> None:
    assert left_out(LIGHTS, {"scope": nothing}) == ()


def test_a_scope_beside_such_a_word_counts() -> None:
    assert left_out(LIGHTS, {"scope": "none profile"}) == ("lights",)


@pytest.mark.parametrize("said", [None, "", " ", [], [None, 1], 7, True, {"profile": True}])
def test_an_answer_that_names_none_grants_what_was_asked(said: Any) -> None:
    assert left_out(LIGHTS, {"scope": said}) == ()
    assert left_out(LIGHTS, {}) == ()
