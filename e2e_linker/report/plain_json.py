"""Records as the JSON that people look at in a terminal, too: nothing in it moves a cursor or turns a line around."""

from __future__ import annotations

import json

from pydantic_core import PydanticSerializationError

from e2e_linker.model import Record
from e2e_linker.report.texts import HIDDEN

__all__ = ["json_of"]


def json_of(record: Record) -> str:
    """``record`` as indented JSON, in which controls and invisible marks are escaped.

    Half of a surrogate pair, which no JSON can hold, is replaced.
    """
    try:
        text = record.model_dump_json(indent=2)
    except PydanticSerializationError:
        plain = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=2)
        text = plain.encode("utf-8", "replace").decode()
    if not text.isascii() or "\x7f" in text:
        # They can only stand within texts: around those, JSON is ASCII.
        text = HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)
    return text
