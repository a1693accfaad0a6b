"""The table of contents of a run folder: its state, and a hash of every file in it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from e2e_linker.errors import StoreError
from e2e_linker.evidence.files import storage_error
from e2e_linker.model import Record

__all__ = ["MANIFEST", "Manifest", "RunState", "digest", "distinct", "document", "parsed", "read_bytes"]

MANIFEST = "manifest.json"
_AT_A_TIME = 1_000_000
"""Bytes of a document that are split into lines at a time."""

_PARTS = b'": '
"""What stands between the name of a member and its value."""
_QUOTED = b"\\" + _PARTS
"""The same within a text."""

RunState = Literal["running", "complete", "interrupted"]
"""``running`` is what a killed run leaves behind."""


class Manifest(Record):
    """What :data:`MANIFEST` holds."""

    schema_version: Literal[1] = 1
    run_id: str
    state: RunState
    files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 by path relative to the run folder, with forward slashes."""


def digest(data: bytes) -> str:
    """The SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def document(value: Any) -> bytes:
    """``value``, a record or plain data, as the JSON this tool writes: UTF-8, with a line end, keys in their own order.

    Their order is not lost because reports show it: what is read back has to give the same report.
    """
    try:
        data = to_json(value, indent=1)
    except PydanticSerializationError:  # half of a surrogate pair
        plain = value.model_dump(mode="json") if isinstance(value, Record) else value
        data = json.dumps(plain, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return data + b"\n"


def distinct(data: bytes) -> set[bytes]:
    """The names and values of ``data``, a :func:`document`, each once: what stands in it stands in one of them.

    A document says many of them again and again, and other documents of the run say them, too: under other names, and
    indented otherwise. No text goes over the end of a line, and none holds what parts a name from its value.
    """
    lines: set[bytes] = set()
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin + _AT_A_TIME) + 1 or len(data)
        # In a text a quote is escaped. No byte of UTF-8 is 0xff.
        kept = data[begin:end].replace(_QUOTED, b"\xff").replace(_PARTS, b'"\n: ').replace(b"\xff", _QUOTED)
        lines.update(kept.split(b"\n"))
        begin = end
    return {line.strip(b" ,") for line in lines}


def read_bytes(path: Path) -> bytes:
    """The bytes of ``path``. Raises :class:`~e2e_linker.errors.StoreError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise StoreError("this file of the run is missing", where=str(path)) from error
    except OSError as error:
        raise storage_error(error, path, "read") from error


def parsed(path: Path, data: bytes, kind: type[Record]) -> Any:
    """The ``kind`` of document in ``data``. Raises :class:`~e2e_linker.errors.StoreError` with file and reason."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"this is not JSON: {error}", where=str(path)) from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if isinstance(version, int) and version > 1:
        raise StoreError(
            f"this was written by a newer version of e2e-linker (schema {version}; this one reads 1)",
            where=str(path),
            hint="update e2e-linker",
        )
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise StoreError(f"{place}: {first['msg']}", where=str(path)) from error
