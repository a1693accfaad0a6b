"""A configuration and a skill on disk, ready to be bent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config import LoadedConfig, Overrides, load_config

SKILL: dict[str, Any] = {
    "accountLinkingResponse": {
        "type": "AUTH_CODE",
        "authorizationUrl": "https://login.example.com/authorize",
        "domains": ["cdn.example.com"],
        "clientId": "alexa",
        "scopes": ["profile"],
        "accessTokenUrl": "https://login.example.com/token",
        "accessTokenScheme": "HTTP_BASIC",
        "defaultTokenExpirationInSeconds": 3600,
    }
}

Load = Callable[..., LoadedConfig]


@pytest.fixture
def skill_json() -> dict[str, Any]:
    return json.loads(json.dumps(SKILL))


@pytest.fixture
def load(tmp_path: Path, skill_json: dict[str, Any]) -> Load:
    """``load(config, overrides=…, environ=…)``: ``config`` written beside a good skill.json, and loaded."""

    def run(config: Any, *, overrides: Overrides | None = None, environ: dict[str, str] | None = None) -> LoadedConfig:
        (tmp_path / "skill.json").write_text(json.dumps(skill_json))
        path = tmp_path / "playwright.config.json"
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        return load_config(path, overrides=overrides, environ=environ or {})

    return run
