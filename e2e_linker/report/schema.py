"""The JSON schema of ``report.json``; ``python -m e2e_linker.report.schema`` writes it beside this file."""

from __future__ import annotations

import json
from pathlib import Path

from e2e_linker.report.model import RunReport

__all__ = ["SCHEMA_PATH", "schema_text"]

SCHEMA_PATH = Path(__file__).with_name("schema.json")
"""The generated schema, kept beside the code so that tools that read reports find it."""


def schema_text() -> str:
    """The schema as it stands in :data:`SCHEMA_PATH`: of what is written, so that every field is there."""
    generated = RunReport.model_json_schema(mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}
    schema["title"] = "report.json of e2e-linker, schema version 1"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(schema_text(), encoding="utf-8")
