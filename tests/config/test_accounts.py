"""The second account, and what the skill was before: read, or refused with the place and the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config import LoadedConfig
from e2e_linker.errors import ConfigurationError, SecretError

Load = Callable[..., LoadedConfig]
OLD: dict[str, Any] = {
    "type": "AUTH_CODE",
    "authorizationUrl": "https://login.example.com/authorize",
    "clientId": "alexa-old",
    "accessTokenUrl": "https://login.example.com/v1/token",
    "accessTokenScheme": "REQUEST_BODY_CREDENTIALS",
}


def linker(**more: Any) -> dict[str, Any]:
    return {"linker": {"skill": "skill.json", "vendorId": "M0123456789ABC", **more}}


def previous(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    kept = {key: value for key, value in {**OLD, **changes}.items() if value is not None}
    (tmp_path / "old.json").write_text(json.dumps({"accountLinkingResponse": kept}))
    return linker(previous=[{"skill": "old.json", "refreshToken": "env:OLD_TOKEN", "clientSecret": "env:OLD_SECRET"}])


def test_there_need_be_neither(load: Load) -> None:
    loaded = load(linker())
    assert loaded.second_account() is None
    assert loaded.earlier() == ()


def test_the_second_account_is_read(load: Load) -> None:
    account = {"username": "env:WHO", "password": "env:PASS"}
    found = load(linker(secondAccount=account), environ={"WHO": "kenji", "PASS": "hunter22"}).second_account()
    assert found is not None
    assert found.username is not None
    assert found.password is not None
    assert (found.username.get_secret_value(), found.password.get_secret_value()) == ("kenji", "hunter22")


def test_a_second_account_that_cannot_be_read_is_named(load: Load) -> None:
    with pytest.raises(SecretError, match=r"linker\.secondAccount\.password"):
        load(linker(secondAccount={"password": "env:NOT_SET"})).second_account()


def test_a_literal_password_is_refused_there_too(load: Load) -> None:
    with pytest.raises(ConfigurationError, match="secondAccount"):
        load(linker(secondAccount={"password": "hunter22"}))


def test_the_earlier_skill_is_read(load: Load, tmp_path: Path) -> None:
    document = previous(tmp_path)
    (found,) = load(document, environ={"OLD_TOKEN": "rt-of-then", "OLD_SECRET": "secret-of-then"}).earlier()
    assert found.skill.access_token_url == "https://login.example.com/v1/token"
    assert found.refresh_token.get_secret_value() == "rt-of-then"
    assert found.client_secret is not None
    assert found.client_secret.get_secret_value() == "secret-of-then"


def test_an_earlier_skill_without_a_token_endpoint_is_refused(load: Load, tmp_path: Path) -> None:
    document = previous(tmp_path, accessTokenUrl=None)
    with pytest.raises(ConfigurationError, match="names no access token URL") as caught:
        load(document, environ={"OLD_TOKEN": "rt-of-then", "OLD_SECRET": "secret-of-then"}).earlier()
    assert caught.value.where == "linker.previous[0].skill"


def test_an_old_refresh_token_that_cannot_be_read_is_named(load: Load, tmp_path: Path) -> None:
    with pytest.raises(SecretError, match=r"linker\.previous\[0\]\.refreshToken"):
        load(previous(tmp_path)).earlier()
