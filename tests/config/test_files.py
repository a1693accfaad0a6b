from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config import load_config, parse_skill
from e2e_linker.config.defaults import default_projects
from e2e_linker.config.files import (
    SCHEMA_FILE,
    SKILL_FILE,
    InitAnswers,
    import_smapi,
    init_files,
    starter_config,
    write_new,
)
from e2e_linker.config.load import DEFAULT_CONFIG
from e2e_linker.config.schema import SCHEMA_PATH, schema_text
from e2e_linker.errors import ConfigurationError, UsageError
from e2e_linker.model import Grant, Region

ROOT = Path(__file__).parents[2]


def written(answers: InitAnswers, folder: Path) -> dict[str, str]:
    files = init_files(answers)
    for name, text in files.items():
        write_new(folder / name, text)
    return files


def test_what_init_writes_loads(tmp_path: Path) -> None:
    answers = InitAnswers(
        vendor_id="M1ABC", regions=(Region.EU,), scopes=("profile",), domains=("cdn.example.com",), totp=True
    )
    files = written(answers, tmp_path)
    assert sorted(files) == sorted([DEFAULT_CONFIG, SKILL_FILE, SCHEMA_FILE])
    environ = {f"E2E_LINKER_{name}": name for name in ("USERNAME", "PASSWORD", "TOTP", "CLIENT_SECRET")}
    loaded = load_config(tmp_path / DEFAULT_CONFIG, environ=environ)
    assert loaded.config.projects == default_projects()
    assert (loaded.config.linker.vendor_id, loaded.config.linker.regions) == ("M1ABC", (Region.EU,))
    assert loaded.skill.problems == ()
    assert loaded.skill.domains == ("cdn.example.com",)
    totp, secret = loaded.account().totp, loaded.client_secret()
    assert totp is not None
    assert secret is not None
    assert (totp.get_secret_value(), secret.get_secret_value()) == ("TOTP", "CLIENT_SECRET")
    assert (tmp_path / json.loads(files[DEFAULT_CONFIG])["$schema"]).read_text() == schema_text()


def test_an_implicit_skill_has_no_token_endpoint_and_no_secret(tmp_path: Path) -> None:
    files = written(InitAnswers(grant=Grant.IMPLICIT), tmp_path)
    loaded = load_config(tmp_path / DEFAULT_CONFIG, environ={})
    assert (loaded.skill.grant, loaded.skill.access_token_url) == (Grant.IMPLICIT, None)
    assert loaded.client_secret() is None
    assert "clientSecret" not in files[DEFAULT_CONFIG]


def test_init_takes_what_smapi_prints(tmp_path: Path, skill_json: dict[str, Any]) -> None:
    skill_json["accountLinkingResponse"] |= {"clientSecret": "hunter2", "somethingNew": [1]}
    files = written(InitAnswers(smapi=json.dumps(skill_json)), tmp_path)
    assert "hunter2" not in "".join(files.values())
    assert load_config(tmp_path / DEFAULT_CONFIG, environ={}).skill.extras == {"somethingNew": [1]}


def test_import_keeps_the_document_and_says_where_the_secret_goes(skill_json: dict[str, Any]) -> None:
    skill_json["accountLinkingResponse"] |= {"clientSecret": "hunter2", "domains": ["https://x.example.com"]}
    imported = import_smapi(json.dumps(skill_json))
    assert "hunter2" not in imported.text + "".join(imported.notes)
    del skill_json["accountLinkingResponse"]["clientSecret"]
    assert json.loads(imported.text) == skill_json
    assert not parse_skill(imported.text).literal_secret
    assert 'linker.clientSecret to "env:E2E_LINKER_CLIENT_SECRET"' in imported.notes[0]
    assert imported.notes[1].startswith("domains[0]: ")


def test_import_of_a_sound_skill_has_nothing_to_say(skill_json: dict[str, Any]) -> None:
    assert import_smapi(json.dumps(skill_json).encode()).notes == ()


def test_import_of_nonsense_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"mine\.json"):
        import_smapi("{}", where="mine.json")


def test_the_checked_in_configuration_is_the_one_that_init_writes() -> None:
    expected = starter_config(InitAnswers(), schema="./e2e_linker/config/schema.json")
    assert (ROOT / DEFAULT_CONFIG).read_text(encoding="utf-8") == expected


def test_the_checked_in_schema_is_the_generated_one() -> None:
    assert SCHEMA_PATH.read_text(encoding="utf-8") == schema_text(), "run python -m e2e_linker.config.schema"


def test_the_schema_explains_every_key_of_the_top_and_of_the_linker_block() -> None:
    schema = json.loads(schema_text())
    for properties in (
        schema["properties"],
        schema["$defs"]["Linker"]["properties"],
        schema["$defs"]["Use"]["properties"],
    ):
        assert [key for key, item in properties.items() if "description" not in item] == []


def test_an_existing_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_new(path, "one")
    with pytest.raises(UsageError, match="--force"):
        write_new(path, "two")
    assert path.read_text() == "one"
    write_new(path, "three", force=True)
    assert path.read_text() == "three"
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_that_is_not_there_is_an_error_with_words(tmp_path: Path, force: bool) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_new(tmp_path / "missing" / "a.json", "x", force=force)
