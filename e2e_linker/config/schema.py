"""The JSON schema of ``playwright.config.json``; ``python -m e2e_linker.config.schema`` writes it beside this file."""

from __future__ import annotations

import json
from pathlib import Path

from e2e_linker.config.models import Config

__all__ = ["SCHEMA_PATH", "schema_text"]

SCHEMA_PATH = Path(__file__).with_name("schema.json")
"""The generated schema, kept beside the code so that editors find it."""


def schema_text() -> str:
    """The schema as it stands in :data:`SCHEMA_PATH`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    schema["title"] = "playwright.config.json of e2e-linker"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(schema_text(), encoding="utf-8")
