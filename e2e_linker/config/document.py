"""A JSON file that somebody wrote: read strictly, and refused in words that help.

``json.loads`` alone would accept ``NaN``, drop duplicate keys in silence, and answer hostile nesting with a traceback.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Document", "parse_document", "read_document"]

MAX_BYTES = 5_000_000
"""The largest file that is read; a configuration of a hundred projects has about 50,000 bytes."""

MAX_DEPTH = 60
"""The deepest nesting of arrays and objects that is read."""

_WINDOW = 60
"""How many characters of a broken line are shown on each side of the mistake."""

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]|\s+|[^\s{}\[\]:,"]+')

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its ``value``, the keys written twice in one object, and ``where`` it came from."""

    value: Any
    duplicates: tuple[str, ...]
    where: str


class _NotANumberError(ValueError):
    """JSON knows neither NaN nor Infinity, Python's parser does."""


def read_document(path: Path, *, vocabulary: Callable[[], Collection[str]], hint: str) -> Document:
    """The JSON of ``path``. ``hint`` is what to try when there is no such file.

    ``vocabulary`` gives the words of a broken line that may be shown. A pipe such as ``/dev/stdin`` is read too.
    Raises :class:`ConfigurationError` for whatever cannot be read or is not JSON.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigurationError("there is no such file", where=str(path), hint=hint) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise ConfigurationError(f"the file cannot be read: {reason}", where=shown(str(path)), hint=hint) from None
    return parse_document(content, where=str(path), vocabulary=vocabulary)


def parse_document(content: bytes | str, *, where: str, vocabulary: Callable[[], Collection[str]]) -> Document:
    """The JSON in ``content``; see :func:`read_document`. ``where`` names its origin in errors."""
    if len(content) > MAX_BYTES:
        raise ConfigurationError(
            f"more than {MAX_BYTES // 1_000_000} MB, nothing of this kind is so large", where=where
        )
    text = content.removeprefix("\ufeff") if isinstance(content, str) else _decoded(content, where)
    duplicates: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=_collector(duplicates), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _syntax_error(error, where, vocabulary()) from None
    except _NotANumberError as error:
        raise ConfigurationError(
            f"{error} is not JSON", where=where, hint="write a number, or leave the key out"
        ) from None
    except (RecursionError, MemoryError):
        raise _too_deep(where) from None
    except ValueError:
        raise ConfigurationError("a number has more digits than can be read", where=where) from None
    _refuse_unusable(value, where)
    return Document(value, tuple(duplicates), where)


def _decoded(content: bytes, where: str) -> str:
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise ConfigurationError("the file is not text in UTF-8", where=where, hint="save it as UTF-8") from None


def _collector(duplicates: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                duplicates.append(key)
            found[key] = value
        return found

    return collect


def _no_constant(name: str) -> NoReturn:
    raise _NotANumberError(name)


def _too_deep(where: str) -> ConfigurationError:
    return ConfigurationError(
        f"arrays and objects are nested deeper than {MAX_DEPTH} levels",
        where=where,
        hint="see whether it is the right file",
    )


def _refuse_unusable(value: Any, where: str) -> None:
    """Refuse nesting that later recursion could not bear, and half characters that no file could hold."""
    pending = [(value, 1)]
    while pending:
        item, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise _too_deep(where)
        if isinstance(item, str):
            if any("\ud800" <= letter <= "\udfff" for letter in item):
                raise ConfigurationError("a string holds half of a surrogate pair (\\ud800 to \\udfff)", where=where)
        elif isinstance(item, dict):
            pending.extend((key, depth) for key in item)
            pending.extend((child, depth + 1) for child in item.values())
        elif isinstance(item, list):
            pending.extend((child, depth + 1) for child in item)
        elif isinstance(item, float) and item in (float("inf"), float("-inf")):
            raise ConfigurationError("a number is too large", where=where)


def _syntax_error(error: json.JSONDecodeError, where: str, words: Collection[str]) -> ConfigurationError:
    start = error.doc.rfind("\n", 0, error.pos) + 1
    end = error.doc.find("\n", error.pos)
    line = error.doc[start : end if end >= 0 else None].rstrip("\r")
    column = error.pos - start
    before = _masked(line[:column], words)
    after = _masked(line[column:], words)
    if len(before) > _WINDOW:
        before = f"…{before[-_WINDOW:]}"
    if len(after) > _WINDOW:
        after = f"{after[:_WINDOW]}…"
    what = error.msg[:1].lower() + error.msg[1:]
    message = f"not JSON: {what}, at the arrow in: {before}→{after}"
    return ConfigurationError(message, where=f"{where}:{error.lineno}:{error.colno}", hint=_syntax_hint(error, line))


def _syntax_hint(error: json.JSONDecodeError, line: str) -> str:
    rest = error.doc[error.pos :].lstrip()
    if not error.doc.strip():
        return "the file is empty; `e2e-linker init` and `e2e-linker import` write complete ones"
    if error.doc.lstrip().startswith("<"):
        return "this is HTML or XML, as an error page is; save the JSON itself"
    if rest.startswith(("//", "/*")):
        return "JSON knows no comments: remove them"
    if rest[:1] in ("}", "]") or error.msg.startswith("Illegal trailing comma"):  # Python 3.13 points at the comma
        return "remove the comma before the closing bracket"
    if rest[:1] == "'" or "'" in line:
        return 'JSON wants double quotes: "'
    return "look for a comma, quote or bracket that is missing just before the arrow"


def _masked(line: str, words: Collection[str]) -> str:
    """``line`` with everything but known keys and punctuation replaced: a broken line may hold a literal secret."""
    return "".join(_masked_piece(piece, words) for piece in _PIECE.findall(line))


def _masked_piece(piece: str, words: Collection[str]) -> str:
    if piece in "{}[]:,":
        return piece
    if piece.isspace():
        return " "
    if piece.startswith('"'):
        closed = len(piece) > 1 and piece.endswith('"')
        known = closed and piece[1:-1] in words
        return piece if known else ('"…"' if closed else '"…')
    return "…"
