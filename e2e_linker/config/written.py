"""What the models of written files share: the base class, the small checked types, the shape of a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from e2e_linker.model import Record

__all__ = [
    "Count",
    "DevToolsUrl",
    "Milliseconds",
    "Text",
    "Url",
    "Written",
    "WrittenPath",
    "complaint",
    "is_control",
    "shown",
]

_LONGEST_SHOWN = 80


class Written(Record):
    """Base of everything a user writes: camelCase in the file, snake_case in code, unknown keys refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )


def complaint(text: str) -> PydanticCustomError:
    """A validation error that says ``text`` as it stands. Braces in it are safe; secrets are not: leave them out."""
    return PydanticCustomError("written", "{text}", {"text": text})


def shown(text: str) -> str:
    """``text`` fit for one line of a terminal: control characters escaped, at most 80 characters."""
    safe = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text[:200]
    )
    return safe if len(safe) <= _LONGEST_SHOWN and len(text) <= _LONGEST_SHOWN else f"{safe[: _LONGEST_SHOWN - 1]}…"


def is_control(letter: str) -> bool:
    """Whether ``letter`` is one of the control characters of ASCII and Latin-1, line breaks and tabs among them."""
    return letter < " " or "\x7f" <= letter <= "\x9f"


def _path(value: Any) -> Any:
    if value == "":
        raise complaint("is empty, a path was expected")
    if isinstance(value, str) and "\0" in value:
        raise complaint("holds a null character, which no path can")
    return value


def _url(value: str) -> str:
    if not _complete(value, ("http", "https")):
        raise complaint("must be a complete URL such as https://login.example.com/me")
    if "@" in urlsplit(value).netloc:
        raise complaint("names a user or a password before the host: write the address alone")
    return value


def _devtools_url(value: str) -> str:
    if not _complete(value, ("http", "https", "ws", "wss")):
        raise complaint("must be the address of a browser's DevTools, such as http://127.0.0.1:9222")
    return value


def _complete(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return usable and not any(letter.isspace() or is_control(letter) for letter in value)


Text = Annotated[str, Field(min_length=1)]
"""A string that is not empty."""

Milliseconds = Annotated[int, Field(strict=True, gt=0, le=86_400_000)]
"""A time in milliseconds, at most a day."""

Count = Annotated[int, Field(strict=True, ge=0, le=1000)]
"""A small whole number, zero allowed."""

Url = Annotated[str, AfterValidator(_url)]
"""An absolute http or https URL, kept as written."""

DevToolsUrl = Annotated[str, AfterValidator(_devtools_url)]
"""Where a running browser can be driven: an absolute http, https, ws or wss URL, kept as written."""

WrittenPath = Annotated[Path, BeforeValidator(_path)]
"""A path; in the file it is relative to the configuration file, after loading it is absolute."""
