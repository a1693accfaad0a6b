"""Files and names that only a browser would stumble over otherwise."""

from __future__ import annotations

import json
import zoneinfo
from pathlib import Path
from typing import Any

import certifi
import pytest

from e2e_linker.errors import ConfigurationError

COOKIE = {"name": "session", "value": "s3cr3t", "domain": "login.example.com", "path": "/"}
WHOLE = {**COOKIE, "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
ENTRY = {"name": "theme", "value": "dark"}


def refused(load: Any, **config: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load({"linker": {"skill": "skill.json", **config.pop("linker", {})}, **config})
    return str(caught.value)


def accepted(load: Any, **use: Any) -> None:
    taken = load({"use": use, "linker": {"skill": "skill.json"}}).config.use.model_dump(by_alias=True)
    assert {key: taken[key].name if key == "storageState" else taken[key] for key in use} == use


def state_of(folder: Path, content: Any) -> str:
    path = folder / "warm.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path.name


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"cookies": [], "origins": []},
        {"cookies": None},
        {
            "cookies": [
                WHOLE,
                {**COOKIE, "expires": 4102444800.5},
                {"name": "a", "value": "", "url": "https://a.example"},
            ]
        },
        {"cookies": [{**WHOLE, "partitionKey": "https://a.example", "hostOnly": True, "storeId": "0"}]},
        {"origins": [{"origin": "https://a.example", "localStorage": [ENTRY], "indexedDB": [{"name": "x"}]}]},
    ],
)
def test_a_storage_state_that_playwright_takes_is_taken(load: Any, tmp_path: Path, state: Any) -> None:
    accepted(load, storageState=state_of(tmp_path, state))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (b"not json s3cr3t", "is not JSON: expected ident at line 1 column 2"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
        ([WHOLE], "must hold an object with cookies and origins"),
        ({"log": {}}, "holds neither cookies nor origins"),
        ({"cookies": {"session": "s3cr3t"}}, "cookies in it must be a list"),
        ({"cookies": ["s3cr3t"]}, "cookies[0] in it must be an object"),
        ({"cookies": [WHOLE, {"name": "a", "domain": "b", "path": "/"}]}, "cookies[1].value in it is required"),
        ({"cookies": [{**WHOLE, "value": 7}]}, "cookies[0].value in it must be a string"),
        ({"cookies": [{**WHOLE, "expires": True}]}, "cookies[0].expires in it must be a number"),
        ({"cookies": [{**WHOLE, "expires": -5}]}, "cookies[0].expires in it must be a number"),
        ({"cookies": [{**WHOLE, "httpOnly": 1}]}, "cookies[0].httpOnly in it must be true or false"),
        ({"cookies": [{**WHOLE, "sameSite": "no_restriction"}]}, "sameSite in it must be 'Strict', 'Lax' or 'None'"),
        ({"cookies": [{"name": "a", "value": "s3cr3t"}]}, "cookies[0] in it needs a domain and a path"),
        ({"origins": [{"localStorage": []}]}, "origins[0].origin in it is required"),
        ({"origins": [{"origin": 1, "localStorage": []}]}, "origins[0].origin in it must be a string"),
        ({"origins": [{"origin": "https://a.example"}]}, "origins[0].localStorage in it is required"),
        ({"origins": [{"origin": "a", "localStorage": {}}]}, "origins[0].localStorage in it must be a list"),
        (
            {"origins": [{"origin": "https://a.example", "localStorage": [{"name": "n", "value": 1}]}]},
            "origins[0].localStorage[0].value in it must be a string",
        ),
    ],
)
def test_a_storage_state_that_playwright_refuses_is_refused(load: Any, tmp_path: Path, state: Any, words: str) -> None:
    text = refused(load, projects=[{"name": "p", "use": {"storageState": state_of(tmp_path, state)}}])
    assert "projects[0].use.storageState: " in text
    assert words in text
    assert "s3cr3t" not in text


def test_a_file_full_of_mistakes_tells_the_first_few(load: Any, tmp_path: Path) -> None:
    text = refused(load, use={"storageState": state_of(tmp_path, {"cookies": [1] * 500})})
    assert text.count("must be an object") == 3


def test_roots_that_cannot_be_read_are_refused_before_a_run(load: Any, tmp_path: Path) -> None:
    for name, content in (("junk.pem", b"not a certificate"), ("empty.pem", b""), ("der.pem", b"0\x82\x01")):
        (tmp_path / name).write_bytes(content)
        text = refused(load, linker={"trust": [certifi.where(), name]})
        assert "linker.trust[1]: " in text
        assert "it must be a PEM file" in text
    load({"linker": {"skill": "skill.json", "trust": [certifi.where()]}})


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("new york", "did you mean America/New_York?"),
        ("Europe", "write one such as Europe/Berlin"),
        ("/etc/localtime", "write one such as Europe/Berlin"),
    ],
)
def test_a_time_zone_that_does_not_exist_is_refused_with_the_nearest(load: Any, zone: str, words: str) -> None:
    text = refused(load, use={"timezoneId": zone})
    assert f"use.timezoneId: there is no such time zone; {words}" in text


def test_time_zones_that_browsers_know_are_taken_also_where_this_machine_lacks_them(load: Any) -> None:
    old = ("US/Pacific", "Asia/Calcutta", "Europe/Kiev", "Singapore", "GMT+0", "CST6CDT", "Etc/Zulu")
    new = ("Europe/Kyiv", "America/Ciudad_Juarez", "Asia/Qostanay", "Pacific/Kanton")
    browsers = ("PST", "GMT+01:00", "+01:00", "Etc/Unknown", "SystemV/PST8")
    zones = ("Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", *old, *new, *browsers)
    for zone in zones:
        accepted(load, timezoneId=zone)
    zoneinfo.reset_tzpath(())
    try:
        for zone in zones:
            accepted(load, timezoneId=zone)
        assert "did you mean Europe/Berlin?" in refused(load, use={"timezoneId": "Europe/Berln"})
    finally:
        zoneinfo.reset_tzpath()


@pytest.mark.parametrize("locale", ["de", "de-DE", "DE-de", "zh-Hans-CN", "de-DE-u-co-phonebk", "es-419"])
def test_language_tags_are_taken(load: Any, locale: str) -> None:
    accepted(load, locale=locale)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("not a locale!!", ", such as de-DE"),
        ("english", ", such as de-DE"),
        ("de_DE", "; did you mean de-DE?"),
        ("en-US.UTF-8", "; did you mean en-US?"),
        ("de-DE,en", ", such as de-DE"),
    ],
)
def test_what_is_no_language_tag_is_refused(load: Any, locale: str, words: str) -> None:
    assert f"use.locale: is no language tag{words}" in refused(load, use={"locale": locale})


def test_a_user_agent_with_a_line_break_is_refused_and_other_signs_are_not(load: Any) -> None:
    for agent in ("Mozilla/5.0\nX-Evil: 1", "Mozilla/5.0\r", "a\0b", "a\x7f"):
        assert "use.userAgent: holds a line break" in refused(load, use={"userAgent": agent})
    accepted(load, userAgent="Mozilla/5.0 (X11)\tÄ “x”")
