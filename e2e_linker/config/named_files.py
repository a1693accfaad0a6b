"""The files that a configuration names: whether they are there, and whether they hold what they should.

Whatever is found is told without the contents: a storage state is full of sessions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from e2e_linker.config.models import Config
from e2e_linker.config.written import shown

__all__ = ["wrong_files"]

_COOKIE: dict[str, tuple[type | tuple[type, ...], str]] = {
    "name": (str, "a string"),
    "value": (str, "a string"),
    "url": (str, "a string"),
    "domain": (str, "a string"),
    "path": (str, "a string"),
    "expires": ((int, float), "a number of seconds, or -1"),
    "httpOnly": (bool, "true or false"),
    "secure": (bool, "true or false"),
    "partitionKey": (str, "a string"),
}
"""What Playwright takes for a cookie; other keys it passes over."""
_SAME_SITE = ("Strict", "Lax", "None")
_ENOUGH = 3
"""Mistakes of one file that are told: they are mostly all of one kind."""
_EXPORT = "`context.storage_state(path=…)` of Playwright writes such files"


def wrong_files(config: Config) -> Iterator[str]:
    """A line ``key: what is wrong`` for every file of ``config`` (its paths absolute) that cannot be used."""
    for index, path in enumerate(config.linker.trust):
        key = f"linker.trust[{index}]"
        yield from (f"{key}: {said}" for said in (_absent(path) or _not_roots(path)))
    for index, item in enumerate(config.linker.previous):
        yield from (f"linker.previous[{index}].skill: {said}" for said in _absent(item.skill))
    uses = [("use", config.use)]
    uses += [(f"projects[{index}].use", project.use) for index, project in enumerate(config.projects)]
    for key, use in uses:
        if use.storage_state is not None:
            said = _absent(use.storage_state) or list(_not_a_state(use.storage_state))
            yield from (f"{key}.storageState: {line}" for line in said[:_ENOUGH])


def _absent(path: Path) -> list[str]:
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    return [] if there else [f"there is no file {shown(str(path))}"]


def _not_roots(path: Path) -> list[str]:
    # Most configurations name no root, and the library behind this takes its time to load.
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=str(path))
    except ssl.SSLError:
        return [f"{shown(str(path))} holds no certificate that can be read; it must be a PEM file"]
    except OSError as error:
        return [f"{shown(str(path))} cannot be read: {error.strerror}"]
    return []


def _not_a_state(path: Path) -> Iterator[str]:
    """What keeps Playwright from filling a jar with the storage state in ``path``."""
    name = shown(str(path))
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        yield f"{name} cannot be read: {error.strerror}"
        return
    except UnicodeDecodeError:
        yield f"{name} is not text in UTF-8; {_EXPORT}"
        return
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        yield f"{name} is not JSON{place}; {_EXPORT}"
        return
    if not isinstance(state, dict):
        yield f"{name} must hold an object with cookies and origins; {_EXPORT}"
        return
    if state and not state.keys() & {"cookies", "origins"}:
        yield f"{name} holds neither cookies nor origins; {_EXPORT}"
    yield from _each(state, "cookies", "", _cookie)
    yield from _each(state, "origins", "", _origin)


def _each(parent: dict[str, Any], key: str, above: str, check: Any, *, required: bool = False) -> Iterator[str]:
    items = parent.get(key)
    if items is None and not required:
        return
    if not isinstance(items, list):
        yield f"{above}{key} in it must be a list"
        return
    for number, item in enumerate(items):
        place = f"{above}{key}[{number}]"
        if isinstance(item, dict):
            yield from check(item, place)
        else:
            yield f"{place} in it must be an object"


def _cookie(cookie: dict[str, Any], place: str) -> Iterator[str]:
    for key, (kind, words) in _COOKIE.items():
        if key not in cookie:
            if key in ("name", "value"):
                yield f"{place}.{key} in it is required"
        elif not _is(cookie[key], kind):
            yield f"{place}.{key} in it must be {words}"
    if "sameSite" in cookie and cookie["sameSite"] not in _SAME_SITE:
        yield f'{place}.sameSite in it must be "Strict", "Lax" or "None"'
    expires = cookie.get("expires", -1)
    if _is(expires, (int, float)) and expires < 0 and expires != -1:
        yield f"{place}.expires in it must be a number of seconds, or -1"
    if not cookie.get("url") and not (cookie.get("domain") and cookie.get("path")):
        yield f"{place} in it needs a domain and a path"


def _origin(origin: dict[str, Any], place: str) -> Iterator[str]:
    if not isinstance(origin.get("origin"), str):
        yield f"{place}.origin in it must be a string"
    yield from _each(origin, "localStorage", f"{place}.", _entry, required=True)


def _entry(entry: dict[str, Any], place: str) -> Iterator[str]:
    for key in ("name", "value"):
        if not isinstance(entry.get(key), str):
            yield f"{place}.{key} in it must be a string"


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    """``isinstance``, by which true and false are no numbers."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
