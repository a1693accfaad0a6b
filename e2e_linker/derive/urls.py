"""Reading the parameters of URLs that have been redacted.

A label such as ``<code#1>`` holds a ``#`` that begins no fragment; everything here knows that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from e2e_linker.evidence.labels import readable

__all__ = ["UrlParam", "is_web", "last_part", "parameters", "same_endpoint", "split", "without_parameters"]

_LABEL = re.compile(r"<([a-z][a-z0-9_]*)#(\d+)>")
_DEEPEST = 3

ParamPlace = Literal["query", "fragment", "path"]


@dataclass(frozen=True, slots=True)
class UrlParam:
    """One parameter of a URL, decoded once per level it is wrapped in."""

    place: ParamPlace
    """``path`` where an ``&`` stands in place of the ``?``."""
    name: str
    """Dotted where it is wrapped in the URL of another parameter: ``next.state``."""
    value: str


def split(url: str) -> SplitResult:
    """``url`` in its parts, labels percent-encoded. Nonsense gives empty parts instead of an error."""
    try:
        return urlsplit(_LABEL.sub(r"%3C\1%23\2%3E", url))
    except ValueError:
        return SplitResult("", "", "", "", "")


def is_web(url: str) -> bool:
    """Whether a browser would ask for ``url`` itself, instead of handing it to an app."""
    return split(url).scheme in {"http", "https"}


@lru_cache(maxsize=2_000)
def parameters(url: str, *, nested: bool = True) -> tuple[UrlParam, ...]:
    """All parameters of ``url``; ``nested`` also reads those of URLs that are carried in a parameter's value."""
    parts = split(url)
    found: list[UrlParam] = []
    tail = parts.path.rpartition("/")[2]
    for place, text in (("path", tail.partition("&")[2]), ("query", parts.query), ("fragment", parts.fragment)):
        # A single-page application keeps a whole route in the fragment: "#/login?state=...".
        text = text.rpartition("?")[2] if place == "fragment" and text.startswith(("/", "!/")) else text
        found += _read(place, text, "", _DEEPEST if nested else 0)  # type: ignore[arg-type]
    return tuple(found)


def _read(place: ParamPlace, text: str, prefix: str, depth: int) -> list[UrlParam]:
    found: list[UrlParam] = []
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        found.append(UrlParam(place, prefix + name, value))
        if depth and "=" in value and ("?" in value or "&" in value):
            inner = split(value).query or (value if "?" not in value else "")
            found += _read(place, inner, f"{prefix}{name}.", depth - 1)
    return found


def last_part(url: str) -> str:
    """The last part of the path of ``url``, with or without a slash behind it."""
    return split(url).path.rstrip("/").rpartition("/")[2]


def without_parameters(url: str) -> str:
    """Scheme, host and path of ``url``, for messages."""
    parts = split(url)
    return readable(f"{parts.scheme}://{parts.netloc}{parts.path}")


def same_endpoint(one: str, other: str) -> bool:
    """Whether two URLs differ at most in query and fragment."""
    return without_parameters(one) == without_parameters(other)
