"""What is wrong with a configuration, in words for its author: all of it at once, each with its path.

A value is never repeated: it may be a secret in the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from e2e_linker.config.nearest import misspelled, nearest
from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError

__all__ = ["known_keys", "problems_of", "refusal"]

Location = Sequence[int | str]
Schema = dict[str, Any]

_MOST_SHOWN = 50
_MOST_KEYS = 12

_MESSAGES = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "missing": "is required",
    "model_type": "must be an object",
    "path_type": "must be a path",
    "string_too_short": "must not be empty",
    "string_type": "must be a string",
    "too_short": "must not be an empty list",
    "tuple_type": "must be a list",
}

_KINDS = ((bool, "true or false"), (int | float, "a number"), (str, "a string"), (list, "a list"), (dict, "an object"))


def refusal(problems: Sequence[str], *, where: str, hint: str | None = None) -> ConfigurationError:
    """One error that lists all ``problems`` of the file ``where``, the first fifty in full."""
    if len(problems) == 1:
        return ConfigurationError(problems[0], where=where, hint=hint)
    lines = [f"  {problem}" for problem in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        lines.append(f"  and {len(problems) - _MOST_SHOWN} more")
    return ConfigurationError("\n".join([f"{len(problems)} problems:", *lines]), where=where, hint=hint)


def problems_of(error: ValidationError, schema: Schema) -> list[str]:
    """Each complaint of ``error`` as a line ``path: what is wrong``; ``schema`` is that of the file."""
    details = error.errors(include_url=False)
    return [
        f"{_path(detail['loc'])}: {_message(detail, schema)}"
        for detail in details
        # a list whose every entry is wrong counts as empty besides
        if not (detail["type"] == "too_short" and detail["input"])
    ]


def known_keys(schema: Schema) -> frozenset[str]:
    """Every key that ``schema`` knows, at any depth."""
    objects = [schema, *schema.get("$defs", {}).values()]
    return frozenset(key for item in objects for key in item.get("properties", {}))


def _message(detail: ErrorDetails, schema: Schema) -> str:
    kind, location = detail["type"], _keys_only(detail["loc"])
    if kind == "extra_forbidden":
        return _unknown_key(location, schema)
    if kind == "string_pattern_mismatch":
        description = next((node["description"] for node in _nodes(schema, location) if "description" in node), "")
        return f"is not of the expected form. {description}".rstrip()
    if kind in _MESSAGES:
        number = kind in ("int_type", "float_type") and isinstance(detail["input"], int | float)
        said = f", not {_kind(detail['input'])}" if kind.endswith("_type") and not number else ""
        return f"{_MESSAGES[kind]}{said}"
    message = detail["msg"].replace("Input should be ", "must be ")
    if kind in ("enum", "literal_error") and isinstance(detail["input"], str):
        expected = str(detail.get("ctx", {}).get("expected", "")).split("'")[1::2]
        near = nearest(detail["input"], expected)
        message += f"; did you mean {near}?" if near else ""
    return message


def _kind(value: Any) -> str:
    return next((name for types, name in _KINDS if isinstance(value, types)), "null")


def _unknown_key(location: Location, schema: Schema) -> str:
    word = str(location[-1])
    parents = _nodes(schema, location[:-1])
    keys = list(dict.fromkeys(key for node in parents for key in node.get("properties", {})))
    below = next((key for key in keys if word in _properties(_nodes(schema, [*location[:-1], key]))), None)
    if below:
        return f"unknown key; it belongs under {below}"
    near = misspelled(word, keys)
    if near:
        return f"unknown key; did you mean {near}?"
    return f"unknown key; known here: {', '.join(keys[:_MOST_KEYS])}{', …' if len(keys) > _MOST_KEYS else ''}"


def _properties(nodes: Iterable[Schema]) -> set[str]:
    return {key for node in nodes for key in node.get("properties", {})}


def _nodes(schema: Schema, location: Location) -> list[Schema]:
    """Every alternative that ``schema`` has for the value at ``location``."""
    nodes = _alternatives(schema, schema)
    for step in location:
        below = (_below(node, step) for node in nodes)
        nodes = [choice for node in below if isinstance(node, dict) for choice in _alternatives(schema, node)]
    return nodes


def _below(node: Schema, step: int | str) -> Any:
    if isinstance(step, int):
        return node.get("items")
    return node.get("properties", {}).get(step, node.get("additionalProperties"))


def _alternatives(schema: Schema, node: Schema) -> list[Schema]:
    found = [node]
    if "$ref" in node:
        found += _alternatives(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        found += _alternatives(schema, choice)
    return found


def _keys_only(location: Location) -> list[int | str]:
    """``location`` without what pydantic adds to it: the tags of unions and the mark of a dictionary's key."""
    return [step for step in location if isinstance(step, int) or (step != "[key]" and not step.startswith("‹"))]


def _path(location: Location) -> str:
    path = ""
    for step in _keys_only(location):
        path += f"[{step}]" if isinstance(step, int) else f".{shown(step)}"
    return path.removeprefix(".") or "the file"
