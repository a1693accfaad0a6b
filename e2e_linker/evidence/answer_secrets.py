"""The secrets in what a server answers to a script of its own page: tokens that the script goes on with.

Such an answer may hold anything, also whole lists of settings and texts. So only what looks made up by a machine is
one: where its name promises a token, and as such a parameter of an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from e2e_linker.evidence.loose_json import structure_in
from e2e_linker.evidence.secret_places import SecretValue, secrets_in_fields, secrets_in_url
from e2e_linker.evidence.token_looks import is_unguessable, is_wording

__all__ = ["secrets_in_answer"]

_HOLDERS = re.compile(r"(?:tokens?|jwt|session|tickets?)$")
"""Names of objects and lists whose own members are tokens, under one of :data:`_MEMBERS`."""
_MEMBERS = frozenset({"", "id", "key", "value", "raw", "access", "refresh"})
_SIGNS = re.compile(r"[^a-z0-9]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]")


def secrets_in_answer(data: bytes | None) -> Iterator[SecretValue]:
    """The secrets in ``data`` where it is JSON; none in anything else."""
    for holder, name, value in _texts(structure_in(data)):
        yield from _secrets_in(holder, name, value)


def _texts(told: Any) -> Iterator[tuple[str, str, str]]:
    """Each text of ``told`` with the name it stands under, none in a list, and the name of the object or list."""
    rest: list[tuple[str, Any]] = [("", told)]
    while rest:
        holder, value = rest.pop()
        if isinstance(value, dict):
            yield from ((holder, name, text) for name, text in value.items() if isinstance(text, str))
            rest.extend(value.items())
        elif isinstance(value, list):
            yield from ((holder, "", text) for text in value if isinstance(text, str))
            rest.extend(("", inner) for inner in value if not isinstance(inner, str))


def _secrets_in(holder: str, name: str, value: str) -> Iterator[SecretValue]:
    if "://" in value or value.startswith("/"):
        yield from ((found, kind) for found, kind in secrets_in_url(value) if is_unguessable(found))
        return
    if not is_unguessable(value) or is_wording(value) or _MOMENT.match(value):
        return
    found = list(secrets_in_fields([(name, value)]))
    yield from found
    if not found and _plain(name) in _MEMBERS and _HOLDERS.search(_plain(holder)):
        yield value, "token"


def _plain(name: str) -> str:
    return _SIGNS.sub("", name.lower())
