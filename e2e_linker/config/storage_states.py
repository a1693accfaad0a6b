"""Storage states, as Playwright writes and takes them: the cookies and the local storage of a browser.

What is wrong with one is told without its contents: it is full of sessions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from e2e_linker.config.problems import problems_of
from e2e_linker.config.written import complaint, shown

__all__ = ["stored_cookies", "stored_texts", "wrong_state"]

_DEEPEST = 6
"""How many times over JSON is unpacked that stands in a string of JSON."""
_EXPORT = "`context.storage_state(path=…)` of Playwright writes such files"


class _Part(BaseModel):
    """An object in such a file. Keys that Playwright passes over are passed over here, too."""

    model_config = ConfigDict(strict=True, extra="allow", alias_generator=to_camel, hide_input_in_errors=True)


class _Entry(_Part):
    name: str
    value: str


def _expiry(seconds: float) -> float:
    if seconds < 0 and seconds != -1:
        raise complaint("must be a number of seconds, or -1")
    return seconds


class _Cookie(_Entry):
    url: str = ""
    domain: str = ""
    path: str = ""
    expires: Annotated[float, AfterValidator(_expiry)] = -1
    http_only: bool = False
    secure: bool = False
    same_site: Literal["Strict", "Lax", "None"] = "Lax"
    partition_key: str = ""

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if not (self.url or (self.domain and self.path)):
            raise complaint("needs a domain and a path")
        return self


class _Origin(_Part):
    origin: str
    local_storage: list[_Entry]


class _State(_Part):
    cookies: list[_Cookie] | None = None
    origins: list[_Origin] | None = None


def wrong_state(path: Path) -> Sequence[str]:
    """Lines that say what keeps Playwright from filling a jar with the storage state in ``path``; none where it can."""
    name = shown(str(path))
    try:
        state = _State.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        return [f"{name} cannot be read: {error.strerror}"]
    except UnicodeDecodeError:
        return [f"{name} is not text in UTF-8; {_EXPORT}"]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            return [f"{name} is not JSON: {first['ctx']['error']}; {_EXPORT}"]
        if not first["loc"]:
            return [f"{name} must hold an object with cookies and origins; {_EXPORT}"]
        return [line.replace(": ", " in it ", 1) for line in problems_of(error, _State.model_json_schema())]
    if state.model_extra and not state.model_fields_set - state.model_extra.keys():
        return [f"{name} holds neither cookies nor origins; {_EXPORT}"]
    return []


def stored_cookies(path: Path) -> Iterator[tuple[str, str]]:
    """Name and value of each cookie in the storage state in ``path``; none where it cannot be read."""
    for cookie in _read(path).cookies or ():
        yield cookie.name, cookie.value


def stored_texts(path: Path) -> Iterator[tuple[str, str]]:
    """The texts in what scripts keep, according to the storage state in ``path``, each with the name it stands under.

    Those of local storage and of databases, also within JSON; none where the file cannot be read.
    """
    for origin in _read(path).origins or ():
        for entry in origin.local_storage:
            yield from _texts(entry.name, entry.value)
        yield from _texts("", origin.model_extra or {})


def _read(path: Path) -> _State:
    try:
        return _State.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _State()


def _texts(name: str, value: Any, deep: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key, inner, deep)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(name, inner, deep)
    elif isinstance(value, str):
        inside = _unpacked(value) if deep < _DEEPEST else None
        if inside is None:
            yield name, value
        else:
            yield from _texts(name, inside, deep + 1)


def _unpacked(text: str) -> Any:
    """What ``text`` says where it is an object, a list or a string of JSON, else None."""
    try:
        return json.loads(text) if text.lstrip()[:1] in {"{", "[", '"'} else None
    except (ValueError, RecursionError):
        return None
