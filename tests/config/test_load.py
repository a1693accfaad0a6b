from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import certifi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from e2e_linker.config import LoadedConfig, load_config
from e2e_linker.config.files import InitAnswers, starter_config
from e2e_linker.errors import ConfigurationError, SecretError

MINIMAL = {"linker": {"skill": "skill.json"}}


def refused(load: Any, config: Any, **more: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(config, **more)
    return str(caught.value)


def with_linker(**block: Any) -> dict[str, Any]:
    return {"linker": {**MINIMAL["linker"], **block}}


def test_paths_are_relative_to_the_configuration_file(load: Any, tmp_path: Path) -> None:
    shutil.copy(certifi.where(), tmp_path / "root.pem")
    for name in ("warm.json", "old.json"):
        (tmp_path / name).write_text("{}")
    loaded: LoadedConfig = load(
        {
            "outputDir": "out",
            "use": {"storageState": "warm.json"},
            "projects": [{"name": "a", "use": {"launchOptions": {"executablePath": "bin/browser"}}}],
            "linker": {
                "skill": "skill.json",
                "trust": ["root.pem"],
                "previous": [{"skill": "old.json", "refreshToken": "env:R"}],
            },
        }
    )
    (project,) = loaded.config.resolved_projects()
    assert loaded.base_dir == tmp_path
    assert loaded.config.output_dir == tmp_path / "out"
    assert loaded.config.linker.trust == (tmp_path / "root.pem",)
    assert loaded.config.linker.previous[0].skill == tmp_path / "old.json"
    assert project.use.storage_state == tmp_path / "warm.json"
    assert project.use.launch_options.executable_path == tmp_path / "bin/browser"
    assert loaded.skill.client_id == "alexa"


def test_a_relative_configuration_path_gives_absolute_paths(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(MINIMAL)
    monkeypatch.chdir(tmp_path)
    assert load_config(Path("playwright.config.json")).config.output_dir == tmp_path / "reports"


def test_files_that_are_not_there_are_named_all_at_once(load: Any) -> None:
    text = refused(
        load,
        {
            "use": {"storageState": "a.json"},
            "projects": [{"name": "p", "use": {"storageState": "b.json"}}],
            **with_linker(trust=["c.pem"], previous=[{"skill": "d.json", "refreshToken": "env:R"}]),
        },
    )
    for key in ("use.storageState", "projects[0].use.storageState", "linker.trust[0]", "linker.previous[0].skill"):
        assert f"  {key}: there is no file" in text


def test_an_inline_skill_is_taken(load: Any, skill_json: dict[str, Any]) -> None:
    skill_json["accountLinkingResponse"]["clientId"] = "inline"
    assert load({"linker": {"skill": skill_json}}).skill.client_id == "inline"


def test_without_a_skill_the_error_says_what_to_write(load: Any) -> None:
    assert "--skill FILE" in refused(load, {})
    assert "there is no such file" in refused(load, {"linker": {"skill": "other.json"}})


def test_a_missing_configuration_points_at_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="e2e-linker init"):
        load_config(tmp_path / "playwright.config.json")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ([], "must be a JSON object"),
        (
            {"projects": [{"name": "a"}, {"name": "b", "use": {"devise": "x"}}]},
            "projects[1].use.devise: unknown key; did you mean device?",
        ),
        ({"projects": [{"name": "a", "device": "Pixel 7"}]}, "projects[0].device: unknown key; it belongs under use"),
        ({"vendorId": "M1"}, "vendorId: unknown key; it belongs under linker"),
        ({"zzz": 1}, "zzz: unknown key; known here: $schema, projects, use"),
        ({"output_dir": "x"}, "output_dir: unknown key; did you mean outputDir?"),
        ({"timeout": "60"}, "timeout: must be a whole number, not a string"),
        ({"timeout": 1.5}, "timeout: must be a whole number"),
        ({"timeout": 0}, "timeout: must be greater than 0"),
        ({"timeout": None}, "timeout: must be a whole number, not null"),
        ({"use": []}, "use: must be an object, not a list"),
        ({"use": {"headless": "no"}}, "use.headless: must be true or false, not a string"),
        ({"use": {"surface": "web-view"}}, "did you mean webview?"),
        ({"use": {"viewport": {"width": 5}}}, "use.viewport.height: is required"),
        ({"use": {"locale": ""}}, "use.locale: must not be empty"),
        ({"use": {"storageState": 5}}, "use.storageState: must be a path, not a number"),
        ({"use": {"browserName": "chrome"}}, "did you mean chromium?"),
        ({"projects": []}, "projects: must not be an empty list"),
        ({"projects": {}}, "projects: must be a list, not an object"),
        ({"projects": [{"name": "a"}, {"name": "a"}]}, "projects: two projects are called 'a'"),
        ({"projects": [{"name": "a"}, {"name": "a"}, {"nam": "b"}]}, "projects: two projects are called a"),
        ({"reporter": ["xml"]}, "reporter[0]: must be 'html', 'json', 'junit' or 'markdown'"),
        (with_linker(login=[{"clik": "#a"}]), "linker.login[0].clik: unknown key; did you mean click?"),
        (with_linker(login=[{"click": "#a", "check": "#b"}]), "linker.login[0]: must be an object with exactly one of"),
        (with_linker(login=[{"fill": "#a"}]), "linker.login[0].with: is required"),
        (with_linker(login=[{"with": "x"}]), "linker.login[0].fill: is required"),
        (with_linker(login=5), 'linker.login: must be "auto", a list of steps'),
        (with_linker(vendorId="M 1"), "linker.vendorId: is not of the expected form. The vendor id"),
        (with_linker(locales=["english"]), "linker.locales[0]: is not of the expected form. Language and country"),
        (with_linker(skillKind="smarthome"), "did you mean smart_home?"),
        (with_linker(resolve={"https://x": "127.0.0.1"}), "linker.resolve.https://x: must be a host name"),
        (with_linker(resolve={"x": "127.0.0.1:x"}), "linker.resolve.x: must be ADDRESS"),
        (with_linker(skill={"authorizationURI": "x"}), "no authorizationUrl, but authorizationURI looks like it"),
        (with_linker(resource="https://u:p@x.example.com/me"), "linker.resource: names a user or a password before"),
        (with_linker(introspection="login.example.com"), "linker.introspection: must be a complete URL"),
        (with_linker(skill={"authorizationUrl": "https://u:p@x/"}), "authorizationUrl names a user or a password"),
        (with_linker(skill=5), "linker.skill: must be the path of a SMAPI file"),
        (with_linker(skill=""), "linker.skill: is empty"),
        ('{"timeout": 5, "timeout": 6}', "timeout: is written twice"),
        ({"x\u001b[31m" + "y" * 500: 1}, "x\\x1b[31m"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_explained(load: Any, config: Any, said: str) -> None:
    assert said in refused(load, config)


def test_everything_wrong_is_said_at_once(load: Any) -> None:
    text = refused(load, {"tiemout": 5, "retries": -1, "projects": [{"name": 5}], "linker": {"pkcee": True}})
    assert "4 problems:" in text
    for path in ("tiemout", "retries", "projects[0].name", "linker.pkcee"):
        assert f"  {path}: " in text


def test_a_flood_of_problems_is_cut(load: Any) -> None:
    text = refused(load, {f"key{number}": 1 for number in range(5000)})
    assert "and 4950 more" in text
    assert len(text) < 20_000


def test_a_script_of_the_terminal_is_never_passed_on(load: Any) -> None:
    text = refused(load, {"\u001b]0;title\u0007": 1, "use": {"\u202ereversed": 1}})
    assert all(letter.isprintable() or letter == "\n" for letter in text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[" * 10_000, "nested deeper"),
        ('{"timeout": NaN}', "NaN is not JSON"),
        ("", "not JSON"),
        ("\ufeff{", "not JSON"),
        ("{}" * 2, "not JSON"),
        ("\x00", "not JSON"),
    ],
)
def test_hostile_text_is_refused(load: Any, content: str, words: str) -> None:
    assert words in refused(load, content)


def test_the_account_and_the_client_secret_are_read_when_asked_for(load: Any, skill_json: dict[str, Any]) -> None:
    skill_json["accountLinkingResponse"]["clientSecret"] = "literal"
    config = with_linker(account={"username": "env:U", "password": "env:P"}, clientSecret="env:S")
    loaded = load(config, environ={"U": "jane", "P": "hunter2", "S": "outer"})
    assert loaded.account().password.get_secret_value() == "hunter2"
    assert loaded.client_secret().get_secret_value() == "outer"
    assert "hunter2" not in repr(loaded)
    assert load(MINIMAL).client_secret().get_secret_value() == "literal"
    without = load(config)
    with pytest.raises(SecretError, match="variable U is not set"):
        without.account()
    with pytest.raises(SecretError, match=r"linker\.clientSecret"):
        without.client_secret()


def test_a_file_reference_counts_from_the_configuration(load: Any, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("hunter2\n")
    assert load(with_linker(account={"password": "file:pw"})).account().password.get_secret_value() == "hunter2"


PLACES = [("linker", "account", name) for name in ("username", "password", "totp", "otpCommand")] + [
    ("linker", "clientSecret")
]
LITERALS = st.text(alphabet="abcXYZ019!$%/-_ \\\"'{}[],", min_size=1).map(lambda text: f"qq{text}ww")


def placed(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    for key in reversed(place):
        value = {key: value}
    return value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), LITERALS, st.integers(0, 80), st.sampled_from(["", "}", '"', ","]))
def test_a_literal_secret_is_refused_and_never_repeated(
    load: Any, place: tuple[str, ...], literal: str, cut: int, junk: str
) -> None:
    text = json.dumps(placed(place, literal))
    for attempt in (text, text[:cut] + junk + text[cut:], text[:cut] + text[cut + 1 :], text[:cut]):
        said = refused(load, attempt)
        assert literal not in said
        assert json.dumps(literal) not in said


NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
BASE = json.loads(starter_config(InitAnswers(), schema=""))
BASE["linker"] |= {
    "resolve": {"a": "127.0.0.1"},
    "thresholds": {"a": 1},
    "previous": [],
    "login": [{"fill": "#a", "with": "username"}, {"click": "#b"}],
    "limits": {"logins": 3},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, child in children for place in places(child, (*at, key)))]


def bent(place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    config = copy.deepcopy(BASE)
    parent = config
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    return config


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.sampled_from(places(BASE)), JSON)
def test_any_json_anywhere_loads_or_is_refused(load: Any, place: tuple[Any, ...], value: Any) -> None:
    try:
        loaded = load(bent(place, value))
    except ConfigurationError as error:
        said = str(error)
    else:
        said = loaded.config.model_dump_json(by_alias=True)
    assert said
