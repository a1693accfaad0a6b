"""The texts in a record: gathered once, each distinct one once, and put back changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin

from e2e_linker.evidence.traffic import Param, SetCookie
from e2e_linker.model import Record

__all__ = ["Texts", "rewritten"]

M = TypeVar("M", bound=Record)

_NAMING = frozenset(
    {"action", "autocomplete", "directive", "disposition", "id", "kind", "lang", "method", "name", "purpose", "what"}
    | {"resource_type", "same_site", "sha256", "tool_version", "type", "device", "project", "engine_version"}
)
"""Fields whose texts are names out of a vocabulary, which a secret that is a plain word must not blot out."""


class _Place(Enum):
    FREE = "free"
    NAMING = "naming"
    HEADERS = "headers"
    COOKIE = "cookie"


def _open(annotation: Any) -> bool:
    """Whether a field of this type may hold any text, rather than one of a fixed set of words, numbers and times."""
    if get_origin(annotation) is Literal:
        return False
    if arguments := get_args(annotation):
        return any(_open(argument) for argument in arguments)
    if isinstance(annotation, type):
        if issubclass(annotation, Record):
            return _holds_texts(annotation)
        return not issubclass(annotation, (int, float, datetime, Enum, type(None)))
    return annotation is not Ellipsis


@lru_cache(maxsize=256)
def _holds_texts(model: type[Record]) -> bool:
    return any(_open(field.annotation) for field in model.model_fields.values())


@lru_cache(maxsize=256)
def _fields(model: type[Record]) -> tuple[tuple[str, _Place], ...]:
    """The fields of a record type that may hold texts, and what kind of texts they are."""
    places: list[tuple[str, _Place]] = []
    for name, field in model.model_fields.items():
        if not _open(field.annotation):
            continue
        if name == "headers" or name.endswith("_headers"):
            places.append((name, _Place.HEADERS))
        elif name == "value" and issubclass(model, SetCookie):
            places.append((name, _Place.COOKIE))
        else:
            places.append((name, _Place.NAMING if name in _NAMING else _Place.FREE))
    return tuple(places)


class Texts:
    """The distinct texts of a record by the kind of place they stand in, in the order met."""

    def __init__(self, model: Record) -> None:
        self.free: dict[str, None] = {}
        self.naming: dict[str, None] = {}
        self.cookies: dict[str, None] = {}
        self.headers: dict[tuple[str, str], None] = {}
        self._record(model)

    def _record(self, model: Record) -> None:
        values = model.__dict__
        for name, place in _fields(type(model)):
            value = values[name]
            if not value:
                continue
            if place is _Place.HEADERS and isinstance(value, tuple):
                self.headers.update(dict.fromkeys(value))
                self.free.update(dict.fromkeys(text for _, text in value))
            elif place is _Place.COOKIE:
                self.cookies[value] = None
            else:
                self._value(value, self.naming if place is _Place.NAMING else self.free)

    def _value(self, value: Any, texts: dict[str, None]) -> None:
        if isinstance(value, str):
            if not isinstance(value, Enum):
                texts[value] = None
        elif isinstance(value, Record):
            self._record(value)
        elif isinstance(value, (tuple, list, frozenset, set)):
            for item in value:
                self._value(item, texts)
        elif isinstance(value, Mapping):
            for item in value.values():
                self._value(item, texts)


def rewritten(
    model: M,
    free: Mapping[str, str],
    naming: Mapping[str, str],
    cookies: Mapping[str, str],
    headers: Mapping[tuple[str, str], str],
    fields: Callable[[tuple[Param, ...]], tuple[Param, ...]] | None = None,
) -> M:
    """``model`` with each text replaced as the mapping for its kind of place says; validated where it changed.

    ``fields`` replaces parameters that say something only together; it gives back what it was given where they do not.
    """
    result = _Rewriting(free, naming, cookies, headers, fields).record(model)
    assert isinstance(result, type(model))
    return result


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """Every method gives back what it was given where nothing of it changed."""

    free: Mapping[str, str]
    naming: Mapping[str, str]
    cookies: Mapping[str, str]
    headers: Mapping[tuple[str, str], str]
    fields: Callable[[tuple[Param, ...]], tuple[Param, ...]] | None

    def record(self, old: Record) -> Record:
        changes: dict[str, Any] = {}
        values = old.__dict__
        for name, place in _fields(type(old)):
            value = values[name]
            if not value:
                continue
            if place is _Place.HEADERS and isinstance(value, tuple):
                new: Any = self._pairs(value)
            elif place is _Place.COOKIE:
                new = _replaced(value, self.cookies)
            else:
                new = self._other(value, self.naming if place is _Place.NAMING else self.free)
            if new is not value:
                changes[name] = new
        if not changes:
            return old
        return type(old).model_validate({name: values[name] for name in type(old).model_fields} | changes)

    def _pairs(self, old: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        new = tuple((name, self.headers.get((name, text)) or self.free.get(text, text)) for name, text in old)
        return old if new == old else new

    def _other(self, value: Any, texts: Mapping[str, str]) -> Any:
        if isinstance(value, str):
            return value if isinstance(value, Enum) else _replaced(value, texts)
        if isinstance(value, Record):
            return self.record(value)
        if self.fields and isinstance(value, tuple) and value and isinstance(value[0], Param):
            value = self.fields(value)
        if isinstance(value, (tuple, list, frozenset, set)):
            items = [self._other(item, texts) for item in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else type(value)(items)
        if isinstance(value, Mapping):
            members = {name: self._other(item, texts) for name, item in value.items()}
            return value if all(members[name] is value[name] for name in members) else members
        return value


def _replaced(old: str, texts: Mapping[str, str]) -> str:
    # An equal text is another object: only what reads differently makes its record anew.
    new = texts.get(old, old)
    return old if new == old else new
