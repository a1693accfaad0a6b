"""The published schema: generated, equal to what is checked in, and true of real reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from e2e_linker.report.model import RunReport
from e2e_linker.report.schema import SCHEMA_PATH, schema_text

CONTRACT = {
    "": "schema_version run_id started_at finished_at tool environment skill verdict exit_code cases outcomes findings "
    "domains state_trail size_headroom token_story tls",
    "cases": "id project device engine engine_version surface region linked arrival_url duration_s attempts flaky "
    "outcomes",
    "findings": "rule audit severity confidence message cases evidence fix sources fingerprint expected",
    "outcomes": "audit status reason",
    "domains": "authorization_host listed observed missing unused paste",
}


def test_the_schema_beside_the_code_is_the_generated_one() -> None:
    assert SCHEMA_PATH.read_text(encoding="utf-8") == schema_text(), "run python -m e2e_linker.report.schema"


@pytest.mark.parametrize("name", ["sick", "hostile", "healthy", "empty"])
def test_reports_obey_the_schema(samples: Any, name: str) -> None:
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    document = json.loads(samples.report(name).model_dump_json())
    assert list(violations(document, schema, schema)) == []


def test_a_report_that_strays_is_noticed(samples: Any) -> None:
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    document = json.loads(samples.report("healthy").model_dump_json())
    document["verdict"] = "splendid"
    del document["cases"][0]["flaky"]
    document["cases"][0]["ladder"][0]["status"] = "200"
    document["surprise"] = 1
    found = sorted(where for where, _ in violations(document, schema, schema))
    assert found == ["", "cases.0", "cases.0.ladder.0.status", "verdict"]


@pytest.mark.parametrize("name", ["sick", "hostile", "healthy", "empty"])
def test_reports_survive_being_written_and_read(samples: Any, name: str) -> None:
    report = samples.report(name)
    assert RunReport.model_validate_json(report.model_dump_json()) == report


def test_the_contracts_names_are_there(samples: Any) -> None:
    document = json.loads(samples.report("sick").model_dump_json())
    for part, names in CONTRACT.items():
        holder = document[part] if part else document
        holder = holder[0] if isinstance(holder, list) else holder
        assert set(names.split()) <= set(holder), part


def violations(value: Any, schema: Any, root: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """(place, problem) for what breaks ``schema``, as far as generated schemas use the language."""
    if schema is True or not schema:
        return
    if "$ref" in schema:
        yield from violations(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, where)
    for options in (schema.get("anyOf"), schema.get("oneOf")):
        if options and all(list(violations(value, option, root, where)) for option in options):
            yield where, "none of the alternatives"
    if "const" in schema and value != schema["const"]:
        yield where, "not the constant"
    if "enum" in schema and value not in schema["enum"]:
        yield where, "not of the enumeration"
    if "type" in schema and not _is(value, schema["type"]):
        yield where, f"not {schema['type']}"
    elif isinstance(value, dict):
        yield from _members(value, schema, root, where)
    elif isinstance(value, list):
        prefix = schema.get("prefixItems", [])
        for n, item in enumerate(value):
            inner = prefix[n] if n < len(prefix) else schema.get("items", True)
            yield from violations(item, inner, root, f"{where}.{n}".lstrip("."))


def _members(value: dict[str, Any], schema: Any, root: Any, where: str) -> Iterator[tuple[str, str]]:
    known = schema.get("properties", {})
    if missing := set(schema.get("required", ())) - set(value):
        yield where, f"lacks {missing}"
    more = schema.get("additionalProperties", True)
    if more is False and set(value) - set(known):
        yield where, f"has {set(value) - set(known)}"
    for name, member in value.items():
        yield from violations(member, known.get(name, more), root, f"{where}.{name}".lstrip("."))


def _is(value: Any, kind: str) -> bool:
    kinds: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "null": type(None),
        "integer": int,
        "number": (int, float),
    }
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, kinds[kind])
