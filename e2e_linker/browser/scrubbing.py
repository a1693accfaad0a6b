"""A Playwright trace without secrets.

A trace is a zip of lines of JSON (``*.trace``, ``*.network``) and of the bodies that pages loaded (``resources/``).
What is secret by its place in a request is registered first, so that also traffic counts that no recorder saw; then
every text is redacted by value, and what is neither text nor a picture, a font or a film is left out.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Any

from e2e_linker.errors import InternalError
from e2e_linker.evidence.redact import SecretRegistry

__all__ = ["scrubbed_trace"]

_EVENTS = frozenset({".trace", ".network"})
_OPAQUE = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".bmp", ".woff", ".woff2", ".ttf", ".otf", ".webm"}
)
"""Endings of what a page may load that is no text; nobody can type or be sent a secret in it."""
_LEFT_OUT = frozenset({".stacks"})
"""Where this tool's own code stood at each step, with paths of this machine."""


def scrubbed_trace(path: Path, registry: SecretRegistry) -> bytes:
    """The trace at ``path`` as a zip in which nothing holds a secret of ``registry``.

    Raises :class:`~e2e_linker.errors.InternalError` where one cannot be hidden, or ``path`` is no trace.
    """
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            events = {name: _events(old.read(name)) for name in old.namelist() if _ending(name) in _EVENTS}
            for event in (event for lines in events.values() for event in lines):
                _learn(event, registry)
                _hide_spelt(event, registry)
            for name in old.namelist():
                ending = _ending(name)
                if ending in _LEFT_OUT:
                    continue
                if name in events:
                    data: bytes | None = _rewritten(events[name], registry)
                else:
                    data = _resource(old.read(name), registry, opaque=ending in _OPAQUE)
                if data is not None:
                    new.writestr(name, data)
    except (zipfile.BadZipFile, ValueError) as error:
        raise InternalError(f"Playwright's trace cannot be read: {error}") from error
    return made.getvalue()


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _events(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.decode("utf-8", "replace").splitlines() if line.strip()]


def _learn(value: Any, registry: SecretRegistry) -> None:
    """Register what is secret by its place: in headers, cookies, addresses and posted fields."""
    for item in _objects(value):
        name, content = item.get("name"), item.get("value")
        if isinstance(name, str) and isinstance(content, str):
            header = ("Cookie", f"{name}={content}") if "domain" in item else (name, content)
            registry.register_headers([header])
            registry.register_fields([(name, content)])
        for key in ("url", "frameUrl", "redirectURL"):
            if isinstance(item.get(key), str):
                registry.register_url(item[key])


def _hide_spelt(value: Any, registry: SecretRegistry) -> None:
    """Put labels for one-time codes that were sent as fields of one character each."""
    for item in _objects(value):
        for key in ("params", "queryString"):
            fields = item.get(key)
            if isinstance(fields, list) and all(isinstance(field, dict) for field in fields):
                pairs = [(str(field.get("name", "")), str(field.get("value", ""))) for field in fields]
                for n, label in registry.spelt_in(pairs).items():
                    fields[n]["value"] = label


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _rewritten(events: list[Any], registry: SecretRegistry) -> bytes:
    """The events as lines again. Their texts are redacted one by one: a number stays a number."""
    texts = list(dict.fromkeys(text for event in events for text in _texts(event)))
    known = dict(zip(texts, registry.redact_many(texts), strict=True))
    events = [_replaced(event, known) for event in events]
    _hide_marked_up(events, registry)
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    return _checked(lines.encode("utf-8", "replace"), registry)


def _hide_marked_up(events: list[Any], registry: SecretRegistry) -> None:
    """Hide what the snapshots of a page hold in several texts, as in ``["B", {}, "abc", ["I", {}, "def"]]``."""
    mark = f"i m{token_hex(8)}"
    snapshots = [list(_leaves(html)) for event in events for html in _snapshots(event)]
    joined = ["".join(f"<{mark}={n}>{node[place]}" for n, (node, place) in enumerate(one)) for one in snapshots]
    for leaves, before, after in zip(snapshots, joined, registry.redact_many(joined, ordinary=False), strict=True):
        if after == before:
            continue
        pieces = re.split(rf"<{mark}=(\d+)>", after)
        kept = dict(zip(map(int, pieces[1::2]), pieces[2::2], strict=True))
        for n, (node, place) in enumerate(leaves):
            node[place] = kept.get(n, "")


def _snapshots(event: Any) -> Iterator[list[Any]]:
    for item in _objects(event):
        if isinstance(item.get("html"), list):
            yield item["html"]


def _leaves(node: list[Any]) -> Iterator[tuple[list[Any], int]]:
    """The texts in a snapshot of an element, its name, attributes and children, by where they stand."""
    for place, child in enumerate(node):
        if isinstance(child, list):
            yield from _leaves(child)
        elif isinstance(child, str) and place:
            yield node, place


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _replaced(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        return known[value]
    if isinstance(value, dict):
        return {key: _replaced(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, known) for inner in value]
    return value


def _resource(data: bytes, registry: SecretRegistry, *, opaque: bool) -> bytes | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data if opaque and registry.find(data) is None else None
    return _checked(registry.redact(text).encode("utf-8"), registry)


def _checked(data: bytes, registry: SecretRegistry) -> bytes:
    """``data``, with what is only secret across the borders of its texts hidden as well."""
    if registry.find(data) is None:
        return data
    clean = registry.redact_many([data.decode("utf-8", "replace")], ordinary=False)[0].encode("utf-8", "replace")
    label = registry.find(clean)
    if label is not None:
        raise InternalError(f"the secret {label} cannot be hidden in it")
    return clean
